#include "viewer/slice/annotations.h"

#include "viewer/slice/scalar_paint.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QFontMetricsF>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double margin = 8;      // of all annotations from the view's border
constexpr double lineHeight = 15; // corner text
constexpr double markHeight = 18;
constexpr double smallView = 300; // below this only what is needed

void drawBlock(QPainter& painter, const QStringList& lines, QRectF box, bool right, bool bottom,
               QColor colour) {
  double y = bottom ? box.bottom() - lineHeight * double(lines.size()) : box.top();
  const int flags = (right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
  for (const QString& line : lines) {
    drawHaloText(painter, QRectF(box.left(), y, box.width(), lineHeight), flags, line, colour);
    y += lineHeight;
  }
}

void drawLetters(QPainter& painter, const EdgeLetters& letters, double w, double h) {
  painter.setFont(imageFont(15, true));
  const QColor colour = colourOf(palette::textPrimary);
  const auto at = [&](const std::string& s, QRectF box, int flags) {
    drawHaloText(painter, box, flags, QString::fromStdString(s), colour);
  };
  at(letters.left, {margin, h / 2 - 10, 60, 20}, Qt::AlignLeft | Qt::AlignVCenter);
  at(letters.right, {w - margin - 60 - 14, h / 2 - 10, 60, 20}, Qt::AlignRight | Qt::AlignVCenter);
  at(letters.top, {w / 2 - 40, margin - 2, 80, 20}, Qt::AlignHCenter | Qt::AlignTop);
  at(letters.bottom, {w / 2 - 40, h - margin - 34, 80, 20}, Qt::AlignHCenter | Qt::AlignVCenter);
}

void drawScaleBar(QPainter& painter, const SliceGeometry& g, const MarkUnits& units) {
  const double shown = scaleBarLength(g.mmPerPixel * units.perUnit, g.height);
  const double pixels = shown / (g.mmPerPixel * units.perUnit);
  if (pixels < 20)
    return;
  const double x = std::floor(g.width - margin) - 0.5, top = std::round((g.height - pixels) / 2) + 0.5;
  const QColor colour = colourOf(palette::textPrimary);
  QPolygonF bar;
  bar << QPointF(x, top) << QPointF(x, top + pixels);
  painter.setRenderHint(QPainter::Antialiasing, true);
  drawHaloLine(painter, bar, colour);
  // Ticks: ends and middle long, tenths (or the whole millimetres) short.
  const int parts = 10;
  for (int n = 0; n <= parts; ++n) {
    if (pixels / parts < 4 && n % 5 != 0)
      continue;
    const double y = top + pixels * n / parts, length = n % 5 == 0 ? 7 : 4;
    drawHaloLine(painter, QPolygonF{{QPointF(x - length, y), QPointF(x, y)}}, colour, 1.25);
  }
  painter.setFont(imageFont(11));
  const QString text = units.length == "mm" && shown >= 10
                           ? QStringLiteral("%1 cm").arg(shown / 10)
                           : QStringLiteral("%1 %2").arg(shown).arg(QString::fromStdString(units.length));
  drawHaloText(painter, {g.width - margin - 70, top + pixels + 4, 70, lineHeight},
               Qt::AlignRight | Qt::AlignVCenter, text, colour);
}

} // namespace

QRectF tagBox(const LevelTag& tag) {
  const QFontMetricsF metrics(imageFont(tag.selected ? 14 : 12, true));
  const double half = metrics.horizontalAdvance(tag.name) / 2 + 2;
  return {tag.at.x() - half, tag.at.y() - 10, 2 * half, 20};
}

EdgeLetters edgeLetters(const Plane& plane) {
  // An edge along which another axis takes part only slightly keeps its one letter.
  constexpr double smallest = 0.17; // 10 degrees
  return {orientationLetters(-plane.right, smallest), orientationLetters(plane.right, smallest),
          orientationLetters(-plane.down, smallest), orientationLetters(plane.down, smallest)};
}

double scaleBarLength(double perPixel, double available) {
  double best = 1;
  for (const double length : {1., 2., 5., 10., 20., 50., 100., 200., 500., 1000.})
    if (length / perPixel <= available * 0.35)
      best = length;
  return best;
}

namespace {

// Small plates above the lower right texts: what the reader must know about the pixels themselves.
void drawMarks(QPainter& painter, const std::vector<CornerMark>& marks, double right, double bottom) {
  painter.setFont(imageFont(10, true));
  const QFontMetricsF metrics(painter.font());
  double y = bottom;
  for (const CornerMark& mark : marks) {
    const QColor colour = colourOf(mark.warns ? palette::attention : palette::textSecondary);
    const double width = std::ceil(metrics.horizontalAdvance(mark.text)) + 10;
    const QRectF box(right - width + 0.5, y - markHeight + 0.5, width - 1, markHeight - 3);
    painter.setBrush(QColor(0, 0, 0, 150));
    painter.setPen(QPen(colour, 1));
    painter.drawRoundedRect(box, 3, 3);
    painter.drawText(box, Qt::AlignCenter, mark.text);
    y -= markHeight;
  }
}

} // namespace

void paintTexts(QPainter& painter, const SliceInput& input, const EdgeLetters& letters,
                const CornerTexts& texts) {
  const double w = input.width, h = input.height;
  const bool all = input.state.annotations != AnnotationDisplay::None;
  const bool roomy = w >= smallView && h >= smallView;
  const QColor primary = colourOf(palette::textPrimary), secondary = colourOf(palette::textSecondary);
  if (input.volume)
    drawLetters(painter, letters, w, h);
  if (all && roomy) {
    const double half = w / 2 - margin - 34; // leaves the letters at the middle of the edges free
    const double inner = h - 2 * margin;
    painter.setFont(imageFont(11));
    drawBlock(painter, texts.topLeft, {margin, margin, half, inner}, false, false, primary);
    const QRectF right(w - margin - half, margin, half, inner);
    drawBlock(painter, texts.topRight, right, true, false, primary);
    drawBlock(painter, texts.bottomLeft, {margin, margin, half, inner - 2}, false, true, primary);
    drawBlock(painter, texts.bottomRight, right.adjusted(0, 0, 0, -2), true, true, primary);
    if (!texts.status.isEmpty()) {
      const QString status = texts.unreviewed ? QStringLiteral("▲ ") + texts.status : texts.status;
      drawHaloText(painter,
                   {right.left(), margin + lineHeight * double(texts.topRight.size()), half, lineHeight},
                   Qt::AlignRight | Qt::AlignVCenter, status,
                   texts.unreviewed ? colourOf(palette::attention) : secondary);
    }
  }
  // They stay when the texts are hidden: nobody may take such a picture for the acquired one.
  const double lines = all && roomy ? double(texts.bottomRight.size()) : 0;
  drawMarks(painter, texts.marks, w - margin, h - margin - 4 - lineHeight * lines);
  paintLegend(painter, input, all && roomy ? double(texts.bottomLeft.size()) : 0);
  painter.setFont(imageFont(10));
  drawHaloText(painter, {w / 2 - 90, h - margin - 13, 180, 14}, Qt::AlignCenter,
               QStringLiteral("not for diagnostic use"), secondary);
}

void paintTags(QPainter& painter, const std::vector<LevelTag>& tags) {
  for (const LevelTag& tag : tags) {
    painter.setFont(imageFont(tag.selected ? 14 : 12, true));
    const QColor colour = tag.selected ? QColor(255, 255, 255) : tag.colour.lighter(135);
    drawHaloText(painter, QRectF(tag.at.x() - 30, tag.at.y() - 10, 60, 20), Qt::AlignCenter, tag.name,
                 colour);
  }
}

void paintAnnotations(QPainter& painter, const SliceInput& input, const SliceGeometry& g,
                      const std::vector<LevelTag>& tags) {
  painter.save();
  painter.setRenderHint(QPainter::TextAntialiasing);
  painter.setRenderHint(QPainter::Antialiasing);
  if (input.volume) {
    paintTags(painter, tags);
    if (input.state.annotations != AnnotationDisplay::None)
      drawScaleBar(painter, g, unitsOf(input));
  }
  const Radiograph* radiograph = radiographOf(input);
  const bool sidesKnown = !radiograph || radiograph->isOriented;
  paintTexts(painter, input, sidesKnown ? edgeLetters(g.plane) : EdgeLetters{}, cornerTexts(input, g));
  painter.restore();
}

} // namespace spondyl::viewer
