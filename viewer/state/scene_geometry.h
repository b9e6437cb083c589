#pragma once
// The relation between the pixels of the 3D view and patient space (a parallel projection), and the scene's
// camera.

#include "viewer/state/slice_geometry.h"

namespace spondyl::viewer {

/// What the 3D view has to fit.
struct SceneBounds {
  PointLps centre;
  double radiusMm = 100;
  bool operator==(const SceneBounds&) const = default;
};

struct SceneGeometry {
  PointLps focus;               ///< shown in the middle of the view
  VectorLps right, up, towards; ///< of the screen; `towards` the eye
  double mmPerPixel = 1;        ///< logical pixels
  double width = 1, height = 1;

  ScreenPoint position(PointLps p) const {
    return {dot(p - focus, right) / mmPerPixel + width / 2, height / 2 - dot(p - focus, up) / mmPerPixel};
  }
  /// The point of the plane through `focus` under a pixel; the ray runs from there along ±towards.
  PointLps at(ScreenPoint p) const {
    return focus + right * ((p.x - width / 2) * mmPerPixel) + up * ((height / 2 - p.y) * mmPerPixel);
  }
};

SceneGeometry sceneGeometry(const SceneCamera& camera, const SceneBounds& bounds, double width,
                            double height);
/// Turned by a drag of the pointer: a full turn over about 1.5 views.
SceneCamera orbited(SceneCamera camera, double dx, double dy, double height);

} // namespace spondyl::viewer
