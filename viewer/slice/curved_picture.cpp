#include "viewer/slice/centre_line.h"
#include "viewer/slice/picture_parts.h"
#include "viewer/slice/scalar_paint.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {

void prepareCurved(SliceInput& input) {
  input.line.reset();
  input.sheet.reset();
  if (!input.shown || !input.state.anyCurved())
    return;
  const Series* series = input.document ? input.document->series(input.state.seriesUid) : nullptr;
  input.line = centreLine(*input.shown, input.state.seriesUid,
                          series ? series->frameOfReferenceUid : std::string(), input.state.curvedAlong);
  if (input.line && input.state.isCurved(input.view))
    input.sheet = std::make_shared<const CurvedSheet>(*input.line, input.view,
                                                      input.state.curved[std::size_t(input.view)]);
}

namespace detail {
namespace {

// `perPixel` samples a side make one device pixel.
std::vector<SampleLine> linesOf(const CurvedGeometry& g, double devicePixelRatio, DeviceSize size,
                                int perPixel) {
  std::vector<SampleLine> lines;
  const double pixel = 1 / (devicePixelRatio * perPixel); // logical
  lines.reserve(std::size_t(size.height) * std::size_t(perPixel));
  for (int y = 0; y < size.height * perPixel; ++y) {
    const CurvedSheet::Row row = g.sheet->row(g.downAt((y + 0.5) * pixel));
    const double first = g.middleAcross + (0.5 * pixel - g.width / 2) * g.mmPerPixel;
    lines.push_back({row.centre + row.across * first + row.normal * g.offset,
                     row.across * (pixel * g.mmPerPixel), row.normal});
  }
  return lines;
}

QImage greyPicture(const SliceInput& input, const CurvedGeometry& g, CurvedCache& cache) {
  const DeviceSize size = deviceSize(input);
  QImage picture(size.width, size.height, QImage::Format_RGB32);
  const bool full = input.quality == SliceQuality::Full;
  const Interpolation interpolation = full ? Interpolation::Linear : Interpolation::Nearest;
  const Slab slab{input.state.slabMm, input.state.slabMode, {}};
  if (cache.volume != input.volume || cache.revision != input.volumeRevision || cache.geometry != g ||
      cache.interpolation != interpolation || cache.slab != slab ||
      cache.devicePixelRatio != input.devicePixelRatio) {
    // Minified: the mean of several samples, else noise is shown for structure.
    const Grid& grid = input.volume->grid();
    const double finest =
        std::max({voxelsPerMm(grid, {1, 0, 0}), voxelsPerMm(grid, {0, 1, 0}), voxelsPerMm(grid, {0, 0, 1})});
    const double device = g.mmPerPixel / input.devicePixelRatio;
    const int perPixel = full ? std::clamp(int(std::ceil(device * finest - 0.25)), 1, 3) : 1;
    const int width = size.width * perPixel;
    cache.stored = resliceLines(*input.volume, linesOf(g, input.devicePixelRatio, size, perPixel), width,
                                interpolation, slab);
    if (perPixel > 1)
      cache.stored = averageDown(cache.stored, width, perPixel);
    cache.volume = input.volume;
    cache.revision = input.volumeRevision;
    cache.geometry = g;
    cache.interpolation = interpolation;
    cache.slab = slab;
    cache.devicePixelRatio = input.devicePixelRatio;
  }
  std::vector<std::uint8_t> grey;
  applyWindow(cache.stored, input.volume->rescale(), input.state.windowing, grey);
  fillGrey(picture, grey);
  return picture;
}

// As in plane pictures.
void paintMap(QImage& picture, const SliceInput& input, const CurvedGeometry& g) {
  if (!showsScalar(input))
    return;
  const auto lines = linesOf(g, input.devicePixelRatio, {picture.width(), picture.height()}, 1);
  const Slab slab{input.state.slabMm, SlabMode::Maximum, {}};
  paintScalar(picture, resliceLines(*input.scalar->map, lines, picture.width(), Interpolation::Linear, slab),
              *input.scalar, input.state.scalarOpacity);
}

std::vector<LevelTag> paintLayers(QImage& picture, const SliceInput& input, const CurvedGeometry& g) {
  std::vector<LevelTag> tags;
  if (!input.shown || input.state.labels == LabelDisplay::Off)
    return tags;
  const Series* series = input.document ? input.document->series(input.state.seriesUid) : nullptr;
  const auto styles = labelStyles(*input.shown, labelStateOf(input));
  const double ratio = input.devicePixelRatio;
  const auto lines = linesOf(g, ratio, {picture.width(), picture.height()}, 1);
  const int outline = std::max(1, int(std::lround(2 * ratio)));
  for (const LabelLayer* layer : shownLayers(*input.shown, series, input.state.seriesUid)) {
    const auto ids = resliceLabelLines(layer->map, lines, picture.width());
    paintLabels(picture, ids, styles, outline);
    if (layer->kind != LayerKind::BoneAndDisc || !input.state.labelNames)
      continue;
    for (const LabelCentroid& c : labelCentroids(ids, picture.width(), *input.shown, styles)) {
      if (double(c.pixels) < smallestName * ratio * ratio)
        continue;
      // On the body where the sheet passes near its middle, else amid what is seen.
      constexpr double nearMm = 12;
      const ChainEntry* entry = input.shown->chain.find(c.instance);
      QPointF place = QPointF(c.x, c.y) / ratio;
      if (entry && std::abs(g.distance(entry->centroid)) < nearMm) {
        const ScreenPoint p = g.position(entry->centroid);
        place = {p.x, p.y};
      }
      tags.push_back(levelTag(input, c.instance, place));
    }
  }
  return tags;
}

// The crosshair's row and column; the row is the cross-section that the axial view shows.
void paintPlace(QPainter& painter, const SliceInput& input, const CurvedGeometry& g) {
  if (!input.crosshair || input.state.annotations == AnnotationDisplay::None || !input.state.crosshairVisible)
    return;
  constexpr double gap = 12;
  const ScreenPoint p = g.position(input.state.crosshair);
  const double x = std::floor(p.x) + 0.5, y = std::floor(p.y) + 0.5;
  const QLineF lines[] = {{40, y, x - gap, y},
                          {x + gap, y, g.width - 60, y},
                          {x, 30, x, y - gap},
                          {x, y + gap, x, g.height - 48}};
  for (const QLineF& line : lines) {
    if ((line.x2() - line.x1()) + (line.y2() - line.y1()) <= 0)
      continue;
    painter.setPen(QPen(QColor(0, 0, 0, 90), 3));
    painter.drawLine(line);
    painter.setPen(QPen(colourOf(palette::accent, 200), 1));
    painter.drawLine(line);
  }
}

// Where the centre line runs: the one thing that a curved picture shows in its true length.
void paintLine(QPainter& painter, const SliceInput& input, const CurvedGeometry& g) {
  if (!input.crosshair || input.state.annotations == AnnotationDisplay::None)
    return;
  QPolygonF points;
  const auto screen = [&](double across, double down) {
    return QPointF((across - g.middleAcross) / g.mmPerPixel + g.width / 2,
                   (down - g.middleDown) / g.mmPerPixel + g.height / 2);
  };
  for (double down = 0; down <= g.sheet->lineEnd(); down += 4)
    points << screen(g.sheet->row(down).lineAcross, down);
  drawHaloLine(painter, points, colourOf(palette::accent, 150), 1, true);
}

} // namespace

QImage renderCurved(const SliceInput& input, CurvedCache& cache) {
  QImage picture;
  EdgeLetters letters;
  std::vector<LevelTag> tags;
  CornerTexts texts = identityTexts(input.document.get(), input.shown.get(), input.state);
  std::optional<CurvedGeometry> g;
  if (input.volume && input.sheet) {
    g = curvedGeometry(input.state, input.view, input.sheet, input.width, input.height);
    picture = greyPicture(input, *g, cache);
    paintMap(picture, input, *g);
    tags = paintLayers(picture, input, *g);
    texts = curvedTexts(input, *g);
    const CurvedSheet::Row middle = g->sheet->row(g->downAt(g->height / 2));
    letters = edgeLetters({middle.centre, middle.across, middle.down});
    letters.top = edgeLetters(g->flatAt({g->width / 2, 0}).plane).top;
    letters.bottom = edgeLetters(g->flatAt({g->width / 2, g->height}).plane).bottom;
  } else {
    const DeviceSize size = deviceSize(input);
    picture = QImage(size.width, size.height, QImage::Format_RGB32);
    picture.fill(Qt::black);
  }
  QPainter painter(&picture);
  painter.scale(input.devicePixelRatio, input.devicePixelRatio);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  if (g) {
    paintLine(painter, input, *g);
    paintPlace(painter, input, *g);
    paintTags(painter, tags);
  } else {
    painter.setFont(imageFont(13));
    painter.setPen(colourOf(palette::textSecondary));
    painter.drawText(QRectF(24, 0, input.width - 48, input.height), Qt::AlignCenter | Qt::TextWordWrap,
                     input.state.curvedAlong == CurvedAlong::Canal
                         ? QStringLiteral("Curved view along the canal: the canal is not outlined here.")
                         : QStringLiteral("Curved view: at least two vertebrae must be outlined and named."));
  }
  paintTexts(painter, input, letters, texts);
  painter.end();
  picture.setDevicePixelRatio(input.devicePixelRatio);
  return picture;
}

} // namespace detail
} // namespace spondyl::viewer
