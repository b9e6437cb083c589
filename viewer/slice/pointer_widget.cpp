#include "viewer/slice/pointer_widget.h"

#include "viewer/slice/text_paint.h"
#include "viewer/state/palette.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <cmath>

namespace spondyl::viewer {
namespace {

constexpr double clickSlop = 4;

PointerButton buttonOf(Qt::MouseButton button) {
  return button == Qt::LeftButton     ? PointerButton::Left
         : button == Qt::MiddleButton ? PointerButton::Middle
         : button == Qt::RightButton  ? PointerButton::Right
                                      : PointerButton::None;
}

} // namespace

PointerWidget::PointerWidget(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
}

void PointerWidget::setActive(bool active) {
  m_active = active;
  update();
}

void PointerWidget::paintPicture(QPainter& painter, const QImage& picture) const {
  painter.fillRect(rect(), colourOf(palette::background));
  if (picture.isNull())
    return;
  const QSizeF logical = QSizeF(picture.size()) / picture.devicePixelRatio();
  if (logical.toSize() == size())
    painter.drawImage(QPointF(0, 0), picture);
  else
    painter.drawImage(QRectF(rect()), picture); // being resized: the old one until the new one comes
}

void PointerWidget::paintActiveBorder(QPainter& painter) const {
  if (!m_active)
    return;
  painter.setPen(QPen(colourOf(palette::accent), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

PointerEvent PointerWidget::eventOf(const QSinglePointEvent& event, PointerPhase phase,
                                    PointerButton button) const {
  PointerEvent e = pointerEventAt(event.position(), phase);
  e.button = button;
  e.shift = event.modifiers() & Qt::ShiftModifier;
  e.control = event.modifiers() & Qt::ControlModifier;
  e.alt = event.modifiers() & Qt::AltModifier;
  return e;
}

void PointerWidget::mousePressEvent(QMouseEvent* event) {
  if (gestureGoesOn())
    return; // one gesture at a time
  m_held = buttonOf(event->button());
  m_pressedAt = event->position();
  m_moved = false;
  emit pointer(eventOf(*event, PointerPhase::Press, m_held));
}

void PointerWidget::mouseMoveEvent(QMouseEvent* event) {
  const QPointF d = event->position() - m_pressedAt;
  m_moved = m_moved || std::abs(d.x()) > clickSlop || std::abs(d.y()) > clickSlop;
  emit pointer(eventOf(*event, gestureGoesOn() ? PointerPhase::Drag : PointerPhase::Hover, m_held));
}

void PointerWidget::mouseReleaseEvent(QMouseEvent* event) {
  if (!gestureGoesOn() || buttonOf(event->button()) != m_held)
    return;
  const PointerButton was = std::exchange(m_held, PointerButton::None);
  const PointerEvent e = eventOf(*event, PointerPhase::Release, was);
  emit pointer(e);
  if (was == PointerButton::Right && !m_moved)
    emit contextMenuWanted(e, event->globalPosition().toPoint());
  gestureEnded();
}

void PointerWidget::mouseDoubleClickEvent(QMouseEvent* event) {
  m_held = buttonOf(event->button()); // the second press comes as this event alone
  m_pressedAt = event->position();
  m_moved = false;
  emit pointer(eventOf(*event, PointerPhase::DoubleClick, m_held));
}

void PointerWidget::wheelEvent(QWheelEvent* event) {
  // Some platforms turn the wheel sideways while Alt or Shift is held.
  const QPoint delta = event->angleDelta();
  m_wheel += (delta.y() != 0 ? delta.y() : delta.x()) / 120.0;
  const double whole = std::trunc(m_wheel);
  event->accept();
  if (whole == 0)
    return;
  m_wheel -= whole;
  PointerEvent e = eventOf(*event, PointerPhase::Wheel, m_held);
  e.wheelSteps = whole;
  emit pointer(e);
}

void PointerWidget::leaveEvent(QEvent*) {
  PointerEvent e = pointerEventAt({-1, -1}, PointerPhase::Leave);
  e.button = m_held;
  emit pointer(e);
}

void PointerWidget::keyPressEvent(QKeyEvent* event) {
  if (event->key() != Qt::Key_Escape)
    return QWidget::keyPressEvent(event);
  m_held = PointerButton::None;
  emit pointer(pointerEventAt(m_pressedAt, PointerPhase::Cancel));
}

} // namespace spondyl::viewer
