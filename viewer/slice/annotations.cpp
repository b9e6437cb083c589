#include "viewer/slice/annotations.h"

#include "viewer/slice/corner_text.h"
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

void drawLetters(QPainter& painter, const EdgeLetters& letters, const SliceGeometry& g) {
  painter.setFont(imageFont(15, true));
  const QColor colour = colourOf(palette::textPrimary);
  const double w = g.width, h = g.height;
  const auto at = [&](const std::string& s, QRectF box, int flags) {
    drawHaloText(painter, box, flags, QString::fromStdString(s), colour);
  };
  at(letters.left, {margin, h / 2 - 10, 60, 20}, Qt::AlignLeft | Qt::AlignVCenter);
  at(letters.right, {w - margin - 60 - 14, h / 2 - 10, 60, 20}, Qt::AlignRight | Qt::AlignVCenter);
  at(letters.top, {w / 2 - 40, margin - 2, 80, 20}, Qt::AlignHCenter | Qt::AlignTop);
  at(letters.bottom, {w / 2 - 40, h - margin - 34, 80, 20}, Qt::AlignHCenter | Qt::AlignVCenter);
}

void drawScaleBar(QPainter& painter, const SliceGeometry& g) {
  const double mm = scaleBarMm(g.mmPerPixel, g.height);
  const double pixels = mm / g.mmPerPixel;
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
  const QString text = mm >= 10 ? QStringLiteral("%1 cm").arg(mm / 10) : QStringLiteral("%1 mm").arg(mm);
  drawHaloText(painter, {g.width - margin - 70, top + pixels + 4, 70, lineHeight},
               Qt::AlignRight | Qt::AlignVCenter, text, colour);
}

// Where the plane through `other` meets this one: a point and a direction on the screen.
bool intersection(const Plane& other, const SliceGeometry& g, QPointF& at, QPointF& direction) {
  const VectorLps d = cross(other.normal(), g.plane.normal());
  if (length(d) < 0.05)
    return false; // nearly parallel
  const ScreenPoint p = g.position(other.origin);
  at = {p.x, p.y};
  direction = {dot(normalized(d), g.plane.right), dot(normalized(d), g.plane.down)};
  return true;
}

void drawTags(QPainter& painter, const std::vector<LevelTag>& tags) {
  for (const LevelTag& tag : tags) {
    painter.setFont(imageFont(tag.selected ? 14 : 12, true));
    const QColor colour = tag.selected ? QColor(255, 255, 255) : tag.colour.lighter(135);
    drawHaloText(painter, QRectF(tag.at.x() - 30, tag.at.y() - 10, 60, 20), Qt::AlignCenter, tag.name,
                 colour);
  }
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

double scaleBarMm(double mmPerPixel, double available) {
  double best = 1;
  for (const double mm : {1., 2., 5., 10., 20., 50., 100., 200., 500.})
    if (mm / mmPerPixel <= available * 0.35)
      best = mm;
  return best;
}

void paintCrosshair(QPainter& painter, const SliceInput& input, const SliceGeometry& g) {
  constexpr double gap = 12; // half of 24 px
  if (!input.crosshair || !input.volume || input.state.annotations == AnnotationDisplay::None)
    return;
  const bool lines = input.state.crosshairVisible;
  const double far = g.width + g.height;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, true);
  // Not through the letters.
  const int w = int(g.width), h = int(g.height);
  QRegion free(0, 0, w, h);
  for (const QRect letter : {QRect(0, h / 2 - 11, 34, 22), QRect(w - 54, h / 2 - 11, 54, 22),
                             QRect(w / 2 - 16, 0, 32, 27), QRect(w / 2 - 16, h - 45, 32, 45)})
    free -= letter;
  painter.setClipRegion(free);
  for (std::size_t v = 0; v < 3; ++v) {
    if (v == std::size_t(input.view))
      continue;
    QPointF at, d;
    if (!intersection(input.state.planes[v], g, at, d))
      continue;
    // On the pixel grid where the line runs along it: one crisp pixel.
    if (std::abs(d.x()) < 1e-6)
      at.setX(std::floor(at.x()) + 0.5);
    if (std::abs(d.y()) < 1e-6)
      at.setY(std::floor(at.y()) + 0.5);
    const auto stroke = [&](double from, double to) {
      painter.setPen(QPen(QColor(0, 0, 0, 90), 3));
      painter.drawLine(at + d * from, at + d * to);
      painter.setPen(QPen(colourOf(palette::accent, 200), 1));
      painter.drawLine(at + d * from, at + d * to);
    };
    if (lines) {
      stroke(gap, far);
      stroke(-gap, -far);
      continue;
    }
    // Reference marks at the border only.
    painter.setClipRegion(free.subtracted(QRegion(14, 14, w - 28, h - 28)));
    stroke(gap, far);
    stroke(-gap, -far);
  }
  painter.restore();
}

void paintAnnotations(QPainter& painter, const SliceInput& input, const SliceGeometry& g,
                      const std::vector<LevelTag>& tags) {
  painter.save();
  painter.setRenderHint(QPainter::TextAntialiasing);
  const bool all = input.state.annotations != AnnotationDisplay::None;
  const bool roomy = g.width >= smallView && g.height >= smallView;
  if (input.volume) {
    drawTags(painter, tags);
    if (all)
      drawScaleBar(painter, g);
    drawLetters(painter, edgeLetters(g.plane), g);
  }
  const QColor primary = colourOf(palette::textPrimary), secondary = colourOf(palette::textSecondary);
  if (all && roomy) {
    const CornerTexts texts = cornerTexts(input, g);
    const double half = g.width / 2 - margin - 34; // leaves the letters at the middle of the edges free
    const double h = g.height - 2 * margin;
    painter.setFont(imageFont(11));
    drawBlock(painter, texts.topLeft, {margin, margin, half, h}, false, false, primary);
    const QRectF right(g.width - margin - half, margin, half, h);
    drawBlock(painter, texts.topRight, right, true, false, primary);
    drawBlock(painter, texts.bottomLeft, {margin, margin, half, h - 2}, false, true, primary);
    drawBlock(painter, texts.bottomRight, right.adjusted(0, 0, 0, -2), true, true, primary);
    if (!texts.status.isEmpty()) {
      const QString status = texts.unreviewed ? QStringLiteral("▲ ") + texts.status : texts.status;
      drawHaloText(painter,
                   {right.left(), margin + lineHeight * double(texts.topRight.size()), half, lineHeight},
                   Qt::AlignRight | Qt::AlignVCenter, status,
                   texts.unreviewed ? colourOf(palette::attention) : secondary);
    }
  }
  painter.setFont(imageFont(10));
  drawHaloText(painter, {g.width / 2 - 90, g.height - margin - 13, 180, 14}, Qt::AlignCenter,
               QStringLiteral("not for diagnostic use"), secondary);
  painter.restore();
}

} // namespace spondyl::viewer
