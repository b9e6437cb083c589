#include "inference/pipelines/resample.h"

#include "core/base/parallel.h"
#include "core/image/label_map.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

namespace spondyl::inference {
namespace {

/// Smoothed and thinned values of the input on its own axes.
struct Thinned {
  std::array<int, 3> size{};           ///< i, j, k
  std::array<double, 3> step{1, 1, 1}; ///< input voxels per thinned voxel
  std::array<double, 3> first{};       ///< input index of thinned voxel 0
  std::vector<float> values;
};

struct Kernel {
  int step = 1;
  double first = 0;
  int begin = 0; ///< first tap relative to step * n
  std::vector<float> taps;
};

/// Gaussian of the width that brings `spacing` to `target`, taken at every step-th place.
Kernel kernelFor(double spacing, double target) {
  Kernel kernel;
  const double ratio = target / spacing;
  kernel.step = std::clamp(int(std::floor(ratio + 1e-6)), 1, 16);
  kernel.first = (kernel.step - 1) / 2.0;
  const double sigma = 0.5 * std::sqrt(std::max(0.0, ratio * ratio - 1.0));
  if (sigma < 0.05) {
    kernel.taps = {1.0f};
    return kernel;
  }
  kernel.begin = int(std::floor(kernel.first - 4 * sigma));
  const int end = int(std::ceil(kernel.first + 4 * sigma));
  double sum = 0;
  for (int n = kernel.begin; n <= end; ++n)
    sum += std::exp(-0.5 * std::pow((n - kernel.first) / sigma, 2));
  for (int n = kernel.begin; n <= end; ++n)
    kernel.taps.push_back(float(std::exp(-0.5 * std::pow((n - kernel.first) / sigma, 2)) / sum));
  return kernel;
}

int thinnedSize(int size, const Kernel& kernel) {
  return (size + kernel.step - 1) / kernel.step;
}

/// Filters along the axis with `stride` between neighbours; lines of `size` values.
template <class Read>
void filterLine(const Kernel& kernel, int size, int outSize, const Read& read, float* out,
                std::size_t outStride) {
  for (int n = 0; n < outSize; ++n) {
    float sum = 0;
    const int at = n * kernel.step + kernel.begin;
    for (std::size_t t = 0; t < kernel.taps.size(); ++t)
      sum += kernel.taps[t] * read(std::clamp(at + int(t), 0, size - 1));
    out[std::size_t(n) * outStride] = sum;
  }
}

Thinned thin(const Volume& volume, double target, double paddingValue, const std::stop_token& stop) {
  const GridSize size = volume.size();
  const auto spacing = volume.grid().spacing();
  std::array<Kernel, 3> kernels;
  Thinned thinned;
  const std::array<int, 3> sizes{size.i, size.j, size.k};
  for (std::size_t a = 0; a < 3; ++a) {
    kernels[a] = kernelFor(spacing[a], target);
    thinned.size[a] = thinnedSize(sizes[a], kernels[a]);
    thinned.step[a] = kernels[a].step;
    thinned.first[a] = kernels[a].first;
  }
  const auto ni = std::size_t(thinned.size[0]), nj = std::size_t(thinned.size[1]),
             nk = std::size_t(thinned.size[2]);
  // Slice by slice along i and j, so that only thinned slices are held; then along k.
  std::vector<float> slices(ni * nj * std::size_t(size.k));
  const double slope = volume.rescale().slope, intercept = volume.rescale().intercept;
  const auto padding = volume.padding();
  visitVoxels(volume, [&](auto voxels) {
    parallelFor(std::size_t(size.k), 1, [&](std::size_t from, std::size_t to) {
      std::vector<float> rows(ni * std::size_t(size.j)), line(std::size_t(size.i));
      for (std::size_t k = from; k < to && !stop.stop_requested(); ++k) {
        for (int j = 0; j < size.j; ++j) {
          const auto* row = voxels.data() + (k * std::size_t(size.j) + std::size_t(j)) * std::size_t(size.i);
          for (int i = 0; i < size.i; ++i) {
            const double stored = double(row[i]);
            const double value = padding && stored == *padding ? paddingValue : stored * slope + intercept;
            line[std::size_t(i)] = std::isfinite(value) ? float(value) : float(paddingValue);
          }
          filterLine(
              kernels[0], size.i, thinned.size[0], [&](int i) { return line[std::size_t(i)]; },
              rows.data() + std::size_t(j) * ni, 1);
        }
        for (std::size_t i = 0; i < ni; ++i)
          filterLine(
              kernels[1], size.j, thinned.size[1], [&](int j) { return rows[std::size_t(j) * ni + i]; },
              slices.data() + k * ni * nj + i, ni);
      }
    });
    return 0;
  });
  if (kernels[2].taps.size() == 1 && kernels[2].step == 1) {
    thinned.values = std::move(slices);
    return thinned;
  }
  thinned.values.resize(ni * nj * nk);
  parallelFor(ni * nj, 1024, [&](std::size_t from, std::size_t to) {
    for (std::size_t n = from; n < to && !stop.stop_requested(); ++n)
      filterLine(
          kernels[2], size.k, thinned.size[2], [&](int k) { return slices[std::size_t(k) * ni * nj + n]; },
          thinned.values.data() + n, ni * nj);
  });
  return thinned;
}

float trilinear(const Thinned& t, const std::array<double, 3>& at) {
  std::array<std::size_t, 3> low{}, high{};
  std::array<float, 3> part{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double x = std::clamp(at[a], 0.0, double(t.size[a] - 1));
    low[a] = std::min(std::size_t(x), std::size_t(std::max(0, t.size[a] - 2)));
    high[a] = std::min(low[a] + 1, std::size_t(t.size[a] - 1));
    part[a] = float(x - double(low[a]));
  }
  const auto ni = std::size_t(t.size[0]), nj = std::size_t(t.size[1]);
  const auto along = [&](std::size_t j, std::size_t k) {
    const float* row = t.values.data() + (k * nj + j) * ni;
    return row[low[0]] + part[0] * (row[high[0]] - row[low[0]]);
  };
  const float a = along(low[1], low[2]), b = along(high[1], low[2]), c = along(low[1], high[2]),
              d = along(high[1], high[2]);
  const float ab = a + part[1] * (b - a), cd = c + part[1] * (d - c);
  return ab + part[2] * (cd - ab);
}

} // namespace

float normalised(double value, const Normalisation& n) {
  return float((std::clamp(value, n.low, n.high) - n.subtract) / n.divide);
}

Result<Grid> networkGrid(const Grid& input, double spacingMm) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  PointLps low{inf, inf, inf}, high{-inf, -inf, -inf};
  for (const PointLps c : input.corners()) {
    low = {std::min(low.x, c.x), std::min(low.y, c.y), std::min(low.z, c.z)};
    high = {std::max(high.x, c.x), std::max(high.y, c.y), std::max(high.z, c.z)};
  }
  const auto count = [&](double extent) { return std::max(1, int(std::lround(extent / spacingMm))); };
  const double half = spacingMm / 2;
  return Grid::create({count(high.x - low.x), count(high.y - low.y), count(high.z - low.z)},
                      low + VectorLps{half, half, half}, {spacingMm, 0, 0}, {0, spacingMm, 0},
                      {0, 0, spacingMm});
}

Result<std::vector<float>> resampleForNetwork(const Volume& volume, const Grid& grid, double paddingValue,
                                              const std::stop_token& stop) {
  try {
    const Thinned thinned = thin(volume, length(grid.stepI()), paddingValue, stop);
    const GridSize size = grid.size(), inputSize = volume.size();
    std::vector<float> values(size.count());
    const Grid& input = volume.grid();
    const PointIjk along = input.directionToIjk(grid.stepI());
    constexpr double edge = 0.5 + 1e-6;
    const auto beyond = [](double x, int n) { return x < -edge || x > n - 1 + edge; };
    parallelFor(std::size_t(size.k) * std::size_t(size.j), 16, [&](std::size_t from, std::size_t to) {
      for (std::size_t row = from; row < to && !stop.stop_requested(); ++row) {
        const PointIjk start = input.toIjk(
            grid.toLps(IndexIjk{0, int(row % std::size_t(size.j)), int(row / std::size_t(size.j))}));
        for (int i = 0; i < size.i; ++i) {
          const PointIjk p{start.i + along.i * i, start.j + along.j * i, start.k + along.k * i};
          float& value = values[row * std::size_t(size.i) + std::size_t(i)];
          if (beyond(p.i, inputSize.i) || beyond(p.j, inputSize.j) || beyond(p.k, inputSize.k)) {
            value = std::numeric_limits<float>::quiet_NaN();
            continue;
          }
          value = trilinear(thinned, {(p.i - thinned.first[0]) / thinned.step[0],
                                      (p.j - thinned.first[1]) / thinned.step[1],
                                      (p.k - thinned.first[2]) / thinned.step[2]});
        }
      }
    });
    if (stop.stop_requested())
      return fail(ErrorCode::Cancelled, {}, "resampleForNetwork");
    return values;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, {"?", "?"}, "resampleForNetwork");
  }
}

Normalisation normalisationOf(const ModelCard& card, std::span<const float> values) {
  if (!card.percentiles)
    return card.normalisation;
  const PercentileRule& rule = *card.percentiles;
  std::vector<float> acquired;
  acquired.reserve(values.size());
  std::copy_if(values.begin(), values.end(), std::back_inserter(acquired),
               [](float v) { return !std::isnan(v); });
  // Linear between the two nearest ranks.
  const auto at = [&](double percent) -> double {
    if (acquired.empty())
      return 0;
    const double rank = percent / 100.0 * double(acquired.size() - 1);
    const auto low = acquired.begin() + std::ptrdiff_t(rank);
    std::nth_element(acquired.begin(), low, acquired.end());
    const double first = *low, part = rank - std::floor(rank);
    const auto next = std::min_element(low + 1, acquired.end());
    return next == acquired.end() ? first : first + part * (double(*next) - first);
  };
  const double low = at(rule.percent[0]), high = at(rule.percent[1]);
  const double divide = std::max(high - low, 1e-6) / (rule.to[1] - rule.to[0]);
  const double subtract = low - rule.to[0] * divide;
  return {subtract + rule.clip[0] * divide, subtract + rule.clip[1] * divide, subtract, divide};
}

float outsideInput(const ModelCard& card) {
  return card.percentiles ? float(card.outsideValue) : normalised(card.outsideValue, card.normalisation);
}

void normaliseAll(std::span<float> values, const Normalisation& normalisation, float outside) {
  parallelFor(values.size(), std::size_t(1) << 16, [&](std::size_t from, std::size_t to) {
    for (std::size_t n = from; n < to; ++n)
      values[n] = std::isnan(values[n]) ? outside : normalised(values[n], normalisation);
  });
}

CroppedField cropped(const Grid& grid, std::vector<float> values, float limit, int margin) {
  IndexBox box;
  const GridSize size = grid.size();
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j) {
      const auto row = values.begin() + std::ptrdiff_t(grid.offset({0, j, k}));
      const auto first = std::find_if(row, row + size.i, [&](float v) { return v > limit; });
      if (first == row + size.i)
        continue;
      int last = size.i - 1;
      while (!(row[last] > limit))
        --last;
      box.include({int(first - row), j, k});
      box.include({last, j, k});
    }
  if (box.isEmpty())
    return {grid, std::move(values)};
  const IndexIjk low{std::max(0, box.low.i - margin), std::max(0, box.low.j - margin),
                     std::max(0, box.low.k - margin)};
  const GridSize part{std::min(size.i, box.high.i + margin + 1) - low.i,
                      std::min(size.j, box.high.j + margin + 1) - low.j,
                      std::min(size.k, box.high.k + margin + 1) - low.k};
  const auto smaller = Grid::create(part, grid.toLps(low), grid.stepI(), grid.stepJ(), grid.stepK());
  if (!smaller || part == size)
    return {grid, std::move(values)};
  std::vector<float> out;
  out.reserve(part.count());
  for (int k = 0; k < part.k; ++k)
    for (int j = 0; j < part.j; ++j) {
      const auto row = values.begin() + std::ptrdiff_t(grid.offset({low.i, low.j + j, low.k + k}));
      out.insert(out.end(), row, row + part.i);
    }
  return {*smaller, std::move(out)};
}

} // namespace spondyl::inference
