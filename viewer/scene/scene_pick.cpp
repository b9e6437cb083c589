#include "viewer/scene/scene_renderer.h"

#include <algorithm>
#include <limits>

namespace spondyl::viewer {
namespace {

// Twice the signed area of (a, b, p) on the screen.
inline double side(double ax, double ay, double bx, double by, double px, double py) {
  return (bx - ax) * (py - ay) - (by - ay) * (px - ax);
}

} // namespace

std::optional<ScenePick> pickSurface(const std::vector<SceneItem>& items, const SceneGeometry& g,
                                     ScreenPoint at) {
  // In the projection a ray is a point: look for triangles around it and take the one nearest to the eye.
  const PointLps p = g.at(at);
  const double px = dot(p - g.focus, g.right), py = dot(p - g.focus, g.up);
  std::optional<ScenePick> best;
  double nearest = -std::numeric_limits<double>::infinity();
  std::vector<double> xs, ys;
  for (const SceneItem& item : items) {
    const MeshPtr& mesh =
        item.surface ? (item.surface->coarse ? item.surface->coarse : item.surface->fine) : MeshPtr();
    if (!mesh || mesh->points.empty())
      continue;
    const std::size_t n = mesh->points.size() / 3;
    xs.resize(n);
    ys.resize(n);
    const auto point = [&](std::size_t v) {
      return PointLps{mesh->points[v * 3], mesh->points[v * 3 + 1], mesh->points[v * 3 + 2]};
    };
    for (std::size_t v = 0; v < n; ++v) {
      const VectorLps d = point(v) - g.focus;
      xs[v] = dot(d, g.right);
      ys[v] = dot(d, g.up);
    }
    for (std::size_t t = 0; t < mesh->triangles.size(); t += 3) {
      const std::size_t a = mesh->triangles[t], b = mesh->triangles[t + 1], c = mesh->triangles[t + 2];
      if (px < std::min({xs[a], xs[b], xs[c]}) || px > std::max({xs[a], xs[b], xs[c]}))
        continue;
      const double wc = side(xs[a], ys[a], xs[b], ys[b], px, py),
                   wa = side(xs[b], ys[b], xs[c], ys[c], px, py),
                   wb = side(xs[c], ys[c], xs[a], ys[a], px, py);
      if (!((wa >= 0 && wb >= 0 && wc >= 0) || (wa <= 0 && wb <= 0 && wc <= 0)))
        continue;
      const double sum = wa + wb + wc;
      if (sum == 0)
        continue;
      const PointLps hit =
          PointLps{} +
          ((point(a) - PointLps{}) * wa + (point(b) - PointLps{}) * wb + (point(c) - PointLps{}) * wc) / sum;
      const double depth = dot(hit - g.focus, g.towards);
      if (depth <= nearest)
        continue;
      nearest = depth;
      best = ScenePick{item.surface, hit};
    }
  }
  return best;
}

SceneBounds boundsOf(const std::vector<SceneItem>& items, const Grid* grid) {
  PointLps low{1e30, 1e30, 1e30}, high{-1e30, -1e30, -1e30};
  const auto include = [&](double x, double y, double z) {
    low = {std::min(low.x, x), std::min(low.y, y), std::min(low.z, z)};
    high = {std::max(high.x, x), std::max(high.y, y), std::max(high.z, z)};
  };
  for (const SceneItem& item : items) {
    const MeshPtr& mesh =
        item.surface ? (item.surface->coarse ? item.surface->coarse : item.surface->fine) : MeshPtr();
    if (!mesh)
      continue;
    for (std::size_t p = 0; p + 2 < mesh->points.size(); p += 3)
      include(mesh->points[p], mesh->points[p + 1], mesh->points[p + 2]);
  }
  if (low.x > high.x) {
    if (!grid)
      return {};
    for (const PointLps c : grid->corners())
      include(c.x, c.y, c.z);
  }
  const PointLps centre = midpoint(low, high);
  // Of the box's height and width rather than its diagonal: spines are long and thin. A little of the depth
  // counts as height, for views from above.
  const VectorLps half = (high - low) * 0.5;
  const double across = std::hypot(half.x, half.y);
  return {centre, std::max({half.z + 0.15 * across, across, 10.0})};
}

} // namespace spondyl::viewer
