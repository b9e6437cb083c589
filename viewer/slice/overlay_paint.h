#pragma once
// Draws an Overlay (tool previews, measurement lines, landmarks) on a slice.

#include "viewer/state/overlay.h"
#include "viewer/state/slice_geometry.h"

#include <QPainter>

namespace spondyl::viewer {

/// `painter` in logical pixels of the view. The stroke is not drawn here: renderSlice shows its voxels.
void paintOverlay(QPainter& painter, const Overlay& overlay, const SliceGeometry& geometry);

} // namespace spondyl::viewer
