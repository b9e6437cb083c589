#include "viewer/slice/reslice.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spondyl::viewer {
namespace {

// Columns [first, last) for which low <= start + c * step <= high.
void clip(double start, double step, double low, double high, int& first, int& last) {
  if (std::abs(step) < 1e-12) {
    if (start < low || start > high)
      last = first;
    return;
  }
  double a = (low - start) / step, b = (high - start) / step;
  if (a > b)
    std::swap(a, b);
  first = std::max(first, int(std::ceil(std::clamp(a, -1.0, 1e9) - 1e-9)));
  last = std::min(last, int(std::floor(std::clamp(b, -1.0, 1e9) + 1e-9)) + 1);
  first = std::min(first, last); // none
}

constexpr double halfVoxel = 0.5 + 1e-9;

template <class T>
struct Source {
  const T* voxels;
  int ni, nj, nk;
  std::ptrdiff_t sj, sk;
  T at(int i, int j, int k) const { return voxels[i + j * sj + k * sk]; }
};

// Rounded coordinate that is known to be above -0.5 - epsilon.
inline int nearest(double v, int n) {
  return std::min(std::max(int(v + 0.5), 0), n - 1);
}

template <class T>
void nearestRow(const Source<T>& s, const RasterRow& row, int first, int last, float* out) {
  double i = row.start.i + first * row.step.i, j = row.start.j + first * row.step.j,
         k = row.start.k + first * row.step.k;
  for (int c = first; c < last; ++c) {
    out[c] = static_cast<float>(s.at(nearest(i, s.ni), nearest(j, s.nj), nearest(k, s.nk)));
    i += row.step.i;
    j += row.step.j;
    k += row.step.k;
  }
}

struct Split {
  int base;
  float fraction;
};
// Cell and place in it, held to the outermost centres.
inline Split split(double v, int n) {
  const double held = std::min(std::max(v, 0.0), double(n - 1));
  const int base = std::min(int(held), std::max(n - 2, 0));
  return {base, static_cast<float>(held - base)};
}

// I, J, K: whether that axis needs interpolation in this row. A plane through slice centres needs four
// samples instead of eight, one along voxel rows only two.
template <class T, bool I, bool J, bool K>
void linearRow(const Source<T>& s, const RasterRow& row, int first, int last, float* out) {
  const std::ptrdiff_t di = I && s.ni > 1 ? 1 : 0, dj = J && s.nj > 1 ? s.sj : 0,
                       dk = K && s.nk > 1 ? s.sk : 0;
  double i = row.start.i + first * row.step.i, j = row.start.j + first * row.step.j,
         k = row.start.k + first * row.step.k;
  for (int c = first; c < last; ++c) {
    const Split a = I ? split(i, s.ni) : Split{nearest(i, s.ni), 0};
    const Split b = J ? split(j, s.nj) : Split{nearest(j, s.nj), 0};
    const Split d = K ? split(k, s.nk) : Split{nearest(k, s.nk), 0};
    const T* p = s.voxels + a.base + b.base * s.sj + d.base * s.sk;
    const auto alongI = [&](const T* q) {
      const float v = static_cast<float>(*q);
      return I ? v + (static_cast<float>(q[di]) - v) * a.fraction : v;
    };
    const auto alongJ = [&](const T* q) {
      const float v = alongI(q);
      return J ? v + (alongI(q + dj) - v) * b.fraction : v;
    };
    const float v = alongJ(p);
    out[c] = K ? v + (alongJ(p + dk) - v) * d.fraction : v;
    i += row.step.i;
    j += row.step.j;
    k += row.step.k;
  }
}

bool needsInterpolation(double start, double step) {
  return std::abs(step) > 1e-7 || std::abs(start - std::round(start)) > 1e-4;
}

template <class T>
void sampleRow(const Source<T>& s, const RasterRow& row, int width, Interpolation interpolation, float* out) {
  int first = 0, last = width;
  clip(row.start.i, row.step.i, -halfVoxel, s.ni - 1 + halfVoxel, first, last);
  clip(row.start.j, row.step.j, -halfVoxel, s.nj - 1 + halfVoxel, first, last);
  clip(row.start.k, row.step.k, -halfVoxel, s.nk - 1 + halfVoxel, first, last);
  constexpr float outside = std::numeric_limits<float>::quiet_NaN();
  std::fill(out, out + first, outside);
  std::fill(out + last, out + width, outside);
  if (first >= last)
    return;
  if (interpolation == Interpolation::Nearest)
    return nearestRow(s, row, first, last, out);
  using Kernel = void (*)(const Source<T>&, const RasterRow&, int, int, float*);
  static constexpr Kernel kernels[8] = {linearRow<T, false, false, false>, linearRow<T, true, false, false>,
                                        linearRow<T, false, true, false>,  linearRow<T, true, true, false>,
                                        linearRow<T, false, false, true>,  linearRow<T, true, false, true>,
                                        linearRow<T, false, true, true>,   linearRow<T, true, true, true>};
  const int which = int(needsInterpolation(row.start.i, row.step.i)) |
                    int(needsInterpolation(row.start.j, row.step.j)) << 1 |
                    int(needsInterpolation(row.start.k, row.step.k)) << 2;
  kernels[which](s, row, first, last, out);
}

constexpr std::size_t rowsPerPiece = 16;

template <class T>
void samplePlane(const Volume& volume, const Source<T>& source, const Raster& raster,
                 Interpolation interpolation, float* out) {
  parallelFor(std::size_t(raster.height), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r)
      sampleRow(source, RasterRow(volume.grid(), raster, int(r)), raster.width, interpolation,
                out + r * std::size_t(raster.width));
  });
}

// Offsets of the planes of a slab along the normal: one per voxel, at most 64.
std::vector<double> slabOffsets(const Grid& grid, const Slab& slab) {
  const PointIjk rate = grid.directionToIjk(slab.normal);
  const double voxelsPerMm = std::max({std::abs(rate.i), std::abs(rate.j), std::abs(rate.k), 1e-6});
  const int count = std::clamp(int(std::ceil(slab.thicknessMm * voxelsPerMm)), 2, 64);
  std::vector<double> offsets;
  for (int n = 0; n < count; ++n)
    offsets.push_back(slab.thicknessMm * ((n + 0.5) / count - 0.5));
  return offsets;
}

} // namespace

std::vector<float> reslice(const Volume& volume, const Raster& raster, Interpolation interpolation,
                           const Slab& slab) {
  std::vector<float> out(raster.count());
  const GridSize n = volume.size();
  return visitVoxels(volume, [&](auto voxels) {
    using T = typename decltype(voxels)::value_type;
    using V = std::remove_const_t<T>;
    const Source<V> source{voxels.data(), n.i, n.j, n.k, n.i, std::ptrdiff_t(n.i) * n.j};
    if (!(slab.thicknessMm > 0)) {
      samplePlane(volume, source, raster, interpolation, out.data());
      return std::move(out);
    }
    // Maximum of stored values is the maximum of values unless the slope is negative.
    SlabMode mode = slab.mode;
    if (volume.rescale().slope < 0 && mode != SlabMode::Mean)
      mode = mode == SlabMode::Maximum ? SlabMode::Minimum : SlabMode::Maximum;
    const std::vector<double> offsets = slabOffsets(volume.grid(), slab);
    parallelFor(std::size_t(raster.height), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
      const std::size_t w = std::size_t(raster.width);
      std::vector<float> one(w), sum(w), hits(w);
      for (std::size_t r = begin; r < end; ++r) {
        std::fill(sum.begin(), sum.end(), 0.f);
        std::fill(hits.begin(), hits.end(), 0.f);
        for (const double offset : offsets) {
          Raster shifted = raster;
          shifted.origin = raster.origin + slab.normal * offset;
          sampleRow(source, RasterRow(volume.grid(), shifted, int(r)), raster.width, interpolation,
                    one.data());
          for (std::size_t c = 0; c < w; ++c) {
            if (std::isnan(one[c]))
              continue;
            if (mode == SlabMode::Mean)
              sum[c] += one[c];
            else if (hits[c] == 0.f)
              sum[c] = one[c];
            else
              sum[c] = mode == SlabMode::Maximum ? std::max(sum[c], one[c]) : std::min(sum[c], one[c]);
            hits[c] += 1.f;
          }
        }
        float* row = out.data() + r * w;
        for (std::size_t c = 0; c < w; ++c)
          row[c] = hits[c] == 0.f           ? std::numeric_limits<float>::quiet_NaN()
                   : mode == SlabMode::Mean ? sum[c] / hits[c]
                                            : sum[c];
      }
    });
    return std::move(out);
  });
}

void resliceLabelsInto(const LabelMap& map, const Raster& raster, RasterRect part,
                       std::vector<std::uint16_t>& out) {
  constexpr int edge = LabelBrick::edge;
  const GridSize n = map.grid().size();
  const auto bricks = map.bricks();
  if (bricks.empty() || part.width <= 0 || part.height <= 0)
    return;
  const std::array<int, 3> counts = map.brickCounts();
  parallelFor(std::size_t(part.height), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const int y = part.row + int(r);
      const RasterRow row(map.grid(), raster, y);
      std::uint16_t* line = out.data() + std::size_t(y) * std::size_t(raster.width);
      int first = part.column, last = part.column + part.width;
      std::fill(line + first, line + last, std::uint16_t(0));
      clip(row.start.i, row.step.i, -halfVoxel, n.i - 1 + halfVoxel, first, last);
      clip(row.start.j, row.step.j, -halfVoxel, n.j - 1 + halfVoxel, first, last);
      clip(row.start.k, row.step.k, -halfVoxel, n.k - 1 + halfVoxel, first, last);
      for (int c = first; c < last; ++c) {
        const IndexIjk v = row.nearest(c);
        const int i = std::clamp(v.i, 0, n.i - 1), j = std::clamp(v.j, 0, n.j - 1),
                  k = std::clamp(v.k, 0, n.k - 1);
        const LabelBrick* brick =
            bricks[(std::size_t(k / edge) * std::size_t(counts[1]) + std::size_t(j / edge)) *
                       std::size_t(counts[0]) +
                   std::size_t(i / edge)]
                .get();
        if (brick)
          line[c] = brick->ids[std::size_t(((k % edge) * edge + j % edge) * edge + i % edge)];
      }
    }
  });
}

std::vector<std::uint16_t> resliceLabels(const LabelMap& map, const Raster& raster) {
  std::vector<std::uint16_t> out(raster.count(), 0);
  resliceLabelsInto(map, raster, {0, 0, raster.width, raster.height}, out);
  return out;
}

void applyWindow(const std::vector<float>& stored, Rescale rescale, const Windowing& windowing,
                 std::vector<std::uint8_t>& grey) {
  grey.resize(stored.size());
  // grey = (value - low) / width * 255, in stored values.
  const double width = std::max(windowing.width, 1e-6), sense = windowing.inverted ? -1 : 1;
  const float scale = static_cast<float>(sense * rescale.slope / width * 255.0);
  const float shift = static_cast<float>(sense * (rescale.intercept - windowing.low()) / width * 255.0 +
                                         (windowing.inverted ? 255.0 : 0.0) + 0.5);
  parallelFor(stored.size(), 1 << 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      const float v = stored[p] * scale + shift;
      // Written so that NaN gives 0.
      grey[p] = v > 0.f ? static_cast<std::uint8_t>(v < 255.f ? v : 255.f) : std::uint8_t(0);
    }
  });
}

} // namespace spondyl::viewer
