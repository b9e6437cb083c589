#include "viewer/slice/text_paint.h"

#include <QFontMetricsF>
#include <QPolygonF>

namespace spondyl::viewer {

QFont imageFont(double pixels, bool semibold) {
  QFont font;
  font.setFamilies({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")});
  font.setPixelSize(qMax(1, qRound(pixels)));
  font.setWeight(semibold ? QFont::DemiBold : QFont::Normal);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

QColor colourOf(std::uint32_t rgb, int alpha) {
  return QColor(int(rgb >> 16 & 255), int(rgb >> 8 & 255), int(rgb & 255), alpha);
}

void drawHaloText(QPainter& painter, const QRectF& box, int flags, const QString& text, QColor colour) {
  if (text.isEmpty())
    return;
  const QString shown = QFontMetricsF(painter.font()).elidedText(text, Qt::ElideRight, box.width());
  painter.setPen(QColor(0, 0, 0, 170));
  static constexpr double around[8][2] = {{-1, 0},      {1, 0},      {0, -1},     {0, 1},
                                          {-0.7, -0.7}, {0.7, -0.7}, {-0.7, 0.7}, {0.7, 0.7}};
  for (const auto& d : around)
    painter.drawText(box.translated(d[0], d[1]), flags | Qt::TextSingleLine, shown);
  painter.setPen(colour);
  painter.drawText(box, flags | Qt::TextSingleLine, shown);
}

void drawHaloLine(QPainter& painter, const QPolygonF& points, QColor colour, double width, bool dashed) {
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(QColor(0, 0, 0, 150), width + 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawPolyline(points);
  QPen pen(colour, width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
  if (dashed) {
    pen.setDashPattern({4, 3});
    pen.setCapStyle(Qt::FlatCap);
  }
  painter.setPen(pen);
  painter.drawPolyline(points);
}

} // namespace spondyl::viewer
