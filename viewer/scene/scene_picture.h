#pragma once
// The 3D view as a picture: the same function serves widget, `snapshot` and golden tests.

#include "viewer/scene/scene_builder.h"

#include <QImage>

class QPainter;

namespace spondyl::viewer {

struct SceneInput {
  SceneContentsPtr contents; ///< none: an empty view
  CasePtr document;
  std::shared_ptr<const EffectiveCase> shown;
  ViewState state;
  int width = 0, height = 0; ///< logical pixels
  double devicePixelRatio = 1;
  SceneQuality quality = SceneQuality::Still;
};

SceneGeometry geometryOf(const SceneInput& input);
/// RGB32 with everything written on it. `renderer` draws on the calling thread.
QImage renderScene(const SceneInput& input, SceneRenderer& renderer);
/// Letters, cube, names, corner texts alone; `painter` in logical pixels.
void paintSceneAnnotations(QPainter& painter, const SceneInput& input);

} // namespace spondyl::viewer
