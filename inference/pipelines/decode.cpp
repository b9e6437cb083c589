#include "inference/pipelines/decode.h"

#include "inference/pipelines/components.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace spondyl::inference {
namespace {

constexpr double nearPeakMm = 8.0; ///< votes within tell the level at a peak
constexpr double wellOffCentreMm = 6.0;
static_assert(vertebraThreshold < DecodeParameters().followThreshold &&
              vertebraThreshold < DecodeParameters().voteThreshold &&
              vertebraThreshold < DecodeParameters().instanceThreshold);

double distanceOf(const FieldPoint& a, const FieldPoint& b) {
  return std::sqrt((a.z - b.z) * (a.z - b.z) + (a.y - b.y) * (a.y - b.y) + (a.x - b.x) * (a.x - b.x));
}

/// Dense map over the part of the field and its margin where votes fell; cells are the field's voxels.
struct VoteMap {
  std::array<int, 3> low{};
  Shape size{};
  std::vector<double> values;
  double& at(int z, int y, int x) {
    return values[(std::size_t(z) * std::size_t(size[1]) + std::size_t(y)) * std::size_t(size[2]) +
                  std::size_t(x)];
  }
};

void smooth(VoteMap& map, double sigma) {
  const int radius = int(4.0 * sigma + 0.5);
  std::vector<double> kernel;
  double sum = 0;
  for (int n = -radius; n <= radius; ++n)
    kernel.push_back(std::exp(-0.5 * n * n / (sigma * sigma)));
  for (const double v : kernel)
    sum += v;
  for (double& v : kernel)
    v /= sum;
  const std::array<std::size_t, 3> strides{std::size_t(map.size[1]) * std::size_t(map.size[2]),
                                           std::size_t(map.size[2]), 1};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int count = map.size[axis];
    std::vector<double> line(static_cast<std::size_t>(count));
    for (std::size_t start = 0; start < map.values.size(); ++start) {
      if (start / strides[axis] % std::size_t(count) != 0)
        continue; // first of its line only
      for (int n = 0; n < count; ++n)
        line[std::size_t(n)] = map.values[start + std::size_t(n) * strides[axis]];
      if (std::all_of(line.begin(), line.end(), [](double v) { return v == 0; }))
        continue;
      for (int n = 0; n < count; ++n) {
        double value = 0;
        for (int t = std::max(-radius, -n); t <= std::min(radius, count - 1 - n); ++t)
          value += kernel[std::size_t(t + radius)] * line[std::size_t(n + t)];
        map.values[start + std::size_t(n) * strides[axis]] = value;
      }
    }
  }
}

VoteMap voteMap(const SpineField& field, const std::vector<const VertebraVoxel*>& voters,
                const DecodeParameters& p) {
  VoteMap map;
  const double spacing = field.spacingMm();
  const int beyond = int(std::ceil(p.beyondMm / spacing));
  struct Vote {
    std::array<int, 3> cell;
    double weight;
  };
  std::vector<Vote> votes;
  std::array<int, 3> low{}, high{};
  for (const VertebraVoxel* v : voters) {
    const std::array<int, 3> cell{int(std::nearbyint(v->vote.z / spacing)),
                                  int(std::nearbyint(v->vote.y / spacing)),
                                  int(std::nearbyint(v->vote.x / spacing))};
    bool inside = true;
    for (std::size_t a = 0; a < 3; ++a)
      inside = inside && cell[a] >= -beyond && cell[a] < field.size()[a] + beyond;
    if (!inside)
      continue;
    if (votes.empty())
      low = high = cell;
    votes.push_back({cell, double(v->share) * (v->isBody ? p.bodyVoteWeight : 1.0)});
    for (std::size_t a = 0; a < 3; ++a) {
      low[a] = std::min(low[a], cell[a]);
      high[a] = std::max(high[a], cell[a]);
    }
  }
  if (votes.empty())
    return map;
  const int margin = int(4.0 * p.smoothingMm / spacing + 0.5) + 1;
  for (std::size_t a = 0; a < 3; ++a) {
    map.low[a] = std::max(-beyond, low[a] - margin);
    map.size[a] = std::min(field.size()[a] + beyond, high[a] + margin + 1) - map.low[a];
  }
  map.values.assign(voxelCount(map.size), 0.0);
  for (const Vote& v : votes)
    map.at(v.cell[0] - map.low[0], v.cell[1] - map.low[1], v.cell[2] - map.low[2]) += v.weight;
  smooth(map, p.smoothingMm / spacing);
  return map;
}

struct Candidate {
  FieldPoint position;
  double votes;
};

std::vector<Candidate> localMaxima(VoteMap& map, double spacing, const DecodeParameters& p) {
  std::vector<Candidate> found;
  if (map.values.empty())
    return found;
  // A neck gives far fewer votes than a loin: the smallest vertebra's share here, its own in findPeaks.
  const double least =
      p.peakMinimum * p.smallestShare() * *std::max_element(map.values.begin(), map.values.end());
  for (int z = 0; z < map.size[0]; ++z)
    for (int y = 0; y < map.size[1]; ++y)
      for (int x = 0; x < map.size[2]; ++x) {
        const double value = map.at(z, y, x);
        if (!(value > least))
          continue;
        // Of a plateau the first voxel alone: a network that says the same everywhere must not cost hours.
        bool highest = true;
        for (int a = std::max(0, z - 1); highest && a <= std::min(map.size[0] - 1, z + 1); ++a)
          for (int b = std::max(0, y - 1); highest && b <= std::min(map.size[1] - 1, y + 1); ++b)
            for (int c = std::max(0, x - 1); highest && c <= std::min(map.size[2] - 1, x + 1); ++c)
              highest =
                  std::tie(a, b, c) < std::tie(z, y, x) ? map.at(a, b, c) < value : map.at(a, b, c) <= value;
        if (highest)
          found.push_back(
              {{(z + map.low[0]) * spacing, (y + map.low[1]) * spacing, (x + map.low[2]) * spacing}, value});
      }
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.votes > b.votes; });
  return found;
}

/// Voxels of each vertebra of the chain: each goes to the centre nearest to where it votes.
std::vector<std::vector<std::uint32_t>> assign(const SpineField& field, std::span<const VertebraVoxel> all,
                                               const std::vector<Peak>& chain, const DecodeParameters& p) {
  std::vector<std::vector<std::uint32_t>> instances(chain.size());
  for (const VertebraVoxel& v : all) {
    if (!(v.share > p.instanceThreshold))
      continue;
    std::size_t nearest = 0;
    double least = 1e300;
    for (std::size_t n = 0; n < chain.size(); ++n)
      if (const double d = distanceOf(v.vote, chain[n].position); d < least) {
        least = d;
        nearest = n;
      }
    if (!chain.empty() && least < p.instanceReach * p.expectedSpacing(chain[nearest].level))
      instances[nearest].push_back(v.index);
  }
  for (auto& voxels : instances) {
    const auto parts = componentsOf(voxels, field.size(), Neighbours::Corner);
    if (parts.size() < 2)
      continue;
    voxels.clear();
    for (const auto& part : parts)
      if (double(part.size()) >= p.fragmentShare * double(parts.front().size()))
        voxels.insert(voxels.end(), part.begin(), part.end());
    std::sort(voxels.begin(), voxels.end());
  }
  return instances;
}

bool touchesEdge(const std::vector<std::uint32_t>& voxels, const AtEdge& atEdge) {
  return std::any_of(voxels.begin(), voxels.end(), atEdge);
}

/// The largest component of the sacrum's voxels, if it is large enough.
std::vector<std::uint32_t> findSacrum(const SpineField& field, const DecodeParameters& p) {
  std::vector<std::uint32_t> voxels;
  const auto probability = field.probability(SpineClass::Sacrum);
  for (std::size_t n = 0; n < probability.size(); ++n)
    if (probability[n] > p.sacrumThreshold * 255.0)
      voxels.push_back(std::uint32_t(n));
  auto parts = componentsOf(voxels, field.size(), Neighbours::Face);
  if (parts.empty() || double(parts.front().size()) * field.voxelMl() < p.sacrumMinimumMl)
    return {};
  return std::move(parts.front());
}

/// The lowest instance is S1: much of it lies at the sacrum, half as much if it is far too small (in a narrow
/// field every vertebra touches the edge, which is no excuse here), and the network half says so.
bool isSacral(const SpineField& field, const std::vector<std::uint32_t>& voxels,
              const std::vector<std::uint32_t>& sacrum, bool isSmall, const DecodeParameters& p) {
  if (sacrum.empty() || voxels.empty())
    return false;
  std::vector<bool> isSacrum(voxelCount(field.size()), false);
  for (const std::uint32_t index : sacrum)
    isSacrum[index] = true;
  const int reach = int(p.sacralReachMm / field.spacingMm());
  const Shape& size = field.size();
  const auto isNear = [&](std::uint32_t index) {
    const auto [z, y, x] = field.place(index);
    for (int a = std::max(0, z - reach); a <= std::min(size[0] - 1, z + reach); ++a)
      for (int b = std::max(0, y - reach); b <= std::min(size[1] - 1, y + reach); ++b)
        for (int c = std::max(0, x - reach); c <= std::min(size[2] - 1, x + reach); ++c) {
          const int squared = (a - z) * (a - z) + (b - y) * (b - y) + (c - x) * (c - x);
          if (field.spacingMm() * std::sqrt(double(squared)) < p.sacralReachMm &&
              isSacrum[(std::size_t(a) * std::size_t(size[1]) + std::size_t(b)) * std::size_t(size[2]) +
                       std::size_t(c)])
            return true;
        }
    return false;
  };
  const auto near = double(std::count_if(voxels.begin(), voxels.end(), isNear));
  double probability = 0;
  for (const std::uint32_t index : voxels)
    probability += field.probability(SpineClass::Sacrum)[index] / 255.0;
  const auto count = double(voxels.size());
  return near / count > p.sacralContact * (isSmall ? 0.5 : 1.0) && probability / count > p.sacralProbability;
}

struct End {
  std::size_t place = 0;
  bool isSacral = false;
};

/// An end of the chain that is no vertebra: a stump that the field's edge does not explain, or S1.
std::optional<End> falseEnd(const SpineField& field, const std::vector<Peak>& chain,
                            const std::vector<std::vector<std::uint32_t>>& instances,
                            const std::vector<std::uint32_t>& sacrum, const AtEdge& atEdge,
                            const DecodeParameters& p) {
  std::optional<End> found;
  const auto volume = [&](std::size_t n) { return double(instances[n].size()) * field.voxelMl(); };
  const auto relative = [&](std::size_t n) { return volume(n) / p.expectedVolume(chain[n].level); };
  for (const std::size_t end : {std::size_t(0), chain.size() - 1}) {
    const std::size_t beside = end == 0 ? 1 : end - 1;
    const bool isSmall = chain.size() > 1 && relative(end) < p.endShare * std::min(1.0, relative(beside));
    if (volume(end) < p.minimumVolumeMl || (isSmall && !touchesEdge(instances[end], atEdge)))
      found = End{end, false};
    else if (end + 1 == chain.size() && isSacral(field, instances[end], sacrum, isSmall, p))
      found = End{end, true};
  }
  return found;
}

DecodedVertebra describe(const SpineField& field, std::span<const VertebraVoxel> all, const Peak& peak,
                         const std::vector<std::uint32_t>& voxels, const AtEdge& atEdge) {
  DecodedVertebra out;
  out.centre = out.voted = peak.position;
  out.level = peak.level;
  out.volumeMl = double(voxels.size()) * field.voxelMl();
  FieldPoint sum;
  double bodies = 0, spread = 0;
  auto at = all.begin();
  for (const std::uint32_t index : voxels) { // both ascend
    while (at->index < index)
      ++at;
    spread += std::pow(distanceOf(at->vote, peak.position), 2);
    if (!at->isBody)
      continue;
    const FieldPoint here = field.position(index);
    sum = {sum.z + here.z, sum.y + here.y, sum.x + here.x};
    ++bodies;
  }
  if (bodies > 0)
    out.centre = {sum.z / bodies, sum.y / bodies, sum.x / bodies};
  out.bodyMl = bodies * field.voxelMl();
  for (const std::uint32_t index : voxels)
    if (atEdge(index)) {
      const double above = field.position(index).z - out.centre.z;
      out.whole = false;
      out.cutAbove = out.cutAbove || above > wellOffCentreMm;
      out.cutBelow = out.cutBelow || above < -wellOffCentreMm;
    }
  out.voteSpreadMm = voxels.empty() ? 0 : std::sqrt(spread / double(voxels.size()));
  return out;
}

} // namespace

std::vector<VertebraVoxel> followedVotes(const SpineField& field, const DecodeParameters& p) {
  const auto all = field.vertebra();
  const double spacing = field.spacingMm();
  const Shape& size = field.size();
  const auto voxelAt = [&](const FieldPoint& at) -> const VertebraVoxel* {
    const std::array<double, 3> cell{std::nearbyint(at.z / spacing), std::nearbyint(at.y / spacing),
                                     std::nearbyint(at.x / spacing)};
    for (std::size_t a = 0; a < 3; ++a)
      if (!(cell[a] >= 0 && cell[a] < size[a]))
        return nullptr;
    const auto index = std::uint32_t((cell[0] * size[1] + cell[1]) * size[2] + cell[2]);
    const auto found = std::lower_bound(all.begin(), all.end(), index,
                                        [](const VertebraVoxel& v, std::uint32_t n) { return v.index < n; });
    return found != all.end() && found->index == index ? &*found : nullptr;
  };
  std::vector<VertebraVoxel> moved(all.begin(), all.end());
  for (VertebraVoxel& v : moved)
    for (int step = 0; step < p.followSteps; ++step)
      if (const VertebraVoxel* there = voxelAt(v.vote); there && there->share > p.followThreshold) {
        const FieldPoint from = field.position(there->index);
        if (distanceOf(there->vote, from) > p.followReach * p.expectedSpacing(there->level))
          break; // C1's centre lies in C2's dens
        v.vote = {v.vote.z + there->vote.z - from.z, v.vote.y + there->vote.y - from.y,
                  v.vote.x + there->vote.x - from.x};
      }
  return moved;
}

std::vector<Peak> findPeaks(const SpineField& field, std::span<const VertebraVoxel> voxels,
                            const DecodeParameters& p) {
  std::vector<const VertebraVoxel*> voters;
  for (const VertebraVoxel& v : voxels)
    if (v.share > p.voteThreshold)
      voters.push_back(&v);
  VoteMap map = voteMap(field, voters, p);
  std::vector<Peak> peaks;
  double strongest = 0; ///< votes for each mL expected
  for (const Candidate& candidate : localMaxima(map, field.spacingMm(), p)) {
    double weight = 0, levels = 0;
    for (const VertebraVoxel* v : voters)
      if (distanceOf(v->vote, candidate.position) < nearPeakMm) {
        weight += v->share;
        levels += double(v->share) * v->level;
      }
    if (weight <= 0)
      continue;
    Peak peak{candidate.position, candidate.votes, levels / weight, 0, 0};
    const double spacing = p.expectedSpacing(peak.level), density = peak.votes / p.expectedVolume(peak.level);
    if (density < p.peakMinimum * strongest)
      continue;
    if (std::any_of(peaks.begin(), peaks.end(), [&](const Peak& q) {
          return distanceOf(q.position, peak.position) < p.suppression * p.expectedSpacing(q.level);
        }))
      continue;
    double all = 0, body = 0;
    for (const VertebraVoxel* v : voters)
      if (distanceOf(v->vote, peak.position) < p.gather * spacing) {
        all += v->share;
        if (v->isBody)
          body += v->share;
      }
    peak.relativeVolume = all * field.voxelMl() / p.expectedVolume(peak.level);
    peak.bodyShare = body / all;
    if (peaks.empty())
      strongest = density;
    peaks.push_back(peak);
  }
  return peaks;
}

Decoded decode(const SpineField& field, const AtEdge& atEdge, const DecodeParameters& p) {
  const std::vector<VertebraVoxel> voxels = followedVotes(field, p);
  const std::vector<Peak> peaks = findPeaks(field, voxels, p);
  std::vector<Peak> chain;
  for (const std::size_t n : bestChain(peaks, p))
    chain.push_back(peaks[n]);
  if (chain.size() > mostVertebrae)
    chain.resize(mostVertebrae);

  std::vector<std::uint32_t> sacrum = findSacrum(field, p), sacral;
  std::vector<bool> dropped(voxelCount(field.size()),
                            false); // an end's voxels must not fall to its neighbour
  std::vector<std::vector<std::uint32_t>> instances;
  while (!chain.empty()) {
    instances = assign(field, voxels, chain, p);
    for (auto& instance : instances)
      std::erase_if(instance, [&](std::uint32_t index) { return dropped[index]; });
    const auto end = falseEnd(field, chain, instances, sacrum, atEdge, p);
    if (!end)
      break;
    for (const std::uint32_t index : instances[end->place]) {
      dropped[index] = true;
      if (end->isSacral)
        sacral.push_back(index);
    }
    chain.erase(chain.begin() + std::ptrdiff_t(end->place));
  }
  Decoded decoded;
  decoded.owner.assign(voxelCount(field.size()), 0);
  for (std::size_t n = 0; n < chain.size(); ++n) {
    decoded.vertebrae.push_back(describe(field, voxels, chain[n], instances[n], atEdge));
    for (const std::uint32_t index : instances[n])
      decoded.owner[index] = std::uint8_t(n + 1);
  }

  sacrum.insert(sacrum.end(), sacral.begin(), sacral.end());
  std::sort(sacrum.begin(), sacrum.end());
  for (const std::uint32_t index : sacrum)
    if (decoded.owner[index] == 0) {
      decoded.owner[index] = sacrumOwner;
      decoded.sacrum.push_back(index);
    }
  decoded.sacrumWhole = !touchesEdge(decoded.sacrum, atEdge);
  return decoded;
}

} // namespace spondyl::inference
