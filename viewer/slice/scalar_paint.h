#pragma once
// A scalar map over the grey picture, and the legend that says what its colours mean.

#include "viewer/slice/render_slice.h"

#include <QImage>
#include <QPainter>

#include <vector>

namespace spondyl::viewer {

/// Whether the input's map is seen at all.
bool showsScalar(const SliceInput& input);
/// Labels as outlines alone while a map is seen: two layers of colour would mix to a third that means
/// nothing.
ViewState labelStateOf(const SliceInput& input);

/// Blends one plane of the map's stored values (device pixels, as `picture`; NaN: nothing there) onto an
/// RGB32 picture.
void paintScalar(QImage& picture, const std::vector<float>& stored, const ScalarOverlay& overlay,
                 double opacity);

/// Where the legend lies, in logical pixels: lower left, above `lines` of corner text.
QRectF legendBox(const SliceInput& input, double lines);
/// Scale, title, unit and "not for diagnostic use". `painter` is in logical pixels of the view.
void paintLegend(QPainter& painter, const SliceInput& input, double lines);

} // namespace spondyl::viewer
