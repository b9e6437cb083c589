#pragma once
// Draws an Overlay (tool previews, measurement lines, landmarks) on a slice.

#include "viewer/state/overlay.h"
#include "viewer/state/slice_geometry.h"

#include <QPainter>

#include <vector>

namespace spondyl::viewer {

/// `painter` in logical pixels of the view. The stroke is not drawn here: renderSlice shows its voxels. Value
/// chips keep off `taken` (the level names) and off each other where there is room.
void paintOverlay(QPainter& painter, const Overlay& overlay, const SliceGeometry& geometry,
                  std::vector<QRectF> taken = {});

/// Where the chip of the line from a to b goes: beside its middle, else farther off or beside its ends.
QRectF chipPlace(QPointF a, QPointF b, QSizeF chip, QSizeF view, const std::vector<QRectF>& taken);

} // namespace spondyl::viewer
