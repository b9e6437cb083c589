#include "core/case/centroid.h"

#include <algorithm>

namespace spondyl {
namespace {

struct Mean {
  double i = 0, j = 0, k = 0, n = 0;
  void add(IndexIjk v) {
    i += v.i;
    j += v.j;
    k += v.k;
    n += 1;
  }
  std::optional<PointLps> on(const Grid& grid) const {
    return n > 0 ? std::optional(grid.toLps(PointIjk{i / n, j / n, k / n})) : std::nullopt;
  }
};

/// Depth below the surface of every voxel of a box, mm, along the grid's axes (city-block): two sweeps.
std::vector<float> depths(const LabelMap& map, StructureId id, const IndexBox& box) {
  const int ni = box.high.i - box.low.i + 3, nj = box.high.j - box.low.j + 3, nk = box.high.k - box.low.k + 3;
  const auto at = [&](int i, int j, int k) {
    return (std::size_t(k) * std::size_t(nj) + std::size_t(j)) * std::size_t(ni) + std::size_t(i);
  };
  std::vector<float> depth(at(0, 0, nk)); // a rim of background all round
  std::vector<std::uint16_t> row(std::size_t(ni - 2));
  for (int k = 1; k < nk - 1; ++k)
    for (int j = 1; j < nj - 1; ++j) {
      map.readRow(box.low.i, box.low.j + j - 1, box.low.k + k - 1, row);
      for (int i = 1; i < ni - 1; ++i)
        depth[at(i, j, k)] = row[std::size_t(i - 1)] == id.value ? 1e9f : 0.f;
    }
  const auto spacing = map.grid().spacing();
  const float si = float(spacing[0]), sj = float(spacing[1]), sk = float(spacing[2]);
  const auto relax = [&](int i, int j, int k, int back) {
    float& d = depth[at(i, j, k)];
    d = std::min(
        {d, depth[at(i + back, j, k)] + si, depth[at(i, j + back, k)] + sj, depth[at(i, j, k + back)] + sk});
  };
  for (int k = 1; k < nk - 1; ++k)
    for (int j = 1; j < nj - 1; ++j)
      for (int i = 1; i < ni - 1; ++i)
        relax(i, j, k, -1);
  for (int k = nk - 2; k > 0; --k)
    for (int j = nj - 2; j > 0; --j)
      for (int i = ni - 2; i > 0; --i)
        relax(i, j, k, 1);
  return depth;
}

} // namespace

std::optional<PointLps> centroidOf(const LabelMap& map, StructureId id) {
  Mean mean;
  const IndexBox box = map.boundsOf(id);
  if (box.isEmpty())
    return std::nullopt;
  std::vector<std::uint16_t> row(std::size_t(box.high.i - box.low.i + 1));
  for (int k = box.low.k; k <= box.high.k; ++k)
    for (int j = box.low.j; j <= box.high.j; ++j) {
      map.readRow(box.low.i, j, k, row);
      for (std::size_t i = 0; i < row.size(); ++i)
        if (row[i] == id.value)
          mean.add({box.low.i + int(i), j, k});
    }
  return mean.on(map.grid());
}

std::optional<PointLps> coreCentroidOf(const LabelMap& map, StructureId id) {
  const IndexBox box = map.boundsOf(id);
  if (box.isEmpty())
    return std::nullopt;
  const std::vector<float> depth = depths(map, id, box);
  const float deep = 0.6f * *std::max_element(depth.begin(), depth.end());
  Mean mean;
  std::size_t at = 0;
  for (int k = box.low.k - 1; k <= box.high.k + 1; ++k)
    for (int j = box.low.j - 1; j <= box.high.j + 1; ++j)
      for (int i = box.low.i - 1; i <= box.high.i + 1; ++i, ++at)
        if (depth[at] > 0 && depth[at] >= deep)
          mean.add({i, j, k});
  return mean.on(map.grid());
}

} // namespace spondyl
