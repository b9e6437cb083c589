#pragma once
// What every view on the screen does with mouse, wheel and Esc: one gesture at a time, as PointerEvents.

#include "viewer/state/pointer_event.h"

#include <QWidget>

class QSinglePointEvent;

namespace spondyl::viewer {

class PointerWidget : public QWidget {
  Q_OBJECT
 public:
  explicit PointerWidget(QWidget* parent = nullptr);
  /// Accent border: the view that keys act on.
  void setActive(bool active);

  QSize minimumSizeHint() const override { return {120, 120}; }
  QSize sizeHint() const override { return {480, 480}; }

 signals:
  void pointer(const spondyl::viewer::PointerEvent& event);
  /// A right click without a drag.
  void contextMenuWanted(const spondyl::viewer::PointerEvent& event, QPoint global);

 protected:
  /// The event of a place in the view; buttons, modifiers and wheel are added here.
  virtual PointerEvent pointerEventAt(QPointF position, PointerPhase phase) const = 0;
  /// A button was released and its event has been sent.
  virtual void gestureEnded() {}
  bool gestureGoesOn() const { return m_held != PointerButton::None; }
  /// Background and `picture` (none: only background), stretched while the view has another size than it.
  void paintPicture(QPainter& painter, const QImage& picture) const;
  void paintActiveBorder(QPainter& painter) const;

  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  PointerEvent eventOf(const QSinglePointEvent& event, PointerPhase phase, PointerButton button) const;
  double m_wheel = 0;
  PointerButton m_held = PointerButton::None;
  QPointF m_pressedAt;
  bool m_moved = false, m_active = false;
};

} // namespace spondyl::viewer
