// The best chain through the peaks: dynamic programming of second order, states are steps (upper, lower).
#include "inference/pipelines/decode.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace spondyl::inference {
namespace {

template <std::size_t N>
double interpolate(double x, const std::array<double, N>& knots, const std::array<double, N>& values) {
  if (!(x > knots.front()))
    return values.front();
  for (std::size_t n = 1; n < N; ++n)
    if (x < knots[n])
      return values[n - 1] + (values[n] - values[n - 1]) * (x - knots[n - 1]) / (knots[n] - knots[n - 1]);
  return values.back();
}

// C2 stands out: its dens reaches up into C1.
constexpr std::array levelKnots{1.0, 2.0, 3.0, 7.0, 8.0, 13.0, 19.0, 22.0, 24.0};
constexpr std::array spacingKnotsMm{18.0, 21.0, 17.0, 17.5, 19.5, 24.0, 31.0, 37.0, 37.0};
constexpr std::array volumeKnotsMl{9.0, 14.0, 10.0, 13.0, 18.0, 24.0, 48.0, 64.0, 66.0};

FieldPoint minus(const FieldPoint& a, const FieldPoint& b) {
  return {a.z - b.z, a.y - b.y, a.x - b.x};
}
double dotOf(const FieldPoint& a, const FieldPoint& b) {
  return a.z * b.z + a.y * b.y + a.x * b.x;
}
double norm(const FieldPoint& a) {
  return std::sqrt(dotOf(a, a));
}

double nodeScore(const Peak& peak, const DecodeParameters& p) {
  return std::min(peak.relativeVolume, p.relativeVolumeCap) + peak.bodyShare - p.nodeCost;
}

/// Cost of going from `upper` to `lower`; none where no such step is allowed.
std::optional<double> stepCost(const Peak& upper, const Peak& lower, const DecodeParameters& p) {
  const FieldPoint delta = minus(upper.position, lower.position);
  const double distance = norm(delta);
  const double expected = 0.5 * (p.expectedSpacing(upper.level) + p.expectedSpacing(lower.level));
  if (distance < p.shortestStep * expected || distance > p.longestStep * expected)
    return std::nullopt;
  if (delta.z <= 0 || std::hypot(delta.y, delta.x) > p.steepestSideways * delta.z)
    return std::nullopt;
  const double cost = p.distanceWeight * std::pow(std::abs(std::log(distance / expected)), p.distancePower);
  return cost + p.levelWeight * std::min(std::abs((lower.level - upper.level) - distance / expected), 3.0);
}

} // namespace

double DecodeParameters::expectedSpacing(double level) const {
  return interpolate(level, levelKnots, spacingKnotsMm);
}
double DecodeParameters::expectedVolume(double level) const {
  return interpolate(level, levelKnots, volumeKnotsMl);
}

double DecodeParameters::smallestShare() const {
  return *std::min_element(volumeKnotsMl.begin(), volumeKnotsMl.end()) /
         *std::max_element(volumeKnotsMl.begin(), volumeKnotsMl.end());
}

std::vector<std::size_t> bestChain(const std::vector<Peak>& peaks, const DecodeParameters& p) {
  std::vector<std::size_t> nodes;
  for (std::size_t n = 0; n < peaks.size(); ++n)
    if (peaks[n].relativeVolume >= p.minimumRelativeVolume)
      nodes.push_back(n);
  if (nodes.empty())
    return {};
  std::stable_sort(nodes.begin(), nodes.end(),
                   [&](std::size_t a, std::size_t b) { return peaks[a].position.z > peaks[b].position.z; });

  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  struct Step {
    double score = -std::numeric_limits<double>::infinity();
    std::size_t first = none; ///< place in `nodes` of the vertebra above `upper`
  };
  const std::size_t count = nodes.size();
  std::vector<Step> steps(count * count); ///< upper * count + lower
  double best = -std::numeric_limits<double>::infinity();
  std::size_t bestUpper = none, bestLower = 0;
  for (std::size_t n = 0; n < count; ++n)
    if (const double score = nodeScore(peaks[nodes[n]], p); score > best) {
      best = score;
      bestLower = n;
    }
  // Nodes go from top to bottom, so every step that can come before (upper, lower) is known by then.
  for (std::size_t lower = 0; lower < count; ++lower) {
    for (std::size_t upper = 0; upper < lower; ++upper) {
      const Peak &up = peaks[nodes[upper]], &low = peaks[nodes[lower]];
      const auto cost = stepCost(up, low, p);
      if (!cost)
        continue;
      const double gain = nodeScore(low, p) - *cost;
      Step step{nodeScore(up, p) + gain, none};
      const FieldPoint direction = minus(low.position, up.position);
      for (std::size_t first = 0; first < upper; ++first) {
        const Step& earlier = steps[first * count + upper];
        if (!std::isfinite(earlier.score))
          continue;
        const FieldPoint before = minus(up.position, peaks[nodes[first]].position);
        const double cosine = dotOf(before, direction) / (norm(before) * norm(direction));
        const double longer = earlier.score + gain - p.turningWeight * (1.0 - cosine);
        if (longer > step.score)
          step = {longer, first};
      }
      steps[upper * count + lower] = step;
      if (step.score > best) {
        best = step.score;
        bestUpper = upper;
        bestLower = lower;
      }
    }
  }
  std::vector<std::size_t> chain{nodes[bestLower]};
  while (bestUpper != none) {
    chain.push_back(nodes[bestUpper]);
    const std::size_t first = steps[bestUpper * count + bestLower].first;
    bestLower = bestUpper;
    bestUpper = first;
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

} // namespace spondyl::inference
