#include "core/formats/reorient.h"

#include <algorithm>
#include <array>

namespace spondyl {
namespace {

// New axis a runs along old axis from[a], backwards if flip[a].
struct AxisPlan {
  std::array<int, 3> from{0, 1, 2};
  std::array<bool, 3> flip{false, false, false};
};

AxisPlan planFor(const Grid& grid, ArrayOrder order) {
  AxisPlan best;
  if (order == ArrayOrder::Acquired)
    return best;
  const double sense = order == ArrayOrder::Lps ? 1.0 : -1.0;
  const std::array<VectorLps, 3> wanted{VectorLps{sense, 0, 0}, VectorLps{0, sense, 0}, VectorLps{0, 0, 1}};
  const std::array<VectorLps, 3> steps{normalized(grid.stepI()), normalized(grid.stepJ()),
                                       normalized(grid.stepK())};
  std::array<int, 3> permutation{0, 1, 2};
  double bestSum = -1;
  do {
    double sum = 0;
    for (std::size_t a = 0; a < 3; ++a)
      sum += std::abs(dot(wanted[a], steps[static_cast<std::size_t>(permutation[a])]));
    if (sum > bestSum + 1e-12) {
      bestSum = sum;
      best.from = permutation;
    }
  } while (std::next_permutation(permutation.begin(), permutation.end()));
  for (std::size_t a = 0; a < 3; ++a)
    best.flip[a] = dot(wanted[a], steps[static_cast<std::size_t>(best.from[a])]) < 0;
  return best;
}

std::array<int, 3> sizes(const Grid& grid) {
  return {grid.size().i, grid.size().j, grid.size().k};
}

Grid reorderedGrid(const Grid& grid, const AxisPlan& plan) {
  const std::array<VectorLps, 3> steps{grid.stepI(), grid.stepJ(), grid.stepK()};
  const auto n = sizes(grid);
  PointLps origin = grid.origin();
  std::array<VectorLps, 3> step;
  std::array<int, 3> size{};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto old = static_cast<std::size_t>(plan.from[a]);
    size[a] = n[old];
    step[a] = plan.flip[a] ? -steps[old] : steps[old];
    if (plan.flip[a])
      origin = origin + steps[old] * double(n[old] - 1);
  }
  // The same axes in another order span space as before.
  return Grid::create({size[0], size[1], size[2]}, origin, step[0], step[1], step[2]).value();
}

template <class T>
void reorder(std::span<const T> in, const Grid& from, const Grid& to, const AxisPlan& plan,
             std::span<T> out) {
  const auto n = sizes(from);
  const std::array<std::ptrdiff_t, 3> stride{1, n[0], std::ptrdiff_t(n[0]) * n[1]};
  std::ptrdiff_t start = 0;
  std::array<std::ptrdiff_t, 3> move{};
  for (std::size_t a = 0; a < 3; ++a) {
    const auto old = static_cast<std::size_t>(plan.from[a]);
    move[a] = plan.flip[a] ? -stride[old] : stride[old];
    if (plan.flip[a])
      start += stride[old] * (n[old] - 1);
  }
  std::size_t at = 0;
  for (int k = 0; k < to.size().k; ++k)
    for (int j = 0; j < to.size().j; ++j) {
      std::ptrdiff_t source = start + k * move[2] + j * move[1];
      for (int i = 0; i < to.size().i; ++i, source += move[0])
        out[at++] = in[static_cast<std::size_t>(source)];
    }
}

} // namespace

Result<VolumePtr> reorient(const VolumePtr& volume, ArrayOrder order) {
  const AxisPlan plan = planFor(volume->grid(), order);
  const Grid grid = reorderedGrid(volume->grid(), plan);
  if (grid == volume->grid())
    return volume;
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(grid, volume->voxelType(), volume->rescale(),
                                                           volume->meaning(), volume->padding()));
  visitVoxels(*volume, [&](auto voxels) {
    using T = std::remove_const_t<typename decltype(voxels)::element_type>;
    reorder<T>(voxels, volume->grid(), grid, plan, builder.voxels<T>());
  });
  for (int k = 0; k < grid.size().k; ++k)
    builder.markReady(k);
  return std::move(builder).freeze();
}

LabelArray reorient(const LabelArray& labels, ArrayOrder order) {
  const AxisPlan plan = planFor(labels.grid, order);
  LabelArray out{reorderedGrid(labels.grid, plan), std::vector<std::uint16_t>(labels.numbers.size())};
  reorder<std::uint16_t>(labels.numbers, labels.grid, out.grid, plan, out.numbers);
  return out;
}

} // namespace spondyl
