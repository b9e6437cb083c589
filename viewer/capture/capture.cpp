#include "viewer/capture/capture.h"

#include <QBuffer>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace spondyl::viewer {

Photographer::Photographer(VolumePtr volume, CasePtr document, std::string seriesUid, std::size_t stack)
    : m_volume(std::move(volume)), m_document(std::move(document)), m_seriesUid(std::move(seriesUid)),
      m_stack(stack) {}
Photographer::~Photographer() = default;

std::string Photographer::rendererName() const {
  return m_renderer ? m_renderer->rendererName() : std::string();
}

namespace {

bool insideVolume(const Grid& grid, PointLps p) {
  return grid.contains(nearestIndex(grid.toIjk(p)));
}

std::string pointText(PointLps p) {
  return std::to_string(p.x) + "," + std::to_string(p.y) + "," + std::to_string(p.z);
}

// Where a picture looks that was asked for without a place: at the middle vertebra, else the volume's centre.
std::optional<PointLps> usualPlace(const EffectiveCase& shown, const Grid& grid) {
  const auto& entries = shown.chain.entries;
  if (entries.empty())
    return std::nullopt;
  const PointLps p = entries[entries.size() / 2].centroid;
  return insideVolume(grid, p) ? std::optional(p) : std::nullopt;
}

} // namespace

Result<ViewState> Photographer::stateFor(const CaptureRequest& request, const EffectiveCase& shown) const {
  const Series* series = m_document ? m_document->series(m_seriesUid) : nullptr;
  if (!series || !m_volume)
    return fail(ErrorCode::UnknownItem, {"series", m_seriesUid}, "Photographer");
  const Grid& grid = m_volume->grid();
  ViewState state = request.state ? *request.state : initialState(*series, *m_volume, int(m_stack));
  InstanceId instance = request.instance;
  if (request.level) {
    const ChainEntry* entry = shown.chain.find(*request.level);
    if (!entry)
      return fail(ErrorCode::UnknownItem, {"level", levelName(*request.level)}, "Photographer");
    instance = entry->instance;
  }
  if (instance) {
    if (!shown.chain.find(instance))
      return fail(ErrorCode::UnknownItem, {"level", std::to_string(instance.value)}, "Photographer");
    state = levelAligned(std::move(state), shown, instance);
    // Only the axial plane follows the endplates: upright sagittal and coronal pictures are what is compared.
    const Plane axial = state.plane(ViewKind::Axial);
    state = unaligned(std::move(state));
    state.planes[std::size_t(ViewKind::Axial)] = axial;
  } else if (request.at) {
    if (!insideVolume(grid, *request.at))
      return fail(ErrorCode::UnknownItem, {"point inside the volume", pointText(*request.at)},
                  "Photographer");
    state = movedTo(std::move(state), *request.at);
  } else if (!request.state) {
    if (const auto place = usualPlace(shown, grid))
      state = movedTo(std::move(state), *place);
  }
  if (request.windowing) { // a radiograph keeps its curve and its polarity
    const Windowing own = state.windowing;
    state.windowing = *request.windowing;
    if (state.ownPlane && !state.windowing.curve)
      state.windowing.curve = own.curve;
    if (state.ownPlane)
      state.windowing.inverted = state.windowing.inverted || own.inverted;
  }
  state.labels = request.labels;
  state.labelNames = request.labels != LabelDisplay::Off && state.labelNames;
  state.slabMm = request.slabMm;
  state.slabMode = request.slabMode;
  state.annotations = request.annotations;
  state.crosshairVisible = request.crosshair;
  if (request.scene)
    state.scene = *request.scene;
  return kept(std::move(state));
}

SliceInput Photographer::sliceInput(const CaptureRequest& request, const ViewState& state, ViewKind view,
                                    const ShownPtr& shown, int width, int height) const {
  SliceInput input;
  input.volume = m_volume;
  input.document = m_document;
  input.shown = shown;
  input.state = state;
  input.view = view;
  input.devicePixelRatio = request.devicePixelRatio;
  input.width = std::max(1, int(std::lround(width / request.devicePixelRatio)));
  input.height = std::max(1, int(std::lround(height / request.devicePixelRatio)));
  input.crosshair = request.crosshair;
  input.overlay = request.overlay;
  input.scalar = request.scalar;
  return input;
}

Result<QImage> Photographer::curvedPicture(const CaptureRequest& request, const ViewState& state,
                                           const ShownPtr& shown) {
  const ViewKind view = request.view == CaptureView::Curved ? ViewKind::Sagittal : ViewKind::Coronal;
  SliceInput input = sliceInput(request, state, view, shown, request.width, request.height);
  input.state.curvedAlong = request.curvedAlong;
  input.state.curved[std::size_t(view)] = request.curvedMode;
  prepareCurved(input);
  if (!input.line || !input.sheet)
    return fail(ErrorCode::UnknownItem, {"centre line", m_seriesUid}, "Photographer");
  if (!request.at) // else beside the line, through the point
    input.state = withCurved(std::move(input.state), view, request.curvedMode, *input.line);
  if (request.fieldOfViewMm && *request.fieldOfViewMm > 0) {
    SliceCamera& camera = input.state.cameras[std::size_t(view)];
    camera.mmPerPixel = *request.fieldOfViewMm / input.height;
    if (request.level || request.instance || request.at) {
      const CurvedGeometry g = curvedGeometry(input.state, view, input.sheet, input.width, input.height);
      const CurvedSheet::Place place = g.sheet->placeOf(state.crosshair);
      camera.panRightMm = place.across - g.middleAcross;
      camera.panDownMm = place.down - g.middleDown;
    }
  }
  return renderSlice(input);
}

QImage Photographer::slicePicture(const CaptureRequest& request, const ViewState& state, ViewKind view,
                                  const ShownPtr& shown, int width, int height) const {
  SliceInput input = sliceInput(request, state, view, shown, width, height);
  if (input.state.isCurved(view))
    prepareCurved(input);
  if (request.fieldOfViewMm && *request.fieldOfViewMm > 0) {
    SliceCamera& camera = input.state.cameras[std::size_t(view)];
    camera.mmPerPixel = *request.fieldOfViewMm / input.height;
    const Plane& plane = state.plane(view);
    const VectorLps off = state.crosshair - sectionCentre(plane, m_volume->grid());
    camera.panRightMm = dot(off, plane.right);
    camera.panDownMm = dot(off, plane.down);
  }
  return renderSlice(input);
}

Result<QImage> Photographer::scenePicture(const CaptureRequest& request, const ViewState& state,
                                          const ShownPtr& shown, int width, int height) {
  if (!m_renderer) {
    SPONDYL_TRY(m_renderer, SceneRenderer::create());
  }
  SceneInput input;
  SPONDYL_TRY(input.contents, m_builder.build(m_volume, m_document, shown, state));
  input.document = m_document;
  input.shown = shown;
  input.state = state;
  input.devicePixelRatio = request.devicePixelRatio;
  input.width = std::max(1, int(std::lround(width / request.devicePixelRatio)));
  input.height = std::max(1, int(std::lround(height / request.devicePixelRatio)));
  return renderScene(input, *m_renderer);
}

Result<QImage> Photographer::take(const CaptureRequest& request) {
  const Case none;
  const auto shown = std::make_shared<const EffectiveCase>(
      effective(m_document ? *m_document : none, request.includeProposed));
  SPONDYL_TRY(const ViewState state, stateFor(request, *shown));
  if (state.ownPlane) {
    const bool plane = request.view == CaptureView::Sagittal || request.view == CaptureView::Coronal ||
                       request.view == CaptureView::Axial;
    if (!plane)
      return fail(ErrorCode::ProjectionImage, {m_document->series(m_seriesUid)->description}, "Photographer");
    return slicePicture(request, state, radiographView(*state.ownPlane), shown, request.width,
                        request.height);
  }
  switch (request.view) {
  case CaptureView::Sagittal:
    return slicePicture(request, state, ViewKind::Sagittal, shown, request.width, request.height);
  case CaptureView::Coronal:
    return slicePicture(request, state, ViewKind::Coronal, shown, request.width, request.height);
  case CaptureView::Axial:
    return slicePicture(request, state, ViewKind::Axial, shown, request.width, request.height);
  case CaptureView::Scene3d:
    return scenePicture(request, state, shown, request.width, request.height);
  case CaptureView::Curved:
  case CaptureView::CurvedCoronal:
    return curvedPicture(request, state, shown);
  case CaptureView::Grid:
    break;
  }
  constexpr int gap = 4;
  const int w = (request.width - gap) / 2, h = (request.height - gap) / 2;
  SPONDYL_TRY(const QImage scene, scenePicture(request, state, shown, w, h));
  std::vector<QImage> cells;
  for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Axial, ViewKind::Coronal})
    cells.push_back(slicePicture(request, state, view, shown, w, h));
  cells.push_back(scene);
  const QImage sheet = contactSheet(cells, 2, gap);
  // Odd sizes: the asked size exactly.
  return sheet.copy(0, 0, request.width, request.height);
}

QImage contactSheet(const std::vector<QImage>& pictures, int columns, int gap) {
  if (pictures.empty() || columns < 1)
    return {};
  int w = 1, h = 1;
  for (const QImage& p : pictures) {
    w = std::max(w, p.width());
    h = std::max(h, p.height());
  }
  const int n = int(pictures.size()), used = std::min(columns, n), rows = (n + columns - 1) / columns;
  QImage sheet(used * w + (used - 1) * gap, rows * h + (rows - 1) * gap, QImage::Format_RGB32);
  sheet.fill(QColor(0x2B, 0x30, 0x36));
  QPainter painter(&sheet);
  for (int a = 0; a < n; ++a) {
    QImage cell = pictures[std::size_t(a)];
    cell.setDevicePixelRatio(1);
    painter.drawImage((a % columns) * (w + gap), (a / columns) * (h + gap), cell);
  }
  return sheet;
}

Status savePng(const QImage& picture, const Path& path) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QImage plain = picture;
  plain.setDevicePixelRatio(1);
  if (!plain.save(&buffer, "PNG"))
    return fail(ErrorCode::Internal, {"PNG writer"}, "savePng");
  return writeFileWhole(path, std::string_view(bytes.constData(), std::size_t(bytes.size())));
}

} // namespace spondyl::viewer
