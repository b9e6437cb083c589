#include "viewer/state/scene_geometry.h"

#include "core/geometry/units.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {

SceneGeometry sceneGeometry(const SceneCamera& camera, const SceneBounds& bounds, double width,
                            double height) {
  const double a = toRadians(Deg(camera.azimuthDeg)), e = toRadians(Deg(camera.elevationDeg));
  SceneGeometry g;
  g.width = std::max(1.0, width);
  g.height = std::max(1.0, height);
  g.towards = {std::sin(a) * std::cos(e), -std::cos(a) * std::cos(e), std::sin(e)};
  g.right = {std::cos(a), std::sin(a), 0};
  g.up = cross(g.towards, g.right);
  constexpr double room = 1.16; // air around, for the letters
  g.mmPerPixel = 2 * bounds.radiusMm * room / std::min(g.width, g.height) / std::max(camera.zoom, 1e-3);
  g.focus = bounds.centre - g.right * (camera.panX * g.height * g.mmPerPixel) +
            g.up * (camera.panY * g.height * g.mmPerPixel);
  return g;
}

SceneCamera orbited(SceneCamera camera, double dx, double dy, double height) {
  const double perPixel = 240.0 / std::max(1.0, height);
  camera.azimuthDeg = std::remainder(camera.azimuthDeg - dx * perPixel, 360.0);
  camera.elevationDeg = std::clamp(camera.elevationDeg + dy * perPixel, -89.0, 89.0);
  return camera;
}

} // namespace spondyl::viewer
