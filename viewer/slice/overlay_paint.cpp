#include "viewer/slice/overlay_paint.h"

#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QFontMetricsF>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double widestChip = 180; // px, of three rows about a region

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

void drawArrowHead(QPainter& painter, QPointF tip, QPointF from, QColor colour) {
  const QPointF d = from - tip;
  const double n = std::hypot(d.x(), d.y());
  if (n < 1e-6)
    return;
  const QPointF back = d / n * 11, across(-back.y() * 0.42, back.x() * 0.42);
  drawHaloLine(painter, QPolygonF{{tip + back + across, tip, tip + back - across}}, colour);
}

// A value on a dark plate, beside the line and away from it; its place is taken then.
void drawChip(QPainter& painter, QPointF a, QPointF b, const QString& text, QColor colour, QSizeF view,
              std::vector<QRectF>& taken) {
  painter.setFont(imageFont(12, true));
  const QFontMetricsF metrics(painter.font());
  double width = 0;
  const QStringList rows = text.split(QLatin1Char('\n'));
  for (const QString& row : rows)
    width = std::max(width, metrics.horizontalAdvance(row));
  const QSizeF size(width + 12, 2 + 16 * double(rows.size()));
  const QRectF box = chipPlace(a, b, size, view, taken);
  painter.setPen(Qt::NoPen);
  painter.setBrush(colourOf(palette::panel, 215));
  painter.drawRoundedRect(box, 4, 4);
  painter.setPen(colour);
  painter.drawText(box.adjusted(6, 0, -6, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
  taken.push_back(box);
}

void drawLine(QPainter& painter, const OverlayLine& line, const SliceGeometry& g,
              std::vector<QRectF>& taken) {
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
  if (line.arrow)
    drawArrowHead(painter, points.back(), points[points.size() - 2], colour);
  if (line.text.empty())
    return;
  const QString text = QString::fromStdString(line.text);
  const QSizeF view(g.width, g.height);
  if (!line.closed && points.size() == 2)
    return drawChip(painter, points.front(), points.back(), text, colour, view, taken);
  // Beside all of it: what it measures stays in sight.
  const QRectF own = points.boundingRect();
  taken.push_back(own);
  const bool roomAtRight = own.right() + widestChip < g.width;
  const double x = roomAtRight ? own.right() : own.left();
  drawChip(painter, QPointF(x, own.top()), QPointF(x, own.bottom()), text, colour, view, taken);
  taken.erase(std::find(taken.begin(), taken.end(), own));
}

void drawHandle(QPainter& painter, const OverlayHandle& handle, const SliceGeometry& g) {
  const QPointF at = screen(g, handle.at);
  const QColor colour = handle.active ? colourOf(palette::accent) : overlayColour(handle.colour);
  if (handle.wordsAlone) {
    painter.setFont(imageFont(12, true));
    drawHaloText(painter, QRectF(at.x() - 4, at.y() + 5, 320, 18), Qt::AlignLeft | Qt::AlignVCenter,
                 QString::fromStdString(handle.text), colour);
    return;
  }
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

QRectF chipPlace(QPointF a, QPointF b, QSizeF chip, QSizeF view, const std::vector<QRectF>& taken) {
  QPointF across(-(b.y() - a.y()), b.x() - a.x());
  const double n = std::hypot(across.x(), across.y());
  across = n > 1e-6 ? across / n : QPointF(1, 0);
  if (across.x() < 0)
    across = -across;
  const double away = std::abs(across.x()) * chip.width() / 2 + std::abs(across.y()) * chip.height() / 2 + 8;
  const QRectF inside(4, 4, view.width() - 8, view.height() - 8);
  const auto at = [&](QPointF centre) {
    return QRectF(centre - QPointF(chip.width() / 2, chip.height() / 2), chip);
  };
  const auto isFree = [&](const QRectF& box) {
    return inside.contains(box) && std::none_of(taken.begin(), taken.end(),
                                                [&](const QRectF& other) { return other.intersects(box); });
  };
  const QPointF middle = (a + b) / 2;
  for (const double farther : {0., 24., 48., 72.})
    for (const double side : {1., -1.})
      for (const QPointF& from : {middle, a, b})
        if (const QRectF box = at(from + across * side * (away + farther)); isFree(box))
          return box;
  const QRectF first = at(middle + across * away); // no room: where the reader expects it
  return first.right() > inside.right() ? at(middle - across * away) : first;
}

void paintOverlay(QPainter& painter, const Overlay& overlay, const SliceGeometry& g,
                  std::vector<QRectF> taken) {
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const auto near = [&](PointLps p) { return std::abs(g.plane.signedDistance(p)) <= overlay.toleranceMm; };
  for (const OverlayLine& line : overlay.lines) {
    bool all = true;
    for (const PointLps p : line.points)
      all = all && near(p);
    if (all)
      drawLine(painter, line, g, taken);
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
