#include "viewer/scene/scene_picture.h"

#include "viewer/slice/annotations.h"
#include "viewer/slice/corner_text.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double margin = 8, lineHeight = 15, smallView = 300;

// A cube whose faces carry the letter of the side of the patient that they look to.
void drawCube(QPainter& painter, const SceneGeometry& g, QPointF centre, double half) {
  struct Face {
    VectorLps normal, right, up;
    char letter;
  };
  // `right` as seen from outside, so that the letter is never mirrored.
  static const Face faces[] = {
      {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, 'L'},  {{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}, 'R'},
      {{0, -1, 0}, {1, 0, 0}, {0, 0, 1}, 'A'}, {{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}, 'P'},
      {{0, 0, 1}, {1, 0, 0}, {0, 1, 0}, 'H'},  {{0, 0, -1}, {1, 0, 0}, {0, -1, 0}, 'F'},
  };
  const auto screen = [&](VectorLps v) {
    return centre + QPointF(dot(v, g.right) * half, -dot(v, g.up) * half);
  };
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  for (const Face& face : faces) {
    const double facing = dot(face.normal, g.towards);
    if (facing <= 0.02)
      continue;
    QPolygonF corners;
    for (const auto& [a, b] : {std::pair{-1, -1}, {1, -1}, {1, 1}, {-1, 1}})
      corners << screen(face.normal + face.right * a + face.up * b);
    const int grey = int(38 + 46 * facing);
    painter.setPen(QPen(colourOf(palette::textSecondary), 1));
    painter.setBrush(QColor(grey, grey + 2, grey + 5, 235));
    painter.drawPolygon(corners);
    // The letter lies in the face: columns are its right and down on the screen.
    const QPointF middle = screen(face.normal);
    const QPointF right = (screen(face.normal + face.right) - middle) / half,
                  down = (middle - screen(face.normal + face.up)) / half;
    painter.save();
    painter.setTransform(QTransform(right.x(), right.y(), down.x(), down.y(), middle.x(), middle.y()), true);
    painter.setFont(imageFont(half * 1.25, true));
    painter.setPen(colourOf(palette::textPrimary));
    painter.drawText(QRectF(-half, -half, 2 * half, 2 * half), Qt::AlignCenter,
                     QString(QChar::fromLatin1(face.letter)));
    painter.restore();
  }
  painter.restore();
}

void drawLetters(QPainter& painter, const SceneGeometry& g) {
  constexpr double smallest = 0.17;
  painter.setFont(imageFont(15, true));
  const auto at = [&](VectorLps d, QRectF box, int flags) {
    drawHaloText(painter, box, flags, QString::fromStdString(orientationLetters(d, smallest)),
                 colourOf(palette::textPrimary));
  };
  at(-g.right, {margin, g.height / 2 - 10, 60, 20}, Qt::AlignLeft | Qt::AlignVCenter);
  at(g.right, {g.width - margin - 60, g.height / 2 - 10, 60, 20}, Qt::AlignRight | Qt::AlignVCenter);
  at(g.up, {g.width / 2 - 40, margin - 2, 80, 20}, Qt::AlignHCenter | Qt::AlignTop);
  at(-g.up, {g.width / 2 - 40, g.height - margin - 34, 80, 20}, Qt::AlignHCenter | Qt::AlignVCenter);
}

} // namespace

SceneGeometry geometryOf(const SceneInput& input) {
  return sceneGeometry(input.state.scene, input.contents ? input.contents->bounds : SceneBounds{},
                       input.width, input.height);
}

void paintSceneAnnotations(QPainter& painter, const SceneInput& input) {
  const SceneGeometry g = geometryOf(input);
  const ViewState& state = input.state;
  const bool all = state.annotations != AnnotationDisplay::None,
             any = input.contents && !input.contents->items.empty();
  const bool roomy = g.width >= smallView && g.height >= smallView;
  painter.setRenderHint(QPainter::TextAntialiasing);
  if (any && all && state.labelNames)
    for (const SceneTag& tag : input.contents->tags) {
      const ScreenPoint p = g.position(tag.at);
      painter.setFont(imageFont(tag.selected ? 14 : 12, true));
      drawHaloText(painter, QRectF(p.x - 30, p.y - 10, 60, 20), Qt::AlignCenter,
                   QString::fromStdString(tag.name),
                   tag.selected ? QColor(255, 255, 255) : colourOf(palette::textPrimary));
    }
  if (any)
    drawLetters(painter, g);
  if (all && roomy) {
    const CornerTexts texts = identityTexts(input.document.get(), input.shown.get(), state);
    painter.setFont(imageFont(11));
    const double half = g.width / 2 - margin - 34;
    double y = margin;
    for (const QString& line : texts.topLeft) {
      drawHaloText(painter, {margin, y, half, lineHeight}, Qt::AlignLeft | Qt::AlignVCenter, line,
                   colourOf(palette::textPrimary));
      y += lineHeight;
    }
    y = margin;
    QStringList right = texts.topRight;
    if (input.contents && input.contents->fromVolume)
      right << QStringLiteral("Bone by density, not segmented");
    for (const QString& line : right) {
      drawHaloText(painter, {g.width - margin - half, y, half, lineHeight}, Qt::AlignRight | Qt::AlignVCenter,
                   line, colourOf(palette::textPrimary));
      y += lineHeight;
    }
    if (!texts.status.isEmpty())
      drawHaloText(painter, {g.width - margin - half, y, half, lineHeight}, Qt::AlignRight | Qt::AlignVCenter,
                   texts.unreviewed ? QStringLiteral("▲ ") + texts.status : texts.status,
                   colourOf(texts.unreviewed ? palette::attention : palette::textSecondary));
  }
  if (any)
    drawCube(painter, g, {margin + 30, g.height - margin - 34}, 14);
  painter.setFont(imageFont(10));
  drawHaloText(painter, {g.width / 2 - 90, g.height - margin - 13, 180, 14}, Qt::AlignCenter,
               QStringLiteral("not for diagnostic use"), colourOf(palette::textSecondary));
}

QImage renderScene(const SceneInput& input, SceneRenderer& renderer) {
  const int w = std::max(1, int(std::lround(input.width * input.devicePixelRatio)));
  const int h = std::max(1, int(std::lround(input.height * input.devicePixelRatio)));
  QImage picture(w, h, QImage::Format_RGB32);
  picture.fill(Qt::black);
  QPainter painter(&picture);
  if (input.contents && !input.contents->items.empty()) {
    renderer.setItems(input.contents->items);
    const ScenePixels pixels = renderer.render(geometryOf(input), input.devicePixelRatio, input.quality);
    if (pixels.width > 0) {
      const QImage drawn(reinterpret_cast<const uchar*>(pixels.argb.data()), pixels.width, pixels.height,
                         pixels.width * 4, QImage::Format_RGB32);
      painter.setRenderHint(QPainter::SmoothPixmapTransform);
      painter.drawImage(QRect(0, 0, w, h), drawn);
    }
  }
  painter.scale(input.devicePixelRatio, input.devicePixelRatio);
  paintSceneAnnotations(painter, input);
  painter.end();
  picture.setDevicePixelRatio(input.devicePixelRatio);
  return picture;
}

} // namespace spondyl::viewer
