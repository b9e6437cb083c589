#include "core/measure/disc_signal.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace spondyl {
namespace {

constexpr double stepMm = 1.0;
constexpr double nucleusDepth = 0.25, nucleusHeight = 0.3; ///< semi-axes as shares of the disc's
constexpr double nucleusHalfWidthMm = 6;
constexpr double leastHeightMm = 2; ///< a thinner disc has no nucleus of its own on any usual slice
constexpr double behindMm = 30, besideMm = 6, aboveMm = 12;
constexpr std::size_t leastSamples = 12;

constexpr std::size_t leastMarrow = 200;
constexpr double steepestPerMm = 0.02; ///< a fall-off that no coil has

/// Change of the logarithm of the signal per mm along `forward` within the bodies; nullopt: too few points.
std::optional<double> fallOff(const Volume& image, const std::array<std::span<const PointLps>, 2>& marrow,
                              PointLps origin, VectorLps forward) {
  double xy = 0, xx = 0;
  std::size_t used = 0;
  for (const auto& body : marrow) {
    std::vector<std::pair<double, double>> points;
    for (const PointLps p : body)
      if (const auto v = image.valueAt(p); v && *v > 0)
        points.emplace_back(dot(p - origin, forward), std::log(*v));
    double x = 0, y = 0;
    for (const auto& [a, b] : points) {
      x += a / double(points.size());
      y += b / double(points.size());
    }
    for (const auto& [a, b] : points) {
      xy += (a - x) * (b - y);
      xx += (a - x) * (a - x);
    }
    used += points.size();
  }
  if (used < leastMarrow || !(xx > 0))
    return std::nullopt;
  return std::clamp(xy / xx, -steepestPerMm, steepestPerMm);
}

double meanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

} // namespace

DiscSignal discSignal(const Volume& image, const DiscPlace& p, const std::function<bool(PointLps)>& isFluid,
                      const std::array<std::span<const PointLps>, 2>& marrow) {
  DiscSignal s;
  const auto between = [](PointLps a, PointLps b) { return a + (b - a) * 0.5; };
  const PointLps front = between(p.upperAnterior, p.lowerAnterior),
                 back = between(p.upperPosterior, p.lowerPosterior);
  s.centre = between(p.upperMiddle, p.lowerMiddle);
  const double height = distance(p.upperMiddle, p.lowerMiddle), depth = distance(front, back);
  if (height < leastHeightMm || depth < 2 * leastHeightMm) {
    s.whyMissing = "the disc is too thin to have a nucleus that can be measured";
    return s;
  }
  const VectorLps forward = normalized(front - back);
  const VectorLps along = p.upperMiddle - p.lowerMiddle;
  const VectorLps up = normalized(along - forward * dot(along, forward));
  const VectorLps side = cross(forward, up);

  std::vector<double> nucleus;
  std::vector<std::pair<double, double>> fluid; // value, mm in front of the nucleus
  const auto steps = [](double half) { return int(std::floor(half / stepMm)); };
  const double a = nucleusDepth * depth, h = nucleusHeight * height;
  for (int x = -steps(nucleusHalfWidthMm); x <= steps(nucleusHalfWidthMm); ++x)
    for (int y = -steps(a); y <= steps(a); ++y)
      for (int z = -steps(h); z <= steps(h); ++z) {
        if (std::pow(x * stepMm / nucleusHalfWidthMm, 2) + std::pow(y * stepMm / a, 2) +
                std::pow(z * stepMm / h, 2) >
            1)
          continue;
        if (const auto v =
                image.valueAt(s.centre + side * (x * stepMm) + forward * (y * stepMm) + up * (z * stepMm)))
          nucleus.push_back(*v);
      }
  for (int x = -steps(besideMm); x <= steps(besideMm); ++x)
    for (int y = 0; y <= steps(behindMm); ++y)
      for (int z = -steps(aboveMm); z <= steps(aboveMm); ++z) {
        const PointLps at = back + side * (x * stepMm) - forward * (y * stepMm) + up * (z * stepMm);
        if (!isFluid(at))
          continue;
        if (const auto v = image.valueAt(at))
          fluid.emplace_back(*v, dot(at - s.centre, forward));
      }
  if (nucleus.size() < leastSamples) {
    s.whyMissing = "the disc's middle is not in the image";
    return s;
  }
  if (fluid.size() < 4 * leastSamples) {
    s.whyMissing = "no spinal canal with fluid is labelled behind the disc";
    return s;
  }
  const auto slope = fallOff(image, marrow, s.centre, forward);
  if (!slope) {
    s.whyMissing = "too little marrow is labelled beside the disc to correct for the coil";
    return s;
  }
  std::sort(fluid.begin(), fluid.end());
  fluid.erase(fluid.begin(), fluid.begin() + std::ptrdiff_t(fluid.size() * 3 / 4));
  double at = 0;
  for (const auto& [value, mm] : fluid) {
    s.fluid += value / double(fluid.size());
    at += mm / double(fluid.size());
  }
  s.nucleus = meanOf(nucleus) * std::exp(*slope * at);
  if (!(s.fluid > 0)) {
    s.whyMissing = "the fluid gives no signal";
    return s;
  }
  s.ratio = s.nucleus / s.fluid;
  return s;
}

} // namespace spondyl
