#include "core/phantom/paint_filters.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>

namespace spondyl {

namespace {

/// Weighted sum with the two neighbours on each side along one axis; the edge repeats.
void filterAxis(GridSize size, std::vector<float>& image, int axis, const float (&w)[3]) {
  const std::size_t stride = axis == 0 ? 1 : axis == 1 ? std::size_t(size.i) : std::size_t(size.i) * size.j;
  const int length = axis == 0 ? size.i : axis == 1 ? size.j : size.k;
  const std::size_t lines = size.count() / std::size_t(length);
  parallelFor(lines, 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> line(std::size_t(length) + 4);
    for (std::size_t n = begin; n < end; ++n) {
      const std::size_t start = axis == 0   ? n * size.i
                                : axis == 1 ? n / size.i * size.i * size.j + n % size.i
                                            : n;
      for (int t = 0; t < length; ++t)
        line[std::size_t(t) + 2] = image[start + t * stride];
      line[0] = line[1] = line[2];
      line[std::size_t(length) + 2] = line[std::size_t(length) + 3] = line[std::size_t(length) + 1];
      for (int t = 0; t < length; ++t) {
        const float* c = &line[std::size_t(t) + 2];
        image[start + t * stride] = w[0] * c[0] + w[1] * (c[-1] + c[1]) + w[2] * (c[-2] + c[2]);
      }
    }
  });
}

void weightsOf(double sigmaVoxels, float (&w)[3]) {
  double g[3], sum = 0;
  for (int n = 0; n < 3; ++n) {
    g[n] = sigmaVoxels > 0 ? std::exp(-n * n / (2 * sigmaVoxels * sigmaVoxels)) : (n == 0 ? 1 : 0);
    sum += n == 0 ? g[n] : 2 * g[n];
  }
  for (int n = 0; n < 3; ++n)
    w[n] = float(g[n] / sum);
}

} // namespace

void smooth(const Grid& grid, std::vector<float>& image, double sigmaMm) {
  const auto spacing = grid.spacing();
  for (int axis = 0; axis < 3; ++axis) {
    float w[3];
    weightsOf(sigmaMm / spacing[std::size_t(axis)], w);
    if (w[0] < .999f)
      filterAxis(grid.size(), image, axis, w);
  }
}

void addNoise(const Grid& grid, std::vector<float>& image, std::uint64_t seed, float deviation) {
  if (deviation <= 0)
    return;
  std::vector<float> grain(image.size());
  parallelFor(image.size(), 1 << 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at)
      grain[at] = noiseAt(seed, at);
  });
  float w[3];
  weightsOf(.8, w);
  filterAxis(grid.size(), grain, 0, w);
  filterAxis(grid.size(), grain, 1, w);
  const float power =
      w[0] * w[0] + 2 * (w[1] * w[1] + w[2] * w[2]); // what two blurs leave of the variance: power²
  const float blurred = deviation * std::sqrt(.5f) / power, sharp = deviation * std::sqrt(.5f);
  parallelFor(image.size(), 1 << 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = begin; at < end; ++at)
      image[at] += blurred * grain[at] + sharp * noiseAt(seed + 1, at);
  });
}

} // namespace spondyl
