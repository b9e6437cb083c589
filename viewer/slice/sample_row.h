#pragma once
// The kernels that sample one row of a picture from a volume, shared by plane and curved pictures. Inside
// viewer/slice alone.

#include "viewer/slice/reslice.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

namespace spondyl::viewer::detail {

// Columns [first, last) for which low <= start + c * step <= high.
inline void clip(double start, double step, double low, double high, int& first, int& last) {
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

inline bool needsInterpolation(double start, double step) {
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

// Offsets of the planes of a slab along the normal: one per voxel, at most 64.
inline std::vector<double> slabOffsets(const Grid& grid, const Slab& slab) {
  const PointIjk rate = grid.directionToIjk(slab.normal);
  const double voxelsPerMm = std::max({std::abs(rate.i), std::abs(rate.j), std::abs(rate.k), 1e-6});
  const int count = std::clamp(int(std::ceil(slab.thicknessMm * voxelsPerMm)), 2, 64);
  std::vector<double> offsets;
  for (int n = 0; n < count; ++n)
    offsets.push_back(slab.thicknessMm * ((n + 0.5) / count - 0.5));
  return offsets;
}

// One row through a slab: the mean, largest or smallest of what the rows at the offsets along `normal` show.
template <class T>
class SlabRow {
 public:
  SlabRow(const Source<T>& source, const Grid& grid, int width, Interpolation interpolation, SlabMode mode)
      : m_source(source), m_grid(grid), m_interpolation(interpolation), m_mode(mode), m_width(width),
        m_one(std::size_t(width)), m_sum(std::size_t(width)), m_hits(std::size_t(width)) {}

  void sample(PointLps start, VectorLps step, VectorLps normal, const std::vector<double>& offsets,
              float* out) {
    std::fill(m_sum.begin(), m_sum.end(), 0.f);
    std::fill(m_hits.begin(), m_hits.end(), 0.f);
    for (const double offset : offsets) {
      sampleRow(m_source, RasterRow(m_grid, start + normal * offset, step), m_width, m_interpolation,
                m_one.data());
      add();
    }
    for (std::size_t c = 0; c < m_one.size(); ++c)
      out[c] = m_hits[c] == 0.f           ? std::numeric_limits<float>::quiet_NaN()
               : m_mode == SlabMode::Mean ? m_sum[c] / m_hits[c]
                                          : m_sum[c];
  }

 private:
  void add() {
    for (std::size_t c = 0; c < m_one.size(); ++c) {
      if (std::isnan(m_one[c]))
        continue;
      if (m_mode == SlabMode::Mean)
        m_sum[c] += m_one[c];
      else if (m_hits[c] == 0.f)
        m_sum[c] = m_one[c];
      else
        m_sum[c] = m_mode == SlabMode::Maximum ? std::max(m_sum[c], m_one[c]) : std::min(m_sum[c], m_one[c]);
      m_hits[c] += 1.f;
    }
  }
  const Source<T>& m_source;
  const Grid& m_grid;
  Interpolation m_interpolation;
  SlabMode m_mode;
  int m_width;
  std::vector<float> m_one, m_sum, m_hits;
};

template <class T>
Source<std::remove_const_t<T>> sourceOf(std::span<T> voxels, GridSize n) {
  return {voxels.data(), n.i, n.j, n.k, n.i, std::ptrdiff_t(n.i) * n.j};
}

// Maximum of stored values is the maximum of values unless the slope is negative.
inline SlabMode storedMode(SlabMode mode, Rescale rescale) {
  if (rescale.slope >= 0 || mode == SlabMode::Mean)
    return mode;
  return mode == SlabMode::Maximum ? SlabMode::Minimum : SlabMode::Maximum;
}

constexpr std::size_t rowsPerPiece = 16;

} // namespace spondyl::viewer::detail
