// Where other planes, the slab and the centre line cross a slice.

#include "viewer/slice/annotations.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double gap = 12;              // of the crosshair's middle, half of 24 px
constexpr double marginOfMarks = 14;    // px from the border, when the lines are hidden
constexpr double farthestFromLine = 60; // mm: a centre line behind the picture is not drawn on it

struct ScreenLine {
  QPointF at, direction;
};

// Where the plane through `other` meets this one. None: nearly parallel.
std::optional<ScreenLine> intersection(const Plane& other, const SliceGeometry& g) {
  const VectorLps d = cross(other.normal(), g.plane.normal());
  if (length(d) < 0.05)
    return std::nullopt;
  const ScreenPoint p = g.position(other.origin);
  ScreenLine line{{p.x, p.y}, {dot(normalized(d), g.plane.right), dot(normalized(d), g.plane.down)}};
  // On the pixel grid where the line runs along it: one crisp pixel.
  if (std::abs(line.direction.x()) < 1e-6)
    line.at.setX(std::floor(line.at.x()) + 0.5);
  if (std::abs(line.direction.y()) < 1e-6)
    line.at.setY(std::floor(line.at.y()) + 0.5);
  return line;
}

// All but the letters at the edges.
QRegion freeRegion(const SliceGeometry& g) {
  const int w = int(g.width), h = int(g.height);
  QRegion free(0, 0, w, h);
  for (const QRect letter : {QRect(0, h / 2 - 11, 34, 22), QRect(w - 54, h / 2 - 11, 54, 22),
                             QRect(w / 2 - 16, 0, 32, 27), QRect(w / 2 - 16, h - 45, 32, 45)})
    free -= letter;
  return free;
}

void stroke(QPainter& painter, const ScreenLine& line, double from, double to, QColor colour,
            bool dashed = false) {
  painter.setPen(QPen(QColor(0, 0, 0, 90), 3));
  painter.drawLine(line.at + line.direction * from, line.at + line.direction * to);
  QPen pen(colour, 1);
  if (dashed)
    pen.setDashPattern({4, 4});
  painter.setPen(pen);
  painter.drawLine(line.at + line.direction * from, line.at + line.direction * to);
}

// "Axial 34", where the line leaves the picture at the left or at the top.
void nameLine(QPainter& painter, const ScreenLine& line, const QString& name, const SliceGeometry& g) {
  const bool flat = std::abs(line.direction.x()) >= std::abs(line.direction.y());
  const double slope =
      flat ? line.direction.y() / line.direction.x() : line.direction.x() / line.direction.y();
  const QPointF edge = flat ? QPointF(40, line.at.y() + (40 - line.at.x()) * slope)
                            : QPointF(line.at.x() + (72 - line.at.y()) * slope, 72);
  painter.setFont(imageFont(10));
  const QRectF box =
      flat ? QRectF(edge.x(), edge.y() - 15, 120, 14) : QRectF(edge.x() + 4, edge.y(), 120, 14);
  if (QRectF(0, 0, g.width, g.height).contains(box.topLeft()))
    drawHaloText(painter, box, Qt::AlignLeft | Qt::AlignVCenter, name, colourOf(palette::accent));
}

// First and last acquired slice.
void strokeStack(QPainter& painter, const Grid& grid, const SliceGeometry& g) {
  const VectorLps i = normalized(grid.stepI()), j = normalized(grid.stepJ());
  const Plane slice{{}, i, normalized(j - i * dot(i, j))};
  for (const int k : {0, grid.size().k - 1}) {
    Plane end = slice;
    end.origin = grid.toLps(IndexIjk{grid.size().i / 2, grid.size().j / 2, k});
    if (const auto line = intersection(end, g))
      stroke(painter, *line, -g.width - g.height, g.width + g.height, colourOf(palette::textSecondary, 150),
             true);
  }
}

void strokeCentreLine(QPainter& painter, const CentreLine& centre, const SliceGeometry& g) {
  QPolygonF points;
  double nearest = 1e300;
  for (const CentreLine::Point& p : centre.points) {
    const ScreenPoint s = g.position(p.at);
    points << QPointF(s.x, s.y);
    nearest = std::min(nearest, std::abs(g.plane.signedDistance(p.at)));
  }
  if (nearest < farthestFromLine)
    drawHaloLine(painter, points, colourOf(palette::accent, 200), 1, true);
}

} // namespace

void paintCrosshair(QPainter& painter, const SliceInput& input, const SliceGeometry& g) {
  const ViewState& state = input.state;
  if (!input.crosshair || !input.volume || state.annotations == AnnotationDisplay::None)
    return;
  const double far = g.width + g.height;
  const QColor accent = colourOf(palette::accent, 200);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, true);
  const QRegion free = freeRegion(g);
  painter.setClipRegion(free);
  if (state.referenceLines)
    strokeStack(painter, input.volume->grid(), g);
  if (input.line && state.anyCurved() && input.view != ViewKind::Axial)
    strokeCentreLine(painter, *input.line, g);
  for (std::size_t v = 0; v < 3; ++v) {
    if (v == std::size_t(input.view) || state.curved[v] != CurvedMode::Off)
      continue;
    const Plane& other = state.planes[v];
    const auto line = intersection(other, g);
    if (!line)
      continue;
    if (state.slabMm > 0 && (state.crosshairVisible || state.referenceLines))
      for (const double side : {-0.5, 0.5}) {
        Plane edge = other;
        edge.origin = other.origin + other.normal() * (side * state.slabMm);
        if (const auto at = intersection(edge, g))
          stroke(painter, *at, -far, far, colourOf(palette::accent, 130), true);
      }
    if (state.crosshairVisible || state.referenceLines) {
      const double from = state.crosshairVisible ? gap : 0;
      stroke(painter, *line, from, far, accent);
      stroke(painter, *line, -from, -far, accent);
    } else { // marks at the border only
      const int m = int(marginOfMarks);
      painter.setClipRegion(free.subtracted(QRegion(m, m, int(g.width) - 2 * m, int(g.height) - 2 * m)));
      stroke(painter, *line, gap, far, accent);
      stroke(painter, *line, -gap, -far, accent);
    }
    if (state.referenceLines) {
      const SliceNumber slice = sliceNumber(other, input.volume->grid());
      QString name = QString::fromStdString(viewName(ViewKind(v)));
      if (slice.parallel)
        name += QStringLiteral(" %1").arg(slice.number);
      nameLine(painter, *line, name, g);
    }
  }
  painter.restore();
}

} // namespace spondyl::viewer
