#include "viewer/slice/render_slice.h"

#include "core/base/parallel.h"
#include "viewer/slice/overlay_paint.h"
#include "viewer/slice/picture_parts.h"
#include "viewer/slice/scalar_paint.h"
#include "viewer/slice/stroke_preview.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {

using namespace detail;

// What was sampled last, and from what: windowing, labels or a stroke alone do not sample the volume again.
struct SliceCache::Content {
  struct Values {
    VolumePtr volume;
    std::uint64_t revision = 0;
    Raster raster;
    Interpolation interpolation = Interpolation::Nearest;
    Slab slab;
    std::vector<float> stored;
  } values;
  struct Ids {
    LayerId layer;
    std::vector<BrickPtr> bricks; // shared with the map: equal pointers mean equal voxels
    Grid grid;
    Raster raster;
    std::vector<std::uint16_t> ids;
  };
  std::vector<Ids> layers;
  struct Scalar {
    VolumePtr map;
    Raster raster;
    Slab slab;
    std::vector<float> stored;
  } scalar;
  StrokePreview stroke;
  CurvedCache curved;
  std::vector<std::uint8_t> grey;
};

SliceCache::SliceCache() : m_content(std::make_unique<Content>()) {}
SliceCache::~SliceCache() = default;

namespace {

// Samples of `stepRight` × `stepDown` mm that cover the view; the first one's edge is the view's edge.
Raster covering(const SliceGeometry& g, double stepRight, double stepDown) {
  Raster raster;
  raster.stepColumn = g.plane.right * stepRight;
  raster.stepRow = g.plane.down * stepDown;
  raster.width = std::max(1, int(std::ceil(g.width * g.mmPerPixel / stepRight - 1e-6)));
  raster.height = std::max(1, int(std::ceil(g.height * g.mmPerPixel / stepDown - 1e-6)));
  raster.origin = g.at({0, 0}) + raster.stepColumn * 0.5 + raster.stepRow * 0.5;
  return raster;
}

struct Sampling {
  Raster raster;
  int average = 1; ///< samples per side that make one device pixel (minified pictures)
};

Sampling samplingOf(const SliceInput& input, const SliceGeometry& g) {
  const double device = g.mmPerPixel / input.devicePixelRatio;
  const Grid& grid = input.volume->grid();
  const double right = voxelsPerMm(grid, g.plane.right), down = voxelsPerMm(grid, g.plane.down);
  if (input.quality == SliceQuality::Interactive) {
    // Half resolution where a device pixel is smaller than the voxel anyway or the view is large.
    const double coarse =
        device * (input.devicePixelRatio > 1 || input.width * input.height > 600'000 ? 2 : 1);
    return {covering(g, std::max(coarse, 0.5 / right), std::max(coarse, 0.5 / down)), 1};
  }
  const int average = std::clamp(int(std::ceil(device * std::max(right, down) - 0.25)), 1, 3);
  if (average > 1)
    return {covering(g, device / average, device / average), average};
  return {covering(g, std::max(device, 0.5 / right), std::max(device, 0.5 / down)), 1};
}

// The grey picture in device pixels.
QImage greyPicture(const SliceInput& input, const SliceGeometry& g, SliceCache::Content& cache) {
  const DeviceSize device = deviceSize(input);
  QImage picture(device.width, device.height, QImage::Format_RGB32);
  if (!input.volume) {
    picture.fill(Qt::black);
    return picture;
  }
  const Sampling sampling = samplingOf(input, g);
  const bool full = input.quality == SliceQuality::Full;
  const Interpolation interpolation = full ? Interpolation::Linear : Interpolation::Nearest;
  const Slab slab{input.state.slabMm, input.state.slabMode, g.plane.normal()};
  auto& values = cache.values;
  if (values.volume != input.volume || values.revision != input.volumeRevision ||
      values.raster != sampling.raster || values.interpolation != interpolation || values.slab != slab) {
    values.stored = reslice(*input.volume, sampling.raster, interpolation, slab);
    values.volume = input.volume;
    values.revision = input.volumeRevision;
    values.raster = sampling.raster;
    values.interpolation = interpolation;
    values.slab = slab;
  }
  const int w = sampling.raster.width / sampling.average, h = sampling.raster.height / sampling.average;
  std::vector<float> averaged;
  if (sampling.average > 1)
    averaged = averageDown(values.stored, sampling.raster.width, sampling.average);
  applyWindow(sampling.average > 1 ? averaged : values.stored, input.volume->rescale(), input.state.windowing,
              cache.grey);

  if (w == device.width && h == device.height) {
    fillGrey(picture, cache.grey);
    return picture;
  }
  const QImage grey(cache.grey.data(), w, h, w, QImage::Format_Grayscale8);
  picture.fill(Qt::black);
  QPainter painter(&picture);
  painter.setRenderHint(QPainter::SmoothPixmapTransform, full);
  const double pixelsPerMm = input.devicePixelRatio / g.mmPerPixel;
  const double step = sampling.average;
  painter.drawImage(QRectF(0, 0, w * step * length(sampling.raster.stepColumn) * pixelsPerMm,
                           h * step * length(sampling.raster.stepRow) * pixelsPerMm),
                    grey, QRectF(0, 0, w, h));
  return picture;
}

const std::vector<std::uint16_t>& layerIds(const LabelLayer& layer, std::size_t at, const Raster& raster,
                                           SliceCache::Content& cache) {
  if (cache.layers.size() <= at)
    cache.layers.resize(at + 1);
  auto& entry = cache.layers[at];
  const auto bricks = layer.map.bricks();
  if (entry.layer != layer.id || entry.raster != raster || !(entry.grid == layer.map.grid()) ||
      !std::equal(bricks.begin(), bricks.end(), entry.bricks.begin(), entry.bricks.end())) {
    entry.ids = resliceLabels(layer.map, raster);
    entry.layer = layer.id;
    entry.raster = raster;
    entry.grid = layer.map.grid();
    entry.bricks.assign(bricks.begin(), bricks.end());
  }
  return entry.ids;
}

// Device pixels: the body's centre where the plane passes near it, else the middle of what is seen.
QPointF namePlace(const LabelCentroid& c, const std::vector<std::uint16_t>& ids, QSize size,
                  const SliceInput& input, const SliceGeometry& g) {
  constexpr double nearMm = 12;
  const ChainEntry* entry = input.shown->chain.find(c.instance);
  if (!entry || std::abs(g.plane.signedDistance(entry->centroid)) > nearMm)
    return {c.x, c.y};
  const ScreenPoint p = g.position(entry->centroid);
  const QPoint at(int(p.x * input.devicePixelRatio), int(p.y * input.devicePixelRatio));
  if (!QRect(QPoint(0, 0), size).contains(at))
    return {c.x, c.y};
  const std::uint16_t id = ids[std::size_t(at.y()) * std::size_t(size.width()) + std::size_t(at.x())];
  const Structure* s = input.shown->structures.find(StructureId{id});
  return s && s->instance == c.instance ? QPointF(at) : QPointF(c.x, c.y);
}

// One sample a device pixel.
Raster pixelsOf(const QImage& picture, const SliceInput& input, const SliceGeometry& g) {
  const double device = g.mmPerPixel / input.devicePixelRatio;
  Raster raster = covering(g, device, device);
  raster.width = picture.width();
  raster.height = picture.height();
  return raster;
}

// In a slab the highest value counts: what is uncertain anywhere in it must not vanish in a mean.
void paintMap(QImage& picture, const SliceInput& input, const SliceGeometry& g, SliceCache::Content& cache) {
  if (!showsScalar(input))
    return;
  const Raster raster = pixelsOf(picture, input, g);
  const Slab slab{input.state.slabMm, SlabMode::Maximum, g.plane.normal()};
  auto& kept = cache.scalar;
  if (kept.map != input.scalar->map || kept.raster != raster || kept.slab != slab)
    kept = {input.scalar->map, raster, slab,
            reslice(*input.scalar->map, raster, Interpolation::Linear, slab)};
  paintScalar(picture, kept.stored, *input.scalar, input.state.scalarOpacity);
}

std::vector<LevelTag> paintLayers(QImage& picture, const SliceInput& input, const SliceGeometry& g,
                                  SliceCache::Content& cache) {
  std::vector<LevelTag> tags;
  if (!input.shown || !input.volume || input.state.labels == LabelDisplay::Off)
    return tags;
  const Series* series = input.document ? input.document->series(input.state.seriesUid) : nullptr;
  const auto styles = labelStyles(*input.shown, labelStateOf(input));
  const Raster raster = pixelsOf(picture, input, g);
  const int outline = std::max(1, int(std::lround(2 * input.devicePixelRatio)));
  std::size_t at = 0;
  for (const LabelLayer* layer : shownLayers(*input.shown, series, input.state.seriesUid)) {
    const auto* ids = &layerIds(*layer, at++, raster, cache);
    if (input.stroke && layer->kind == input.stroke->layer)
      ids = &cache.stroke.painted(*input.stroke, layer->map, raster, *ids);
    paintLabels(picture, *ids, styles, outline);
    if (layer->kind != LayerKind::BoneAndDisc || !input.state.labelNames)
      continue;
    const double ratio = input.devicePixelRatio;
    for (const LabelCentroid& c : labelCentroids(*ids, picture.width(), *input.shown, styles))
      if (double(c.pixels) >= smallestName * ratio * ratio)
        tags.push_back(levelTag(input, c.instance, namePlace(c, *ids, picture.size(), input, g) / ratio));
  }
  return tags;
}

} // namespace

namespace detail {

DeviceSize deviceSize(const SliceInput& input) {
  return {std::max(1, int(std::lround(input.width * input.devicePixelRatio))),
          std::max(1, int(std::lround(input.height * input.devicePixelRatio)))};
}

double voxelsPerMm(const Grid& grid, VectorLps direction) {
  const PointIjk rate = grid.directionToIjk(direction);
  return std::max({std::abs(rate.i), std::abs(rate.j), std::abs(rate.k), 1e-9});
}

std::vector<float> averageDown(const std::vector<float>& fine, int width, int n) {
  const int w = width / n, h = int(fine.size() / std::size_t(width)) / n;
  std::vector<float> out(std::size_t(w) * std::size_t(h));
  parallelFor(std::size_t(h), 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t y = begin; y < end; ++y)
      for (int x = 0; x < w; ++x) {
        float sum = 0, hits = 0;
        for (int b = 0; b < n; ++b)
          for (int a = 0; a < n; ++a) {
            const float v =
                fine[(y * std::size_t(n) + std::size_t(b)) * std::size_t(width) + std::size_t(x * n + a)];
            if (std::isnan(v))
              continue;
            sum += v;
            hits += 1;
          }
        out[y * std::size_t(w) + std::size_t(x)] =
            hits > 0 ? sum / hits : std::numeric_limits<float>::quiet_NaN();
      }
  });
  return out;
}

void fillGrey(QImage& picture, const std::vector<std::uint8_t>& grey) {
  const int w = picture.width();
  for (int y = 0; y < picture.height(); ++y) {
    auto* line = reinterpret_cast<QRgb*>(picture.scanLine(y));
    const std::uint8_t* from = grey.data() + std::size_t(y) * std::size_t(w);
    for (int x = 0; x < w; ++x)
      line[x] = 0xFF000000u | from[x] * 0x010101u;
  }
}

LevelTag levelTag(const SliceInput& input, InstanceId instance, QPointF at) {
  QColor colour(217, 221, 225);
  for (const Structure& s : input.shown->structures.all())
    if (s.instance == instance && s.part != Part::Disc) {
      const auto rgb = structureColour(s, input.shown->chain);
      colour = QColor(rgb[0], rgb[1], rgb[2]);
    }
  return {QString::fromStdString(input.shown->chain.displayName(instance)), at, colour,
          instance == input.state.selected};
}

} // namespace detail

SliceGeometry geometryOf(const SliceInput& input) {
  const Grid grid = input.volume ? input.volume->grid() : Grid();
  return sliceGeometry(input.state, input.view, grid, input.width, input.height);
}

std::vector<const LabelLayer*> shownLayers(const EffectiveCase& shown, const Series* series,
                                           const std::string& seriesUid) {
  std::vector<const LabelLayer*> out;
  for (const LabelLayer& layer : shown.layers)
    if (layer.seriesUid == seriesUid || (series && !series->frameOfReferenceUid.empty() &&
                                         layer.frameOfReferenceUid == series->frameOfReferenceUid))
      out.push_back(&layer);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) { return a->kind < b->kind; });
  return out;
}

QImage renderSlice(const SliceInput& input, SliceCache* cache) {
  SliceCache own;
  SliceCache::Content& content = (cache ? *cache : own).content();
  if (input.state.isCurved(input.view))
    return renderCurved(input, content.curved);
  const SliceGeometry geometry = geometryOf(input);
  QImage picture = greyPicture(input, geometry, content);
  if (!input.stroke)
    content.stroke.clear();
  paintMap(picture, input, geometry, content);
  const std::vector<LevelTag> tags = paintLayers(picture, input, geometry, content);
  QPainter painter(&picture);
  painter.scale(input.devicePixelRatio, input.devicePixelRatio);
  paintCrosshair(painter, input, geometry); // under a value, not through it
  if (input.overlay) {
    std::vector<QRectF> names;
    for (const LevelTag& tag : tags)
      names.push_back(tagBox(tag));
    paintOverlay(painter, *input.overlay, geometry, std::move(names));
  }
  paintAnnotations(painter, input, geometry, tags);
  painter.end();
  picture.setDevicePixelRatio(input.devicePixelRatio);
  return picture;
}

} // namespace spondyl::viewer
