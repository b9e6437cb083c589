#include "inference/pipelines/network_field.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace spondyl::inference {
namespace {

/// Two neighbours of a place between voxel centres, and the share of the upper one.
struct Between {
  std::size_t low = 0, high = 0;
  float part = 0;
  Between(double x, int count) {
    const double held = std::clamp(x, 0.0, double(count - 1));
    low = std::min(std::size_t(held), std::size_t(std::max(0, count - 2)));
    high = std::min(low + 1, std::size_t(count - 1));
    part = float(held - double(low));
  }
};

float trilinear(std::span<const float> values, const GridSize& size, const PointIjk& p) {
  const Between i(p.i, size.i), j(p.j, size.j), k(p.k, size.k);
  const auto ni = std::size_t(size.i), nj = std::size_t(size.j);
  const auto along = [&](std::size_t row, std::size_t slice) {
    const float* at = values.data() + (slice * nj + row) * ni;
    return at[i.low] + i.part * (at[i.high] - at[i.low]);
  };
  const auto across = [&](std::size_t slice) {
    const float a = along(j.low, slice);
    return a + j.part * (along(j.high, slice) - a);
  };
  const float a = across(k.low);
  return a + k.part * (across(k.high) - a);
}

} // namespace

Result<CroppedField> networkField(const Volume& volume, const ModelCard& card, const std::stop_token& stop) {
  SPONDYL_TRY(const Grid grid, networkGrid(volume.grid(), card.spacingMm));
  SPONDYL_TRY(std::vector<float> values,
              resampleForNetwork(volume, grid, card.percentiles ? 0 : card.outsideValue, stop));
  normaliseAll(values, normalisationOf(card, values), outsideInput(card));
  return CroppedField{grid, std::move(values)};
}

IndexBox voxelsIn(const Grid& grid, const BoxLps& box) {
  const PointIjk low = grid.toIjk(box.low), high = grid.toIjk(box.high);
  const GridSize n = grid.size();
  const auto first = [](double x) { return int(std::ceil(std::clamp(x, -1.0, 1e6) - 1e-6)); };
  const auto last = [](double x, int count) {
    return std::min(count - 1, int(std::floor(std::clamp(x, -1.0, 1e6) + 1e-6)));
  };
  IndexBox out;
  out.low = {std::max(0, first(low.i)), std::max(0, first(low.j)), std::max(0, first(low.k))};
  out.high = {last(high.i, n.i), last(high.j, n.j), last(high.k, n.k)};
  return out;
}

IndexBox widened(IndexBox box, int voxels, GridSize limit) {
  box.low = {std::max(0, box.low.i - voxels), std::max(0, box.low.j - voxels),
             std::max(0, box.low.k - voxels)};
  box.high = {std::min(limit.i - 1, box.high.i + voxels), std::min(limit.j - 1, box.high.j + voxels),
              std::min(limit.k - 1, box.high.k + voxels)};
  return box;
}

Result<CroppedField> partOf(const CroppedField& whole, const IndexBox& box) {
  const Grid& grid = whole.grid;
  const GridSize size{box.high.i - box.low.i + 1, box.high.j - box.low.j + 1, box.high.k - box.low.k + 1};
  SPONDYL_TRY(const Grid part,
              Grid::create(size, grid.toLps(box.low), grid.stepI(), grid.stepJ(), grid.stepK()));
  std::vector<float> values;
  values.reserve(size.count());
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j) {
      const auto row =
          whole.values.begin() + std::ptrdiff_t(grid.offset({box.low.i, box.low.j + j, box.low.k + k}));
      values.insert(values.end(), row, row + size.i);
    }
  return CroppedField{part, std::move(values)};
}

BoxLps edgesOf(const Grid& grid) {
  const GridSize n = grid.size();
  return {grid.toLps(PointIjk{-0.5, -0.5, -0.5}), grid.toLps(PointIjk{n.i - 0.5, n.j - 0.5, n.k - 0.5})};
}

double writeOnGrid(const Grid& from, std::span<const float> values, const Grid& grid,
                   std::span<std::uint16_t> out) {
  const GridSize size = grid.size(), inner = from.size();
  const PointIjk along = from.directionToIjk(grid.stepI());
  constexpr double edge = 0.5 + 1e-6;
  const auto beyond = [](double x, int n) { return x < -edge || x > n - 1 + edge; };
  std::atomic<std::uint16_t> highest{0};
  parallelFor(std::size_t(size.k) * std::size_t(size.j), 16, [&](std::size_t begin, std::size_t end) {
    std::uint16_t most = 0;
    for (std::size_t row = begin; row < end; ++row) {
      const PointIjk start =
          from.toIjk(grid.toLps(IndexIjk{0, int(row % std::size_t(size.j)), int(row / std::size_t(size.j))}));
      for (int i = 0; i < size.i; ++i) {
        const PointIjk p{start.i + along.i * i, start.j + along.j * i, start.k + along.k * i};
        std::uint16_t stored = 0;
        if (!beyond(p.i, inner.i) && !beyond(p.j, inner.j) && !beyond(p.k, inner.k))
          stored = std::uint16_t(
              std::lround(std::clamp(trilinear(values, inner, p), 0.0f, 1.0f) * float(scalarMapOne)));
        out[row * std::size_t(size.i) + std::size_t(i)] = stored;
        most = std::max(most, stored);
      }
    }
    std::uint16_t seen = highest.load();
    while (most > seen && !highest.compare_exchange_weak(seen, most)) {
    }
  });
  return double(highest.load()) / scalarMapOne;
}

} // namespace spondyl::inference
