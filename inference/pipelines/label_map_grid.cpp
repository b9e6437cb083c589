#include "inference/pipelines/label_map_grid.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spondyl::inference {
namespace {

constexpr double thickRatio = 3; ///< nnU-Net's ANISO_THRESHOLD
constexpr int border = 12;       ///< repeated edge values before the spline's filter, as scipy does

/// Place of voxel `at` of `to` in `from` voxels over the same extent.
double placeIn(int from, int to, int at) {
  return (at + 0.5) * from / to - 0.5;
}

int nearestOf(double place, int count) {
  return std::clamp(int(std::floor(place + 0.5)), 0, count - 1);
}

/// Cubic B-spline coefficients of a line in place; its ends lie `border` away from what is read.
void filterSpline(std::vector<double>& line) {
  const double pole = std::sqrt(3.0) - 2.0;
  for (double& v : line)
    v *= 6.0;
  double sum = 0, power = 1;
  for (std::size_t n = 0; n < std::min<std::size_t>(line.size(), 40); ++n, power *= pole)
    sum += power * line[n];
  line.front() = sum;
  for (std::size_t n = 1; n < line.size(); ++n)
    line[n] += pole * line[n - 1];
  line.back() = pole / (pole * pole - 1.0) * (line.back() + pole * line[line.size() - 2]);
  for (std::size_t n = line.size() - 1; n-- > 0;)
    line[n] = pole * (line[n + 1] - line[n]);
}

struct CubicTap {
  std::size_t first = 0;
  std::array<double, 4> weight{};
};
std::vector<CubicTap> cubicTaps(int from, int to) {
  std::vector<CubicTap> taps;
  for (int n = 0; n < to; ++n) {
    const double x = placeIn(from, to, n) + border, low = std::floor(x), t = x - low, u = 1 - t;
    taps.push_back({std::size_t(low) - 1,
                    {u * u * u / 6, (4 - 6 * t * t + 3 * t * t * t) / 6, (4 - 6 * u * u + 3 * u * u * u) / 6,
                     t * t * t / 6}});
  }
  return taps;
}

/// Every line along `axis` becomes another with `to` values: `line` is read from, `out` is written.
template <class Resize>
TensorField alongAxis(const TensorField& field, std::size_t axis, int to, const Resize& resize) {
  TensorField out{field.size, field.spacingMm, {}};
  out.size[axis] = to;
  out.spacingMm[axis] *= double(field.size[axis]) / to;
  out.values.resize(voxelCount(out.size));
  std::size_t inner = 1;
  for (std::size_t a = axis + 1; a < 3; ++a)
    inner *= std::size_t(field.size[a]);
  const auto from = std::size_t(field.size[axis]), many = std::size_t(to);
  const std::size_t lines = voxelCount(field.size) / from;
  parallelFor(lines, 256, [&](std::size_t begin, std::size_t end) {
    std::vector<float> line(from), made(many);
    for (std::size_t n = begin; n < end; ++n) {
      const std::size_t outer = n / inner, at = n % inner;
      for (std::size_t v = 0; v < from; ++v)
        line[v] = field.values[(outer * from + v) * inner + at];
      resize(line, made);
      for (std::size_t v = 0; v < many; ++v)
        out.values[(outer * many + v) * inner + at] = made[v];
    }
  });
  return out;
}

TensorField cubicAlong(const TensorField& field, std::size_t axis, int to) {
  const auto taps = cubicTaps(field.size[axis], to);
  return alongAxis(field, axis, to, [&](const std::vector<float>& line, std::vector<float>& out) {
    std::vector<double> padded(line.size() + 2 * border, line.front());
    std::copy(line.begin(), line.end(), padded.begin() + border);
    std::fill(padded.end() - border, padded.end(), line.back());
    filterSpline(padded);
    for (std::size_t n = 0; n < out.size(); ++n) {
      double sum = 0;
      for (std::size_t k = 0; k < 4; ++k)
        sum += taps[n].weight[k] * padded[taps[n].first + k];
      out[n] = float(sum);
    }
  });
}

TensorField linearAlong(const TensorField& field, std::size_t axis, int to) {
  return alongAxis(field, axis, to, [&](const std::vector<float>& line, std::vector<float>& out) {
    const int from = int(line.size());
    for (int n = 0; n < to; ++n) {
      const double x = std::clamp(placeIn(from, to, n), 0.0, double(from - 1));
      const auto low = std::size_t(x), high = std::min(low + 1, line.size() - 1);
      out[std::size_t(n)] = line[low] + float(x - double(low)) * (line[high] - line[low]);
    }
  });
}

TensorField nearestAlong(const TensorField& field, std::size_t axis, int to) {
  return alongAxis(field, axis, to, [&](const std::vector<float>& line, std::vector<float>& out) {
    for (int n = 0; n < to; ++n)
      out[std::size_t(n)] = line[std::size_t(nearestOf(placeIn(int(line.size()), to, n), int(line.size())))];
  });
}

/// Least and greatest value; of each slice across `thick`, or of all.
std::vector<std::array<float, 2>> limitsOf(const TensorField& field,
                                           const std::optional<std::size_t>& thick) {
  constexpr float inf = std::numeric_limits<float>::infinity();
  const std::size_t slices = thick ? std::size_t(field.size[*thick]) : 1;
  std::vector<std::array<float, 2>> limits(slices, {inf, -inf});
  std::size_t inner = 1;
  for (std::size_t a = thick ? *thick + 1 : 3; a < 3; ++a)
    inner *= std::size_t(field.size[a]);
  for (std::size_t n = 0; n < field.values.size(); ++n) {
    auto& limit = limits[thick ? n / inner % slices : 0];
    limit = {std::min(limit[0], field.values[n]), std::max(limit[1], field.values[n])};
  }
  return limits;
}

void clip(TensorField& field, const std::vector<std::array<float, 2>>& limits,
          const std::optional<std::size_t>& thick) {
  std::size_t inner = 1;
  for (std::size_t a = thick ? *thick + 1 : 3; a < 3; ++a)
    inner *= std::size_t(field.size[a]);
  for (std::size_t n = 0; n < field.values.size(); ++n) {
    const auto& limit = limits[thick ? n / inner % limits.size() : 0];
    field.values[n] = std::clamp(field.values[n], limit[0], limit[1]);
  }
}

} // namespace

TensorAxes tensorAxesFor(const Grid& grid, const std::array<char, 3>& axes) {
  TensorAxes best;
  const std::array<VectorLps, 3> steps{grid.stepI(), grid.stepJ(), grid.stepK()};
  const auto directionOf = [](char letter) -> VectorLps {
    switch (letter) {
    case 'L':
      return {1, 0, 0};
    case 'R':
      return {-1, 0, 0};
    case 'P':
      return {0, 1, 0};
    case 'A':
      return {0, -1, 0};
    case 'S':
      return {0, 0, 1};
    default:
      return {0, 0, -1};
    }
  };
  if (axes[0] >= 'i') {
    for (std::size_t a = 0; a < 3; ++a)
      best.input[a] = axes[a] - 'i';
    return best;
  }
  double most = -1;
  std::array<int, 3> order{0, 1, 2};
  do {
    double sum = 0;
    TensorAxes one{order, {}};
    for (std::size_t a = 0; a < 3; ++a) {
      const VectorLps step = steps[std::size_t(order[a])];
      const double cosine = dot(step, directionOf(axes[a])) / length(step);
      sum += std::abs(cosine);
      one.turned[a] = cosine < 0;
    }
    if (sum > most + 1e-9) {
      most = sum;
      best = one;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TensorField tensorFieldOf(const Volume& volume, const TensorAxes& axes) {
  const GridSize n = volume.size();
  const std::array<int, 3> sizes{n.i, n.j, n.k};
  const std::array<std::ptrdiff_t, 3> strides{1, n.i, std::ptrdiff_t(n.i) * n.j};
  const auto spacing = volume.grid().spacing();
  TensorField field;
  std::array<std::ptrdiff_t, 3> step{};
  std::ptrdiff_t first = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    const auto along = std::size_t(axes.input[a]);
    field.size[a] = sizes[along];
    field.spacingMm[a] = spacing[along];
    step[a] = axes.turned[a] ? -strides[along] : strides[along];
    first += axes.turned[a] ? strides[along] * (sizes[along] - 1) : 0;
  }
  field.values.resize(voxelCount(field.size));
  const double slope = volume.rescale().slope, intercept = volume.rescale().intercept;
  const auto padding = volume.padding();
  visitVoxels(volume, [&](auto voxels) {
    parallelFor(std::size_t(field.size[0]), 1, [&](std::size_t from, std::size_t to) {
      for (std::size_t z = from; z < to; ++z)
        for (int y = 0; y < field.size[1]; ++y)
          for (int x = 0; x < field.size[2]; ++x) {
            const auto at = std::size_t(first + std::ptrdiff_t(z) * step[0] + y * step[1] + x * step[2]);
            const double stored = double(voxels[at]), value = stored * slope + intercept;
            field.values[(z * std::size_t(field.size[1]) + std::size_t(y)) * std::size_t(field.size[2]) +
                         std::size_t(x)] = (padding && stored == *padding) || !std::isfinite(value)
                                               ? std::numeric_limits<float>::quiet_NaN()
                                               : float(value);
          }
    });
    return 0;
  });
  return field;
}

TensorBox nonzeroBox(const TensorField& field) {
  TensorBox box{field.size, {0, 0, 0}};
  std::size_t at = 0;
  for (int z = 0; z < field.size[0]; ++z)
    for (int y = 0; y < field.size[1]; ++y)
      for (int x = 0; x < field.size[2]; ++x, ++at) {
        const float value = field.values[at];
        if (value == 0 || std::isnan(value))
          continue;
        const Shape here{z, y, x};
        for (std::size_t a = 0; a < 3; ++a) {
          box.low[a] = std::min(box.low[a], here[a]);
          box.high[a] = std::max(box.high[a], here[a] + 1);
        }
      }
  return box.high[0] == 0 ? TensorBox{{0, 0, 0}, field.size} : box;
}

TensorField cut(const TensorField& field, const TensorBox& box) {
  TensorField out{{}, field.spacingMm, {}};
  for (std::size_t a = 0; a < 3; ++a)
    out.size[a] = box.high[a] - box.low[a];
  out.values.reserve(voxelCount(out.size));
  for (int z = box.low[0]; z < box.high[0]; ++z)
    for (int y = box.low[1]; y < box.high[1]; ++y) {
      const auto row = field.values.begin() +
                       (std::ptrdiff_t(z) * field.size[1] + y) * std::ptrdiff_t(field.size[2]) + box.low[2];
      out.values.insert(out.values.end(), row, row + out.size[2]);
    }
  return out;
}

Shape sizeAt(const TensorField& field, const std::array<double, 3>& spacingMm) {
  Shape size{};
  for (std::size_t a = 0; a < 3; ++a) // halves to the even number, as Python rounds
    size[a] = std::max(1, int(std::nearbyint(field.spacingMm[a] / spacingMm[a] * field.size[a])));
  return size;
}

std::optional<std::size_t> thickAxis(const std::array<double, 3>& from, const std::array<double, 3>& to) {
  for (const auto& spacing : {from, to}) {
    const auto [least, most] = std::minmax_element(spacing.begin(), spacing.end());
    if (*most / *least <= thickRatio)
      continue;
    if (std::count(spacing.begin(), spacing.end(), *most) != 1)
      return std::nullopt; // two thick axes: all are interpolated
    return std::size_t(most - spacing.begin());
  }
  return std::nullopt;
}

TensorField resized(TensorField field, const Shape& size, bool likeNnUnet,
                    const std::optional<std::size_t>& thick) {
  if (size == field.size)
    return field;
  const auto limits = likeNnUnet ? limitsOf(field, thick) : std::vector<std::array<float, 2>>{};
  for (std::size_t a = 0; a < 3; ++a)
    if (size[a] != field.size[a] && thick != a)
      field = likeNnUnet ? cubicAlong(field, a, size[a]) : linearAlong(field, a, size[a]);
  if (likeNnUnet)
    clip(field, limits, thick);
  if (thick && size[*thick] != field.size[*thick])
    field = nearestAlong(field, *thick, size[*thick]);
  return field;
}

std::vector<WinnerMap::Tap> WinnerMap::taps(int from, int to, bool nearest) {
  std::vector<Tap> taps;
  for (int n = 0; n < to; ++n) {
    const double x = placeIn(from, to, n);
    if (nearest) {
      taps.push_back({nearestOf(x, from), nearestOf(x, from), 0});
      continue;
    }
    const double inside = std::clamp(x, 0.0, double(from - 1));
    const int low = int(inside);
    taps.push_back({low, std::min(low + 1, from - 1), float(inside - low)});
  }
  return taps;
}

WinnerMap::WinnerMap(int channels, const Shape& from, const Shape& to,
                     const std::optional<std::size_t>& thick)
    : m_channels(std::size_t(channels)), m_from(from), m_to(to), m_winners(voxelCount(to)) {
  for (std::size_t a = 0; a < 3; ++a)
    m_taps[a] = taps(from[a], to[a], thick == a);
}

void WinnerMap::take(int slice, std::span<const float> scores) {
  for (; m_next < m_to[0]; ++m_next) {
    const Tap& tap = m_taps[0][std::size_t(m_next)];
    if ((tap.part > 0 ? tap.high : tap.low) > slice)
      break;
    const std::span<const float> low = tap.low == slice ? scores : std::span<const float>(m_before);
    decide(m_next, low, tap.part > 0 ? scores : low);
  }
  m_before.assign(scores.begin(), scores.end());
}

void WinnerMap::decide(int slice, std::span<const float> low, std::span<const float> high) {
  const float part = m_taps[0][std::size_t(slice)].part;
  const auto rows = std::size_t(m_from[1]), columns = std::size_t(m_from[2]), width = std::size_t(m_to[2]);
  parallelFor(std::size_t(m_to[1]), 4, [&](std::size_t from, std::size_t to) {
    std::vector<float> row(columns), best(width);
    for (std::size_t y = from; y < to; ++y) {
      const Tap& down = m_taps[1][y];
      std::uint16_t* winner = m_winners.data() + (std::size_t(slice) * std::size_t(m_to[1]) + y) * width;
      for (std::size_t c = 0; c < m_channels; ++c) {
        const std::size_t above = (c * rows + std::size_t(down.low)) * columns,
                          below = (c * rows + std::size_t(down.high)) * columns;
        for (std::size_t x = 0; x < columns; ++x) {
          const float a = low[above + x] + part * (high[above + x] - low[above + x]);
          const float b = low[below + x] + part * (high[below + x] - low[below + x]);
          row[x] = a + down.part * (b - a);
        }
        for (std::size_t x = 0; x < width; ++x) {
          const Tap& across = m_taps[2][x];
          const float left = row[std::size_t(across.low)];
          const float score = left + across.part * (row[std::size_t(across.high)] - left);
          if (c == 0 || score > best[x]) {
            best[x] = score;
            winner[x] = std::uint16_t(c);
          }
        }
      }
    }
  });
}

} // namespace spondyl::inference
