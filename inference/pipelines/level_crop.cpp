#include "inference/pipelines/level_crop.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace spondyl::inference {
namespace {

constexpr double leastBodyMl = 0.3;      ///< of a body that a crop can be centred on
constexpr double leastPosteriorMl = 0.5; ///< of posterior elements that show where the back is
constexpr int mostSamples = 4;           ///< averaged per axis of a crop's voxel

/// Sums of one label's voxels.
struct LabelSum {
  double i = 0, j = 0, k = 0;
  std::size_t count = 0;
  void add(IndexIjk v) {
    i += v.i;
    j += v.j;
    k += v.k;
    ++count;
  }
  PointLps centroid(const Grid& grid) const {
    const double n = double(count);
    return grid.toLps(PointIjk{i / n, j / n, k / n});
  }
};

std::vector<LabelSum> sumsOf(std::span<const std::uint16_t> labels, const Grid& grid,
                             std::size_t labelCount) {
  std::vector<LabelSum> sums(labelCount);
  const GridSize n = grid.size();
  std::size_t at = 0;
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i, ++at)
        if (labels[at] > 0 && labels[at] < labelCount)
          sums[labels[at]].add({i, j, k});
  return sums;
}

/// The eight voxels round a point and their shares. False beyond the field, half a voxel outside the
/// outermost centres; within that rim the nearest centres count.
struct Corners {
  std::array<std::size_t, 8> offset;
  std::array<double, 8> share;
  bool set(const Grid& grid, PointIjk p) {
    const GridSize n = grid.size();
    const std::array<double, 3> at{p.i, p.j, p.k};
    const std::array<int, 3> size{n.i, n.j, n.k};
    std::array<int, 3> low{}, high{};
    std::array<double, 3> part{};
    for (std::size_t a = 0; a < 3; ++a) {
      if (!(at[a] >= -0.5 && at[a] <= size[a] - 0.5))
        return false;
      const double inside = std::clamp(at[a], 0.0, double(size[a] - 1));
      low[a] = std::min(int(inside), std::max(0, size[a] - 2));
      high[a] = std::min(low[a] + 1, size[a] - 1);
      part[a] = inside - low[a];
    }
    for (std::size_t c = 0; c < 8; ++c) {
      const bool i = c & 1, j = c & 2, k = c & 4;
      offset[c] = grid.offset({i ? high[0] : low[0], j ? high[1] : low[1], k ? high[2] : low[2]});
      share[c] = (i ? part[0] : 1 - part[0]) * (j ? part[1] : 1 - part[1]) * (k ? part[2] : 1 - part[2]);
    }
    return true;
  }
};

/// Calls take(voxel of the crop, point of the grid) slice by slice on several threads.
template <class Take>
void forEachVoxel(const Grid& grid, const LevelCrop& crop, const Take& take) {
  const Shape n = crop.shape.size;
  parallelFor(std::size_t(n[0]), 1, [&](std::size_t from, std::size_t to) {
    for (std::size_t z = from; z < to; ++z)
      for (int y = 0; y < n[1]; ++y)
        for (int x = 0; x < n[2]; ++x)
          take((z * std::size_t(n[1]) + std::size_t(y)) * std::size_t(n[2]) + std::size_t(x),
               grid.toIjk(crop.toLps({double(z), double(y), double(x)})));
  });
}

/// Places within a crop's voxel, in the grid's indices, whose mean is taken along one of its axes.
std::vector<PointIjk> samplesAlong(const Grid& grid, VectorLps axis, double spacingMm) {
  const PointIjk step = grid.directionToIjk(axis * spacingMm);
  const double most = std::max({std::abs(step.i), std::abs(step.j), std::abs(step.k)});
  const int count = std::clamp(int(std::lround(most)), 1, mostSamples);
  std::vector<PointIjk> out;
  for (int n = 0; n < count; ++n) {
    const double s = (n + 0.5) / count - 0.5;
    out.push_back({step.i * s, step.j * s, step.k * s});
  }
  return out;
}

} // namespace

PointLps LevelCrop::toLps(CropPoint p) const {
  const double mm = shape.spacingMm;
  return frame.origin + frame.left * ((p.x - shape.origin.x) * mm) +
         frame.posterior * ((p.y - shape.origin.y) * mm) + frame.superior * ((p.z - shape.origin.z) * mm);
}

CropPoint LevelCrop::toCrop(PointLps p) const {
  const VectorLps d = p - frame.origin;
  const double mm = shape.spacingMm;
  return {dot(d, frame.superior) / mm + shape.origin.z, dot(d, frame.posterior) / mm + shape.origin.y,
          dot(d, frame.left) / mm + shape.origin.x};
}

LevelFrame levelFrame(PointLps body, VectorLps up, VectorLps towardsPosterior) {
  LevelFrame f;
  f.origin = body;
  f.superior = normalized(up);
  if (f.superior == VectorLps{})
    f.superior = {0, 0, 1};
  // The patient's back, or whatever is not parallel to the spine.
  for (const VectorLps back : {towardsPosterior, VectorLps{0, 1, 0}, VectorLps{0, 0, -1}}) {
    f.posterior = back - f.superior * dot(back, f.superior);
    if (length(f.posterior) > 1e-3 * length(back))
      break;
  }
  f.posterior = normalized(f.posterior);
  f.left = cross(f.posterior, f.superior);
  return f;
}

std::vector<LabelledLevel> labelledLevels(const SegmentResult& result, std::span<const std::uint16_t> labels,
                                          const Grid& grid) {
  std::map<int, LabelledLevel> byPlace;
  std::size_t labelCount = 1;
  for (const ResultStructure& s : result.structures) {
    labelCount = std::max(labelCount, std::size_t(s.label) + 1);
    if (s.part == Part::VertebralBody)
      byPlace[s.vertebra].body = s.label;
    else if (s.part == Part::PosteriorElements)
      byPlace[s.vertebra].posterior = s.label;
  }
  const std::vector<LabelSum> sums = sumsOf(labels, grid, labelCount);
  const double voxelMl = grid.voxelVolumeMm3() / 1000;
  std::vector<LabelledLevel> out;
  std::vector<PointLps> bodies;
  for (const ResultVertebra& v : result.vertebrae) {
    const auto found = byPlace.find(v.place);
    if (found == byPlace.end() || double(sums[found->second.body].count) * voxelMl < leastBodyMl)
      continue;
    out.push_back(found->second);
    out.back().place = v.place;
    bodies.push_back(sums[found->second.body].centroid(grid));
  }
  for (std::size_t n = 0; n < out.size(); ++n) {
    const PointLps above = bodies[n == 0 ? 0 : n - 1], below = bodies[std::min(n + 1, out.size() - 1)];
    const LabelSum& arch = sums[out[n].posterior];
    const bool showsBack = double(arch.count) * voxelMl >= leastPosteriorMl;
    out[n].frame = levelFrame(bodies[n], above - below,
                              showsBack ? arch.centroid(grid) - bodies[n] : VectorLps{0, 1, 0});
  }
  return out;
}

std::vector<float> cropImage(const Volume& volume, const LevelCrop& crop) {
  const Grid& grid = volume.grid();
  const double mm = crop.shape.spacingMm;
  std::vector<PointIjk> samples;
  for (const PointIjk& a : samplesAlong(grid, crop.frame.superior, mm))
    for (const PointIjk& b : samplesAlong(grid, crop.frame.posterior, mm))
      for (const PointIjk& c : samplesAlong(grid, crop.frame.left, mm))
        samples.push_back({a.i + b.i + c.i, a.j + b.j + c.j, a.k + b.k + c.k});
  std::vector<float> out(voxelCount(crop.shape.size));
  const double slope = volume.rescale().slope, intercept = volume.rescale().intercept;
  const std::optional<double> padding = volume.padding();
  visitVoxels(volume, [&](auto voxels) {
    forEachVoxel(grid, crop, [&](std::size_t at, PointIjk middle) {
      double sum = 0, weight = 0;
      Corners corners;
      for (const PointIjk& s : samples) {
        if (!corners.set(grid, {middle.i + s.i, middle.j + s.j, middle.k + s.k}))
          continue;
        for (std::size_t c = 0; c < 8; ++c) {
          const double stored = double(voxels[corners.offset[c]]);
          if ((padding && stored == *padding) || !std::isfinite(stored))
            continue;
          sum += corners.share[c] * stored;
          weight += corners.share[c];
        }
      }
      // Half of a voxel without values is none.
      out[at] = weight > 0.5 * double(samples.size()) ? float(sum / weight * slope + intercept)
                                                      : std::numeric_limits<float>::quiet_NaN();
    });
    return 0;
  });
  return out;
}

std::vector<float> cropMask(std::span<const std::uint16_t> labels, const Grid& grid,
                            const LabelledLevel& level, double posteriorValue, const LevelCrop& crop) {
  std::vector<float> out(voxelCount(crop.shape.size));
  forEachVoxel(grid, crop, [&](std::size_t at, PointIjk p) {
    Corners corners;
    if (!corners.set(grid, p))
      return;
    double sum = 0;
    for (std::size_t c = 0; c < 8; ++c) {
      const std::uint16_t label = labels[corners.offset[c]];
      if (label > 0 && label == level.body)
        sum += corners.share[c];
      else if (label > 0 && label == level.posterior)
        sum += corners.share[c] * posteriorValue;
    }
    out[at] = float(sum);
  });
  return out;
}

} // namespace spondyl::inference
