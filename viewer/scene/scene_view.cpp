#include "viewer/scene/scene_view.h"

#include "viewer/scene/scene_worker.h"
#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

namespace spondyl::viewer {
namespace {

constexpr int refineAfterMs = 150;
constexpr double clickSlop = 4;

PointerButton buttonOf(Qt::MouseButton button) {
  return button == Qt::LeftButton     ? PointerButton::Left
         : button == Qt::MiddleButton ? PointerButton::Middle
         : button == Qt::RightButton  ? PointerButton::Right
                                      : PointerButton::None;
}

} // namespace

// The worker's answers arrive on the main thread through the view, as long as there is one.
struct SceneView::Worker : SceneWorker {};

SceneView::SceneView(QWidget* parent) : QWidget(parent), m_worker(std::make_shared<Worker>()) {
  m_input.state.scene = {};
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
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

void SceneView::setActive(bool active) {
  m_active = active;
  update();
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
  request(moving || m_held != PointerButton::None ? SceneQuality::Moving : SceneQuality::Still);
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
  painter.fillRect(rect(), colourOf(palette::background));
  if (!m_picture.isNull()) {
    const QSizeF logical = QSizeF(m_picture.size()) / m_picture.devicePixelRatio();
    if (logical.toSize() == size())
      painter.drawImage(QPointF(0, 0), m_picture);
    else
      painter.drawImage(QRectF(rect()), m_picture);
  }
  if (!m_failure.isEmpty()) {
    painter.setPen(colourOf(palette::textSecondary));
    painter.setFont(imageFont(12));
    painter.drawText(rect(), Qt::AlignCenter | Qt::TextWordWrap,
                     QStringLiteral("3D is not available: no OpenGL 3.2"));
  }
  if (m_active) {
    painter.setPen(QPen(colourOf(palette::accent), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
  }
}

void SceneView::resizeEvent(QResizeEvent*) {
  changed();
}
void SceneView::showEvent(QShowEvent*) {
  changed();
}

PointerEvent SceneView::eventAt(QPointF position, PointerPhase phase, PointerButton button,
                                Qt::KeyboardModifiers modifiers) const {
  PointerEvent e;
  e.phase = phase;
  e.view = ViewKind::Scene3d;
  e.at = {position.x(), position.y()};
  e.button = button;
  e.shift = modifiers & Qt::ShiftModifier;
  e.control = modifiers & Qt::ControlModifier;
  e.alt = modifiers & Qt::AltModifier;
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

void SceneView::mousePressEvent(QMouseEvent* event) {
  if (m_held != PointerButton::None)
    return;
  m_held = buttonOf(event->button());
  m_pressedAt = event->position();
  m_moved = false;
  emit pointer(eventAt(event->position(), PointerPhase::Press, m_held, event->modifiers()));
}

void SceneView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF d = event->position() - m_pressedAt;
  m_moved = m_moved || std::abs(d.x()) > clickSlop || std::abs(d.y()) > clickSlop;
  emit pointer(eventAt(event->position(),
                       m_held == PointerButton::None ? PointerPhase::Hover : PointerPhase::Drag, m_held,
                       event->modifiers()));
}

void SceneView::mouseReleaseEvent(QMouseEvent* event) {
  if (m_held == PointerButton::None || buttonOf(event->button()) != m_held)
    return;
  const PointerButton was = std::exchange(m_held, PointerButton::None);
  const PointerEvent e = eventAt(event->position(), PointerPhase::Release, was, event->modifiers());
  emit pointer(e);
  if (was == PointerButton::Right && !m_moved)
    emit contextMenuWanted(e, event->globalPosition().toPoint());
  changed();
}

void SceneView::mouseDoubleClickEvent(QMouseEvent* event) {
  m_held = buttonOf(event->button()); // the second press comes as this event alone
  m_pressedAt = event->position();
  m_moved = false;
  emit pointer(
      eventAt(event->position(), PointerPhase::DoubleClick, buttonOf(event->button()), event->modifiers()));
}

void SceneView::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->angleDelta();
  m_wheel += (delta.y() != 0 ? delta.y() : delta.x()) / 120.0;
  const double whole = std::trunc(m_wheel);
  event->accept();
  if (whole == 0)
    return;
  m_wheel -= whole;
  PointerEvent e = eventAt(event->position(), PointerPhase::Wheel, PointerButton::None, event->modifiers());
  e.wheelSteps = whole;
  emit pointer(e);
}

void SceneView::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape)
    return QWidget::keyPressEvent(event);
  m_held = PointerButton::None;
  emit pointer(eventAt(m_pressedAt, PointerPhase::Cancel, PointerButton::None, event->modifiers()));
}

} // namespace spondyl::viewer
