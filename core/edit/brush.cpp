#include "core/edit/brush.h"

#include <limits>

namespace spondyl {
namespace {

constexpr double slack = 1e-9; // mm; a centre on the border belongs to the shape

struct Interval {
  double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
  bool isEmpty() const { return low > high; }
  void cover(Interval o) {
    low = std::min(low, o.low);
    high = std::max(high, o.high);
  }
  void intersect(Interval o) {
    low = std::max(low, o.low);
    high = std::min(high, o.high);
  }
};
constexpr Interval everything{-std::numeric_limits<double>::infinity(),
                              std::numeric_limits<double>::infinity()};

/// t with |d + q t| <= r. A touching line counts (the caller decides about single voxels).
Interval withinBall(VectorLps d, VectorLps q, double r) {
  const double a = dot(q, q), b = dot(d, q), c = dot(d, d) - r * r;
  if (a < 1e-18)
    return c <= slack ? everything : Interval{};
  const double discriminant = b * b - a * c;
  if (discriminant < -1e-9 * a * r * r)
    return {};
  const double root = std::sqrt(std::max(0.0, discriminant));
  return {(-b - root) / a, (-b + root) / a};
}

/// t with low <= d + q t <= high.
Interval withinBand(double d, double q, double low, double high) {
  if (std::abs(q) < 1e-12)
    return d >= low - slack && d <= high + slack ? everything : Interval{};
  const double s = (low - d) / q, t = (high - d) / q;
  return {std::min(s, t), std::max(s, t)};
}

/// The shape of one stroke on one grid. Vectors are relative to `m_reference`; for circles they are projected
/// onto the plane, so that a disc is a capsule of projected points within a slab.
class Shape {
 public:
  Shape(const Grid& grid, const PaintStroke& stroke)
      : m_grid(grid), m_radius(stroke.radius.value), m_circle(stroke.shape == BrushShape::Circle),
        m_normal(normalized(stroke.plane.normal())),
        m_reference(m_circle ? stroke.plane.origin : stroke.path.front()),
        m_half(m_circle ? circleHalfThickness(grid, stroke.plane) : 0), m_stepI(flat(grid.stepI())) {
    for (const PointLps& p : stroke.path)
      m_path.push_back(flat(p - m_reference));
    if (m_path.size() == 1)
      m_path.push_back(m_path.front());
    const PointIjk x = grid.directionToIjk({1, 0, 0}), y = grid.directionToIjk({0, 1, 0}),
                   z = grid.directionToIjk({0, 0, 1});
    m_reachJ = reach({x.j, y.j, z.j});
    m_reachK = reach({x.k, y.k, z.k});
  }

  std::size_t segments() const { return m_path.size() - 1; }

  struct Rows {
    int jLow, jHigh, kLow, kHigh;
  };
  /// Rows that the segment may meet, within the grid.
  Rows rows(std::size_t segment) const {
    const PointIjk a = m_grid.toIjk(m_reference + m_path[segment]),
                   b = m_grid.toIjk(m_reference + m_path[segment + 1]);
    const auto low = [](double x, double y, double by) {
      return int(std::clamp(std::floor(std::min(x, y) - by), -1e9, 1e9));
    };
    const auto high = [](double x, double y, double by) {
      return int(std::clamp(std::ceil(std::max(x, y) + by), -1e9, 1e9));
    };
    const GridSize n = m_grid.size();
    return {std::max(0, low(a.j, b.j, m_reachJ)), std::min(n.j - 1, high(a.j, b.j, m_reachJ)),
            std::max(0, low(a.k, b.k, m_reachK)), std::min(n.k - 1, high(a.k, b.k, m_reachK))};
  }

  /// Voxels of the row inside the segment's capsule: first and last i; first > last if none. The shape is
  /// convex.
  std::pair<int, int> voxelsOfRow(std::size_t segment, int j, int k) const {
    const VectorLps start = m_grid.toLps(IndexIjk{0, j, k}) - m_reference;
    const VectorLps p = flat(start), a = m_path[segment], b = m_path[segment + 1];
    Interval t = withinBall(p - a, m_stepI, m_radius);
    t.cover(withinBall(p - b, m_stepI, m_radius));
    if (const double axisLength = length(b - a); axisLength > 1e-12) {
      const VectorLps u = (b - a) / axisLength, d = p - a;
      Interval tube = withinBall(d - u * dot(d, u), m_stepI - u * dot(m_stepI, u), m_radius);
      tube.intersect(withinBand(dot(d, u), dot(m_stepI, u), 0, axisLength));
      if (!tube.isEmpty())
        t.cover(tube);
    }
    if (m_circle)
      t.intersect(withinBand(dot(start, m_normal), dot(m_grid.stepI(), m_normal), -m_half, m_half));
    const double last = m_grid.size().i - 1;
    t.intersect({-1, last + 1});
    if (t.low > t.high + 1e-6)
      return {1, 0};
    // Rounding may be wrong by one voxel at either end: the exact rule decides there.
    int from = int(std::ceil(t.low)), to = int(std::floor(t.high));
    if (from > to)
      from = to = int(std::lround((t.low + t.high) / 2));
    while (from - 1 >= 0 && inside(segment, {from - 1, j, k}))
      --from;
    while (from <= to && (from < 0 || !inside(segment, {from, j, k})))
      ++from;
    while (to >= from && (to > last || !inside(segment, {to, j, k})))
      --to;
    while (to >= from && to + 1 <= last && inside(segment, {to + 1, j, k}))
      ++to;
    return {from, to};
  }

 private:
  VectorLps flat(VectorLps v) const { return m_circle ? v - m_normal * dot(v, m_normal) : v; }
  double reach(VectorLps inverseRow) const {
    if (!m_circle)
      return m_radius * length(inverseRow) + 1e-6;
    return m_radius * length(flat(inverseRow)) + m_half * std::abs(dot(inverseRow, m_normal)) + 1e-6;
  }
  bool inside(std::size_t segment, IndexIjk v) const {
    const VectorLps p = m_grid.toLps(v) - m_reference;
    if (m_circle) {
      const double d = dot(p, m_normal);
      if (d <= -m_half + slack || d > m_half + slack)
        return false;
    }
    const VectorLps q = flat(p), a = m_path[segment], axis = m_path[segment + 1] - a;
    const double along =
        dot(axis, axis) > 1e-24 ? std::clamp(dot(q - a, axis) / dot(axis, axis), 0.0, 1.0) : 0.0;
    return length(q - (a + axis * along)) <= m_radius + slack;
  }

  const Grid& m_grid;
  double m_radius;
  bool m_circle;
  VectorLps m_normal;
  PointLps m_reference;
  double m_half;
  VectorLps m_stepI;
  std::vector<VectorLps> m_path;
  double m_reachJ = 0, m_reachK = 0;
};

} // namespace

double circleHalfThickness(const Grid& grid, const Plane& plane) {
  const VectorLps n = normalized(plane.normal());
  return std::max({std::abs(dot(grid.stepI(), n)), std::abs(dot(grid.stepJ(), n)),
                   std::abs(dot(grid.stepK(), n))}) /
         2;
}

std::vector<VoxelSpan> strokeVoxels(const Grid& grid, const PaintStroke& stroke) {
  if (stroke.path.empty() || !(stroke.radius.value >= 0) || grid.size().count() == 0)
    return {};
  const Shape shape(grid, stroke);
  std::vector<VoxelSpan> spans;
  std::vector<std::size_t>
      latest; // by row of the grid's slice: 1 + index of the last span there, to extend in place
  latest.assign(std::size_t(grid.size().j) * std::size_t(grid.size().k), 0);
  for (std::size_t s = 0; s < shape.segments(); ++s) {
    const Shape::Rows rows = shape.rows(s);
    for (int k = rows.kLow; k <= rows.kHigh; ++k)
      for (int j = rows.jLow; j <= rows.jHigh; ++j) {
        const auto [from, to] = shape.voxelsOfRow(s, j, k);
        if (from > to)
          continue;
        std::size_t& at = latest[std::size_t(k) * std::size_t(grid.size().j) + std::size_t(j)];
        if (at && from <= spans[at - 1].iEnd && to + 1 >= spans[at - 1].iBegin) {
          spans[at - 1].iBegin = std::min(spans[at - 1].iBegin, from);
          spans[at - 1].iEnd = std::max(spans[at - 1].iEnd, to + 1);
        } else {
          spans.push_back({j, k, from, to + 1});
          at = spans.size();
        }
      }
  }
  std::sort(spans.begin(), spans.end(), [](const VoxelSpan& a, const VoxelSpan& b) {
    return std::tie(a.k, a.j, a.iBegin) < std::tie(b.k, b.j, b.iBegin);
  });
  std::size_t kept = 0;
  for (std::size_t a = 1; a < spans.size(); ++a) {
    VoxelSpan& last = spans[kept];
    if (spans[a].j == last.j && spans[a].k == last.k && spans[a].iBegin <= last.iEnd)
      last.iEnd = std::max(last.iEnd, spans[a].iEnd);
    else
      spans[++kept] = spans[a];
  }
  if (!spans.empty())
    spans.resize(kept + 1);
  return spans;
}

} // namespace spondyl
