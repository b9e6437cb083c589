#pragma once
// Surfaces as a picture: VTK in an off-screen context. One object per thread that draws; no Qt.

#include "viewer/scene/egl_context.h"
#include "viewer/scene/mesh.h"
#include "viewer/state/scene_geometry.h"

#include <array>

namespace spondyl::viewer {

/// Moving: coarse surfaces, one light. Still: fine surfaces, three lights, smooth edges.
enum class SceneQuality : unsigned char { Moving, Still };

struct SceneItem {
  SurfacePtr surface;
  std::array<std::uint8_t, 3> rgb{};
  bool selected = false;
  bool faint = false; ///< drawn translucent: what lies in front of what matters
};

struct ScenePixels {
  int width = 0, height = 0;       ///< device pixels
  std::vector<std::uint32_t> argb; ///< by row from the top
};

class SceneRenderer {
 public:
  /// Errors: DeviceUnavailable.
  static Result<std::unique_ptr<SceneRenderer>> create(GlDevice device = GlDevice::Best);
  ~SceneRenderer();

  void setItems(const std::vector<SceneItem>& items);
  /// `geometry` in logical pixels, the picture has width × ratio by height × ratio pixels (half of it while
  /// moving on software GL).
  ScenePixels render(const SceneGeometry& geometry, double devicePixelRatio, SceneQuality quality);
  /// Name of the OpenGL renderer.
  const std::string& rendererName() const;
  bool isSoftware() const;

 private:
  SceneRenderer();
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

/// The surface under a pixel: nearest to the eye.
struct ScenePick {
  SurfacePtr surface;
  PointLps at;
};
std::optional<ScenePick> pickSurface(const std::vector<SceneItem>& items, const SceneGeometry& geometry,
                                     ScreenPoint at);

/// Sphere around all surfaces; none: around the grid.
SceneBounds boundsOf(const std::vector<SceneItem>& items, const Grid* grid);

} // namespace spondyl::viewer
