#pragma once
// A plane view on the screen. Pictures are made by renderSlice on another thread, the newest request wins;
// the main thread only blits them and draws the tool's preview.

#include "viewer/slice/render_slice.h"
#include "viewer/state/pointer_event.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

namespace spondyl::viewer {

class SliceView : public QWidget {
  Q_OBJECT
 public:
  explicit SliceView(ViewKind view, QWidget* parent = nullptr);
  ~SliceView() override;

  ViewKind view() const { return m_input.view; }
  /// `revision`: raise it while slices still arrive in the same memory.
  void setVolume(VolumePtr volume, std::uint64_t revision = 0);
  void setDocument(CasePtr document, ShownPtr shown);
  void setState(const ViewState& state);
  /// All three at once: one picture.
  void setContents(VolumePtr volume, CasePtr document, ShownPtr shown, const ViewState& state);
  /// What stands on the picture: measurement lines, landmarks.
  void setOverlay(std::shared_ptr<const Overlay> overlay);
  /// What the tool shows while it is used; follows the pointer without delay. Its stroke appears as voxels.
  void setPreview(const Overlay& preview);
  /// Accent border: the view that keys act on.
  void setActive(bool active);

  SliceGeometry viewGeometry() const;
  PointerEvent pointerEventAt(QPointF position, PointerPhase phase) const;
  /// The last picture, and whether it shows the present state at full quality.
  QImage picture() const { return m_picture; }
  bool isUpToDate() const {
    return m_shownGeneration == m_generation && m_shownQuality == SliceQuality::Full;
  }
  /// Milliseconds of the last full picture.
  double lastRenderMs() const { return m_fullMs; }

  QSize minimumSizeHint() const override { return {120, 120}; }
  QSize sizeHint() const override { return {480, 480}; }

 signals:
  void pointer(const spondyl::viewer::PointerEvent& event);
  /// A right click without a drag.
  void contextMenuWanted(const spondyl::viewer::PointerEvent& event, QPoint global);
  void pictureReady();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Worker;
  void changed();
  void request(SliceQuality quality);
  void deliver(QImage picture, std::uint64_t generation, SliceQuality quality, double milliseconds);
  void emitMouse(QMouseEvent* event, PointerPhase phase, PointerButton button);

  SliceInput m_input;
  Overlay m_preview;
  QImage m_picture;
  std::shared_ptr<Worker> m_worker;
  QTimer m_refine;
  QElapsedTimer m_sinceChange;
  std::uint64_t m_generation = 1, m_shownGeneration = 0;
  SliceQuality m_shownQuality = SliceQuality::Interactive;
  double m_fullMs = 0, m_wheel = 0;
  PointerButton m_held = PointerButton::None;
  QPointF m_pressedAt;
  bool m_moved = false, m_active = false;
};

} // namespace spondyl::viewer
