#include "core/validate/surface.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace spondyl {
namespace {

// Points sorted so that each range's middle splits it along one axis: nearest neighbours without pointers.
class PointTree {
 public:
  explicit PointTree(const std::vector<PointLps>& points) {
    m_points.reserve(points.size());
    for (const PointLps& p : points)
      m_points.push_back({p.x, p.y, p.z});
    split(0, m_points.size(), 0);
  }

  double distanceTo(PointLps p) const {
    double best = std::numeric_limits<double>::infinity();
    search({p.x, p.y, p.z}, 0, m_points.size(), 0, best);
    return std::sqrt(best);
  }

 private:
  using Coordinates = std::array<double, 3>;

  void split(std::size_t begin, std::size_t end, std::size_t axis) {
    if (end - begin < 2)
      return;
    const std::size_t middle = begin + (end - begin) / 2;
    const auto at = [&](std::size_t n) { return m_points.begin() + std::ptrdiff_t(n); };
    std::nth_element(at(begin), at(middle), at(end),
                     [axis](const Coordinates& a, const Coordinates& b) { return a[axis] < b[axis]; });
    split(begin, middle, (axis + 1) % 3);
    split(middle + 1, end, (axis + 1) % 3);
  }

  void search(const Coordinates& p, std::size_t begin, std::size_t end, std::size_t axis,
              double& best) const {
    if (begin >= end)
      return;
    const std::size_t middle = begin + (end - begin) / 2;
    const Coordinates& q = m_points[middle];
    const double dx = p[0] - q[0], dy = p[1] - q[1], dz = p[2] - q[2];
    best = std::min(best, dx * dx + dy * dy + dz * dz);
    const double off = p[axis] - q[axis];
    const std::size_t next = (axis + 1) % 3;
    if (off < 0)
      search(p, begin, middle, next, best);
    else
      search(p, middle + 1, end, next, best);
    if (off * off >= best)
      return;
    if (off < 0)
      search(p, middle + 1, end, next, best);
    else
      search(p, begin, middle, next, best);
  }

  std::vector<Coordinates> m_points;
};

std::vector<double> distances(const std::vector<PointLps>& from, const PointTree& to) {
  std::vector<double> out(from.size());
  parallelFor(from.size(), 512, [&](std::size_t begin, std::size_t end) {
    for (std::size_t n = begin; n < end; ++n)
      out[n] = to.distanceTo(from[n]);
  });
  return out;
}

} // namespace

std::vector<PointLps> surfaceOf(const LabelArray& labels, int number, const LabelExtent& extent) {
  std::vector<PointLps> out;
  const Grid& grid = labels.grid;
  const auto is = [&](IndexIjk v) { return grid.contains(v) && labels.numbers[grid.offset(v)] == number; };
  for (int k = extent.low.k; k <= extent.high.k; ++k)
    for (int j = extent.low.j; j <= extent.high.j; ++j)
      for (int i = extent.low.i; i <= extent.high.i; ++i)
        if (is({i, j, k}) && !(is({i - 1, j, k}) && is({i + 1, j, k}) && is({i, j - 1, k}) &&
                               is({i, j + 1, k}) && is({i, j, k - 1}) && is({i, j, k + 1})))
          out.push_back(grid.toLps(IndexIjk{i, j, k}));
  return out;
}

double quantileOf(std::vector<double> values, double fraction) {
  std::sort(values.begin(), values.end());
  const double rank = fraction * double(values.size() - 1);
  const auto below = std::size_t(std::floor(rank));
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (rank - double(below)) * (values[above] - values[below]);
}

std::optional<SurfaceDistance> surfaceDistance(const std::vector<PointLps>& a,
                                               const std::vector<PointLps>& b) {
  if (a.empty() || b.empty())
    return std::nullopt;
  const std::vector<double> there = distances(a, PointTree(b)), back = distances(b, PointTree(a));
  const double sum =
      std::accumulate(there.begin(), there.end(), 0.0) + std::accumulate(back.begin(), back.end(), 0.0);
  return SurfaceDistance{sum / double(there.size() + back.size()),
                         std::max(quantileOf(there, 0.95), quantileOf(back, 0.95))};
}

} // namespace spondyl
