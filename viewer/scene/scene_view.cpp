#include "viewer/scene/scene_view.h"

#include "viewer/scene/scene_worker.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QPainter>

namespace spondyl::viewer {
namespace {

constexpr int refineAfterMs = 150;

} // namespace

// The worker's answers arrive on the main thread through the view, as long as there is one.
struct SceneView::Worker : SceneWorker {};

SceneView::SceneView(QWidget* parent) : PointerWidget(parent), m_worker(std::make_shared<Worker>()) {
  m_input.state.scene = {};
  setAccessibleName(QStringLiteral("3D"));
  m_refine.setSingleShot(true);
  connect(&m_refine, &QTimer::timeout, this, [this] { request(SceneQuality::Still); });
  m_worker->onContents = [this](SceneContentsPtr contents, std::uint64_t generation) {
    QMetaObject::invokeMethod(
        this, [this, contents, generation] { deliverContents(contents, generation); }, Qt::QueuedConnection);
  };
  m_worker->onPicture = [this](const SceneWorker::Picture& p) {
    const Delivery d{p.image,
                     p.generation,
                     p.quality,
                     p.milliseconds,
                     QString::fromStdString(p.rendererName),
                     QString::fromStdString(p.failure)};
    QMetaObject::invokeMethod(
        this, [this, d] { deliverPicture(d); }, Qt::QueuedConnection);
  };
}

SceneView::~SceneView() {
  m_worker->stop();
}

bool SceneView::isUpToDate() const {
  return m_builtGeneration == m_contentsGeneration && m_shownGeneration == m_generation &&
         m_shownQuality == SceneQuality::Still;
}

void SceneView::setContents(VolumePtr volume, CasePtr document, std::shared_ptr<const EffectiveCase> shown,
                            const ViewState& state) {
  m_volume = std::move(volume);
  m_input.document = std::move(document);
  m_input.shown = std::move(shown);
  m_input.state = state;
  rebuild();
  changed();
}

void SceneView::setState(const ViewState& state) {
  const ViewState before = std::exchange(m_input.state, state);
  if (before.selected != state.selected || before.hidden != state.hidden ||
      before.seriesUid != state.seriesUid ||
      (before.labels == LabelDisplay::Off) != (state.labels == LabelDisplay::Off))
    rebuild();
  if (before.scene != state.scene)
    changed(true);
  else if (before.selected != state.selected || before.labelNames != state.labelNames ||
           before.annotations != state.annotations || before.labels != state.labels)
    changed();
}

void SceneView::rebuild() {
  m_worker->build({m_volume, m_input.document, m_input.shown, m_input.state, ++m_contentsGeneration});
}

void SceneView::deliverContents(SceneContentsPtr contents, std::uint64_t generation) {
  m_builtGeneration = generation;
  m_input.contents = std::move(contents);
  changed();
}

void SceneView::changed(bool moving) {
  ++m_generation;
  request(moving || gestureGoesOn() ? SceneQuality::Moving : SceneQuality::Still);
}

void SceneView::request(SceneQuality quality) {
  if (!isVisible() || width() < 1 || height() < 1)
    return;
  m_input.width = width();
  m_input.height = height();
  m_input.devicePixelRatio = devicePixelRatioF();
  m_input.quality = quality;
  m_worker->draw(m_input, m_generation);
  if (quality == SceneQuality::Moving)
    m_refine.start(refineAfterMs);
  else
    m_refine.stop();
}

void SceneView::deliverPicture(const Delivery& d) {
  if (!d.failure.isEmpty() && m_failure.isEmpty())
    emit unavailable(d.failure);
  m_failure = d.failure;
  m_picture = d.picture;
  m_shownGeneration = d.generation;
  m_shownQuality = d.quality;
  m_renderMs = d.milliseconds;
  m_rendererName = d.rendererName;
  update();
  emit pictureReady();
}

void SceneView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  paintPicture(painter, m_picture);
  if (!m_failure.isEmpty()) {
    painter.setPen(colourOf(palette::textSecondary));
    painter.setFont(imageFont(12));
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     QStringLiteral("3D is not available: no OpenGL 3.2"));
  }
  paintActiveBorder(painter);
}

void SceneView::resizeEvent(QResizeEvent*) {
  changed();
}
void SceneView::showEvent(QShowEvent*) {
  changed();
}

PointerEvent SceneView::pointerEventAt(QPointF position, PointerPhase phase) const {
  PointerEvent e;
  e.phase = phase;
  e.view = ViewKind::Scene3d;
  e.at = {position.x(), position.y()};
  e.geometry.width = width();
  e.geometry.height = height();
  const bool picks =
      phase == PointerPhase::Press || phase == PointerPhase::Release || phase == PointerPhase::DoubleClick;
  if (m_input.contents) {
    SceneInput now = m_input;
    now.width = width();
    now.height = height();
    const SceneGeometry g = geometryOf(now);
    e.lps = g.at(e.at);
    e.geometry.mmPerPixel = g.mmPerPixel;
    if (picks)
      if (const auto pick = pickSurface(m_input.contents->items, g, e.at)) {
        e.picked = pick->surface->instance;
        e.lps = pick->at;
      }
  }
  return e;
}

} // namespace spondyl::viewer
