#include "viewer/slice/reslice.h"

#include "core/base/parallel.h"
#include "viewer/slice/sample_row.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace spondyl::viewer {

using namespace detail;

namespace {

// A plane whose rows run along one voxel axis: where its columns lie on that axis is the same in every row,
// so that it is worked out once, and a row is one blended line of voxels that is read at those places.
struct AlongAxis {
  int axis = 0; // 0 i, 1 j, 2 k
  int first = 0, last = 0;
  std::vector<Split> columns; // of [first, last); bases counted from `low`
  int low = 0, high = 0;      // voxels that they touch
};

double component(const PointIjk& p, int axis) {
  return axis == 0 ? p.i : axis == 1 ? p.j : p.k;
}

// None: the rows run across axes, or lie so far apart that most of a voxel line would be blended for nothing.
std::optional<AlongAxis> alongAxis(const Grid& grid, const Raster& raster) {
  const RasterRow row(grid, raster, 0);
  const PointIjk down = grid.directionToIjk(raster.stepRow);
  AlongAxis out;
  int moving = 0;
  for (int axis = 0; axis < 3; ++axis)
    if (std::abs(component(row.step, axis)) > 1e-9) {
      out.axis = axis;
      ++moving;
    }
  if (moving != 1 || std::abs(component(down, out.axis)) * raster.height > 1e-6)
    return std::nullopt;
  const int n = out.axis == 0 ? grid.size().i : out.axis == 1 ? grid.size().j : grid.size().k;
  const double start = component(row.start, out.axis), step = component(row.step, out.axis);
  out.last = raster.width;
  clip(start, step, -halfVoxel, n - 1 + halfVoxel, out.first, out.last);
  if (n < 2 || out.first >= out.last)
    return std::nullopt;
  out.low = n;
  for (int c = out.first; c < out.last; ++c) {
    const Split at = split(start + c * step, n);
    out.columns.push_back(at);
    out.low = std::min(out.low, at.base);
    out.high = std::max(out.high, at.base + 2);
  }
  if (out.high - out.low > 2 * (out.last - out.first))
    return std::nullopt;
  for (Split& column : out.columns)
    column.base -= out.low;
  return out;
}

// The voxels' line [low, high) beside `p`, weighted with up to three neighbouring lines, `a` and `b` away.
template <class T>
void blendLine(const T* p, std::ptrdiff_t stride, std::ptrdiff_t a, float fa, std::ptrdiff_t b, float fb,
               int count, float* line) {
  if (fa == 0.f && fb == 0.f) {
    for (int n = 0; n < count; ++n)
      line[n] = static_cast<float>(p[n * stride]);
    return;
  }
  if (fa == 0.f || fb == 0.f) {
    const std::ptrdiff_t other = fa == 0.f ? b : a;
    const float share = fa == 0.f ? fb : fa;
    for (int n = 0; n < count; ++n) {
      const float v = static_cast<float>(p[n * stride]);
      line[n] = v + (static_cast<float>(p[n * stride + other]) - v) * share;
    }
    return;
  }
  for (int n = 0; n < count; ++n) {
    const T* q = p + n * stride;
    const float v = static_cast<float>(q[0]), w = static_cast<float>(q[b]);
    const float near = v + (static_cast<float>(q[a]) - v) * fa,
                far = w + (static_cast<float>(q[a + b]) - w) * fa;
    line[n] = near + (far - near) * fb;
  }
}

template <class T>
void lineRow(const Source<T>& s, const RasterRow& row, const AlongAxis& along, int width,
             std::vector<float>& line, float* out) {
  constexpr float outside = std::numeric_limits<float>::quiet_NaN();
  const int sizes[3] = {s.ni, s.nj, s.nk};
  const std::ptrdiff_t strides[3] = {1, s.sj, s.sk};
  const int a = along.axis == 0 ? 1 : 0, b = along.axis == 2 ? 1 : 2;
  Split at[3];
  for (const int axis : {a, b}) {
    const double v = component(row.start, axis);
    if (v < -halfVoxel || v > sizes[axis] - 1 + halfVoxel) {
      std::fill(out, out + width, outside);
      return;
    }
    at[axis] = needsInterpolation(v, 0) ? split(v, sizes[axis]) : Split{nearest(v, sizes[axis]), 0.f};
    if (sizes[axis] < 2) // no line beside it
      at[axis].fraction = 0.f;
  }
  line.resize(std::size_t(along.high - along.low));
  const T* p = s.voxels + at[a].base * strides[a] + at[b].base * strides[b] + along.low * strides[along.axis];
  blendLine(p, strides[along.axis], strides[a], at[a].fraction, strides[b], at[b].fraction,
            along.high - along.low, line.data());
  std::fill(out, out + along.first, outside);
  std::fill(out + along.last, out + width, outside);
  for (int c = along.first; c < along.last; ++c) {
    const Split& column = along.columns[std::size_t(c - along.first)];
    const float* v = line.data() + column.base;
    out[c] = v[0] + (v[1] - v[0]) * column.fraction;
  }
}

template <class T>
void samplePlane(const Volume& volume, const Source<T>& source, const Raster& raster,
                 Interpolation interpolation, float* out) {
  const auto along = interpolation == Interpolation::Linear ? alongAxis(volume.grid(), raster) : std::nullopt;
  parallelFor(std::size_t(raster.height), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
    std::vector<float> line;
    for (std::size_t r = begin; r < end; ++r) {
      const RasterRow row(volume.grid(), raster, int(r));
      float* to = out + r * std::size_t(raster.width);
      if (along)
        lineRow(source, row, *along, raster.width, line, to);
      else
        sampleRow(source, row, raster.width, interpolation, to);
    }
  });
}

} // namespace

std::vector<float> reslice(const Volume& volume, const Raster& raster, Interpolation interpolation,
                           const Slab& slab) {
  std::vector<float> out(raster.count());
  return visitVoxels(volume, [&](auto voxels) {
    const auto source = sourceOf(voxels, volume.size());
    if (!(slab.thicknessMm > 0)) {
      samplePlane(volume, source, raster, interpolation, out.data());
      return std::move(out);
    }
    const std::vector<double> offsets = slabOffsets(volume.grid(), slab);
    const SlabMode mode = storedMode(slab.mode, volume.rescale());
    parallelFor(std::size_t(raster.height), rowsPerPiece, [&](std::size_t begin, std::size_t end) {
      SlabRow row(source, volume.grid(), raster.width, interpolation, mode);
      for (std::size_t r = begin; r < end; ++r)
        row.sample(raster.at(0, int(r)), raster.stepColumn, slab.normal, offsets,
                   out.data() + r * std::size_t(raster.width));
    });
    return std::move(out);
  });
}

namespace {
// A row's voxels along one axis: as RasterRow::nearest, held to the grid, without floor(), which is a call on
// plain x86-64; worked out once where the row does not move along the axis.
struct LabelAxis {
  LabelAxis(double start, double step, int n)
      : m_start(start), m_step(step), m_n(n), m_moves(std::abs(step) > 1e-12),
        m_fixed(unsigned(nearest(start, n))) {}
  unsigned at(int column) const {
    return m_moves ? unsigned(nearest(m_start + column * m_step, m_n)) : m_fixed;
  }

 private:
  double m_start, m_step;
  int m_n;
  bool m_moves;
  unsigned m_fixed;
};
} // namespace

void resliceLabelsInto(const LabelMap& map, const Raster& raster, RasterRect part,
                       std::vector<std::uint16_t>& out) {
  constexpr unsigned edge = LabelBrick::edge;
  const GridSize n = map.grid().size();
  const auto bricks = map.bricks();
  if (bricks.empty() || part.width <= 0 || part.height <= 0)
    return;
  const std::array<int, 3> counts = map.brickCounts();
  const std::size_t columns = std::size_t(counts[0]), rows = std::size_t(counts[1]);
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
      const LabelAxis alongI(row.start.i, row.step.i, n.i), alongJ(row.start.j, row.step.j, n.j),
          alongK(row.start.k, row.step.k, n.k);
      std::size_t shown = std::size_t(-1);
      const LabelBrick* brick = nullptr;
      for (int c = first; c < last; ++c) {
        const unsigned i = alongI.at(c), j = alongJ.at(c), k = alongK.at(c);
        const std::size_t at = (std::size_t(k / edge) * rows + j / edge) * columns + i / edge;
        if (at != shown) {
          shown = at;
          brick = bricks[at].get();
        }
        if (brick)
          line[c] = brick->ids[((k % edge) * edge + j % edge) * edge + i % edge];
      }
    }
  });
}

std::vector<std::uint16_t> resliceLabels(const LabelMap& map, const Raster& raster) {
  std::vector<std::uint16_t> out(raster.count(), 0);
  resliceLabelsInto(map, raster, {0, 0, raster.width, raster.height}, out);
  return out;
}

namespace {

void applyCurve(const std::vector<float>& stored, Rescale rescale, const Windowing& windowing,
                std::vector<std::uint8_t>& grey) {
  const VoiLut& curve = *windowing.curve;
  std::vector<std::uint8_t> greys;
  for (const std::uint16_t given : curve.table) {
    const double g = (given - windowing.low()) / std::max(windowing.width, 1e-6) * 255;
    greys.push_back(std::uint8_t(std::clamp(windowing.inverted ? 255 - g : g, 0.0, 255.0) + 0.5));
  }
  const double last = double(greys.size()) - 1;
  parallelFor(stored.size(), 1 << 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      const double at = stored[p] * rescale.slope + rescale.intercept - curve.first;
      grey[p] = std::isnan(at) ? std::uint8_t(0) : greys[std::size_t(std::clamp(at, 0.0, last) + 0.5)];
    }
  });
}

} // namespace

void applyWindow(const std::vector<float>& stored, Rescale rescale, const Windowing& windowing,
                 std::vector<std::uint8_t>& grey) {
  grey.resize(stored.size());
  if (windowing.curve)
    return applyCurve(stored, rescale, windowing, grey);
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
