#pragma once
// Text and lines that stay readable on any picture: one font family, a dark halo.

#include <QColor>
#include <QFont>
#include <QPainter>
#include <QString>

namespace spondyl::viewer {

/// Inter, or Noto Sans where it is missing; size in logical pixels.
QFont imageFont(double pixels, bool semibold = false);
QColor colourOf(std::uint32_t rgb, int alpha = 255);

/// One line of text with a 1 px halo. `flags` as QPainter's alignment within `box`; too long: elided.
void drawHaloText(QPainter& painter, const QRectF& box, int flags, const QString& text, QColor colour);
/// A polyline 1.5 px wide over its halo.
void drawHaloLine(QPainter& painter, const QPolygonF& points, QColor colour, double width = 1.5,
                  bool dashed = false);

} // namespace spondyl::viewer
