#include "viewer/slice/overlay_paint.h"

#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QFontMetricsF>
#include <QPolygonF>

#include <cmath>

namespace spondyl::viewer {
namespace {

QColor overlayColour(OverlayColour colour) {
  switch (colour) {
  case OverlayColour::Accent:
    return colourOf(palette::accent);
  case OverlayColour::Measure:
    return colourOf(palette::measure);
  case OverlayColour::Attention:
    return colourOf(palette::attention);
  case OverlayColour::Landmark:
    return colourOf(palette::textPrimary);
  case OverlayColour::Erase:
    break;
  }
  return colourOf(palette::error);
}

QPointF screen(const SliceGeometry& g, PointLps p) {
  const ScreenPoint s = g.position(p);
  return {s.x, s.y};
}

// Perpendicular stroke across the end of a line.
void drawEndTick(QPainter& painter, QPointF end, QPointF towards, QColor colour) {
  const QPointF d = towards - end;
  const double n = std::hypot(d.x(), d.y());
  if (n < 1e-6)
    return;
  const QPointF across(-d.y() / n * 4, d.x() / n * 4);
  drawHaloLine(painter, QPolygonF{{end - across, end + across}}, colour);
}

// A value on a dark plate, beside the line and away from it.
void drawChip(QPainter& painter, QPointF a, QPointF b, const QString& text, QColor colour, QSizeF view) {
  painter.setFont(imageFont(12, true));
  const QFontMetricsF metrics(painter.font());
  const QSizeF size(metrics.horizontalAdvance(text) + 12, 18);
  QPointF across(-(b.y() - a.y()), b.x() - a.x());
  const double n = std::hypot(across.x(), across.y());
  across = n > 1e-6 ? across / n : QPointF(1, 0);
  if (across.x() < 0)
    across = -across;
  const double away = std::abs(across.x()) * size.width() / 2 + std::abs(across.y()) * size.height() / 2 + 8;
  const QPointF middle = (a + b) / 2;
  QPointF centre = middle + across * away;
  if (centre.x() + size.width() / 2 > view.width() - 4)
    centre = middle - across * away;
  const QRectF box(centre - QPointF(size.width() / 2, size.height() / 2), size);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colourOf(palette::panel, 215));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(colour);
  painter.drawText(box, Qt::AlignCenter, text);
}

void drawLine(QPainter& painter, const OverlayLine& line, const SliceGeometry& g) {
  if (line.points.size() < 2)
    return;
  QPolygonF points;
  for (const PointLps p : line.points)
    points << screen(g, p);
  if (line.closed)
    points << points.front();
  const QColor colour = overlayColour(line.colour);
  drawHaloLine(painter, points, colour, 1.5, line.dashed);
  if (line.endTicks) {
    drawEndTick(painter, points.front(), points[1], colour);
    drawEndTick(painter, points.back(), points[points.size() - 2], colour);
  }
  if (!line.text.empty())
    drawChip(painter, points.front(), points.back(), QString::fromStdString(line.text), colour,
             {g.width, g.height});
}

void drawHandle(QPainter& painter, const OverlayHandle& handle, const SliceGeometry& g) {
  const QPointF at = screen(g, handle.at);
  const QColor colour = handle.active ? colourOf(palette::accent) : overlayColour(handle.colour);
  painter.setBrush(handle.active ? colour : QColor(0, 0, 0, 60));
  painter.setPen(QPen(QColor(0, 0, 0, 170), 3.5));
  painter.drawEllipse(at, 4.5, 4.5);
  painter.setPen(QPen(colour, 1.5));
  painter.drawEllipse(at, 4.5, 4.5);
  if (handle.text.empty())
    return;
  painter.setFont(imageFont(11));
  drawHaloText(painter, QRectF(at.x() + 9, at.y() - 8, 160, 16), Qt::AlignLeft | Qt::AlignVCenter,
               QString::fromStdString(handle.text), colour);
}

} // namespace

void paintOverlay(QPainter& painter, const Overlay& overlay, const SliceGeometry& g) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const auto near = [&](PointLps p) { return std::abs(g.plane.signedDistance(p)) <= overlay.toleranceMm; };
  for (const OverlayLine& line : overlay.lines) {
    bool all = true;
    for (const PointLps p : line.points)
      all = all && near(p);
    if (all)
      drawLine(painter, line, g);
  }
  for (const OverlayHandle& handle : overlay.handles)
    if (near(handle.at))
      drawHandle(painter, handle, g);
  for (const OverlayRing& ring : overlay.rings) {
    const double radius = ring.radiusMm / g.mmPerPixel;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 150), 3.5));
    painter.drawEllipse(screen(g, ring.centre), radius, radius);
    painter.setPen(QPen(overlayColour(ring.colour), 1.5));
    painter.drawEllipse(screen(g, ring.centre), radius, radius);
  }
  if (!overlay.message.empty() && overlay.messageAt) {
    const QPointF at = screen(g, *overlay.messageAt);
    painter.setFont(imageFont(12));
    const QString text = QString::fromStdString(overlay.message);
    const double width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 16;
    const double x = at.x() + 16 + width > g.width ? at.x() - 16 - width : at.x() + 16;
    const QRectF box(x, at.y() + 12, width, 22);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colourOf(palette::panel, 225));
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(colourOf(palette::textPrimary));
    painter.drawText(box, Qt::AlignCenter, text);
  }
  painter.restore();
}

} // namespace spondyl::viewer
