#include "viewer/slice/stroke_preview.h"

#include "core/edit/brush.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double slack = 1e-9; // mm; as core/edit/brush

double segmentDistance(PointLps p, PointLps a, PointLps b) {
  const VectorLps ab = b - a;
  const double n = dot(ab, ab);
  const double t = n > 0 ? std::clamp(dot(p - a, ab) / n, 0.0, 1.0) : 0.0;
  return distance(p, a + ab * t);
}

bool sameBrush(const PaintStroke& a, const PaintStroke& b) {
  return a.seriesUid == b.seriesUid && a.layer == b.layer && a.target == b.target && a.inside == b.inside &&
         a.only == b.only && a.shape == b.shape && a.radius == b.radius && a.plane == b.plane;
}

bool continues(const PaintStroke& next, const PaintStroke& before) {
  return sameBrush(next, before) && next.path.size() >= before.path.size() &&
         std::equal(before.path.begin(), before.path.end(), next.path.begin());
}

class Painter {
 public:
  Painter(const PaintStroke& stroke, const LabelMap& map, const Raster& raster,
          const std::vector<std::uint16_t>& before, std::vector<std::uint16_t>& ids)
      : m_stroke(stroke), m_grid(map.grid()), m_raster(raster), m_before(before), m_ids(ids),
        m_half(circleHalfThickness(map.grid(), stroke.plane)) {}

  void segment(PointLps a, PointLps b) {
    // Rectangle of samples whose voxel can be inside: the capsule and a voxel's reach around it.
    const auto spacing = m_grid.spacing();
    const double reach = m_stroke.radius.value + *std::max_element(spacing.begin(), spacing.end());
    const double perColumn = dot(m_raster.stepColumn, m_raster.stepColumn),
                 perRow = dot(m_raster.stepRow, m_raster.stepRow);
    const auto columnOf = [&](PointLps p) {
      return dot(p - m_raster.origin, m_raster.stepColumn) / perColumn;
    };
    const auto rowOf = [&](PointLps p) { return dot(p - m_raster.origin, m_raster.stepRow) / perRow; };
    const double columns = reach / std::sqrt(perColumn), rows = reach / std::sqrt(perRow);
    const int c0 = limit(std::floor(std::min(columnOf(a), columnOf(b)) - columns), m_raster.width);
    const int c1 = limit(std::ceil(std::max(columnOf(a), columnOf(b)) + columns) + 1, m_raster.width);
    const int r0 = limit(std::floor(std::min(rowOf(a), rowOf(b)) - rows), m_raster.height);
    const int r1 = limit(std::ceil(std::max(rowOf(a), rowOf(b)) + rows) + 1, m_raster.height);
    for (int r = r0; r < r1; ++r) {
      const RasterRow row(m_grid, m_raster, r);
      for (int c = c0; c < c1; ++c) {
        const IndexIjk v = row.nearest(c);
        if (!m_grid.contains(v))
          continue;
        const std::size_t at = std::size_t(r) * std::size_t(m_raster.width) + std::size_t(c);
        if (m_ids[at] != m_stroke.target.value && allowed(m_before[at]) && inside(m_grid.toLps(v), a, b))
          m_ids[at] = m_stroke.target.value;
      }
    }
  }

 private:
  static int limit(double v, int n) { return int(std::clamp(v, 0.0, double(n))); }
  bool allowed(std::uint16_t id) const {
    if (m_stroke.inside == EditInside::BackgroundOnly)
      return id == 0;
    return m_stroke.inside == EditInside::Anything || id == m_stroke.only.value;
  }
  bool inside(PointLps p, PointLps a, PointLps b) const {
    // The rule of core/edit/brush, centre by centre.
    const double radius = m_stroke.radius.value + slack;
    if (m_stroke.shape == BrushShape::Sphere)
      return segmentDistance(p, a, b) <= radius;
    const Plane& plane = m_stroke.plane;
    const double off = plane.signedDistance(p);
    if (off <= -m_half + slack || off > m_half + slack)
      return false;
    return segmentDistance(plane.project(p), plane.project(a), plane.project(b)) <= radius;
  }

  const PaintStroke& m_stroke;
  const Grid& m_grid;
  const Raster& m_raster;
  const std::vector<std::uint16_t>& m_before;
  std::vector<std::uint16_t>& m_ids;
  double m_half;
};

} // namespace

const std::vector<std::uint16_t>& StrokePreview::painted(const PaintStroke& stroke, const LabelMap& map,
                                                         const Raster& raster,
                                                         const std::vector<std::uint16_t>& ids) {
  const bool goesOn = m_started && raster == m_raster && continues(stroke, m_stroke) && ids == m_before;
  if (!goesOn) {
    m_before = m_ids = ids;
    m_raster = raster;
    m_stroke = {};
  }
  const std::size_t done = m_stroke.path.size();
  Painter painter(stroke, map, raster, m_before, m_ids);
  for (std::size_t p = done; p < stroke.path.size(); ++p)
    painter.segment(stroke.path[p == 0 ? 0 : p - 1], stroke.path[p]);
  m_stroke = stroke;
  m_started = true;
  return m_ids;
}

} // namespace spondyl::viewer
