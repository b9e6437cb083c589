#pragma once
// Everything written over a slice: letters, scale, corner texts, crosshair, names. Logical pixels throughout.

#include "viewer/slice/corner_text.h"
#include "viewer/slice/render_slice.h"

#include <QPainter>

namespace spondyl::viewer {

struct LevelTag {
  QString name;
  QPointF at;
  QColor colour;
  bool selected = false;
};

/// What a tag's name covers, in logical pixels.
QRectF tagBox(const LevelTag& tag);

/// The crosshair's lines, or with it hidden the lines of the other views' planes; edges of the slab, the
/// curved views' centre line. Under everything else that is drawn. `painter` is in logical pixels of the
/// view.
void paintCrosshair(QPainter& painter, const SliceInput& input, const SliceGeometry& geometry);

/// All else. `painter` is in logical pixels of the view.
void paintAnnotations(QPainter& painter, const SliceInput& input, const SliceGeometry& geometry,
                      const std::vector<LevelTag>& tags);

/// The names of levels.
void paintTags(QPainter& painter, const std::vector<LevelTag>& tags);

/// Letters at the four edges.
struct EdgeLetters {
  std::string left, right, top, bottom;
};
EdgeLetters edgeLetters(const Plane& plane);
/// Letters, corner texts and marks of a view of the input's size.
void paintTexts(QPainter& painter, const SliceInput& input, const EdgeLetters& letters,
                const CornerTexts& texts);

/// A round length that is a quarter to a third of the view: 1, 2, 5, 10, 20, 50 … mm or px.
double scaleBarLength(double perPixel, double available);

} // namespace spondyl::viewer
