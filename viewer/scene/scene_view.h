#pragma once
// The 3D view on the screen. Surfaces are made in a job, pictures on a thread that owns the GL context; the
// main thread only blits.

#include "viewer/scene/scene_picture.h"
#include "viewer/state/pointer_event.h"

#include <QTimer>
#include <QWidget>

namespace spondyl::viewer {

class SceneView : public QWidget {
  Q_OBJECT
 public:
  explicit SceneView(QWidget* parent = nullptr);
  ~SceneView() override;

  void setContents(VolumePtr volume, CasePtr document, std::shared_ptr<const EffectiveCase> shown,
                   const ViewState& state);
  void setState(const ViewState& state);
  void setActive(bool active);

  /// Name of the OpenGL renderer, for Help; empty before the first picture.
  QString rendererName() const { return m_rendererName; }
  QImage picture() const { return m_picture; }
  /// The last picture shows the present state with its surfaces, at full quality.
  bool isUpToDate() const;
  double lastRenderMs() const { return m_renderMs; }

  QSize minimumSizeHint() const override { return {120, 120}; }
  QSize sizeHint() const override { return {480, 480}; }

 signals:
  /// `picked` is set on press and release.
  void pointer(const spondyl::viewer::PointerEvent& event);
  void contextMenuWanted(const spondyl::viewer::PointerEvent& event, QPoint global);
  void pictureReady();
  /// There is no OpenGL: the view says so and stays empty.
  void unavailable(const QString& reason);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Worker;
  struct Delivery {
    QImage picture;
    std::uint64_t generation = 0;
    SceneQuality quality = SceneQuality::Moving;
    double milliseconds = 0;
    QString rendererName, failure;
  };
  void rebuild();
  void changed(bool moving = false);
  void request(SceneQuality quality);
  void deliverContents(SceneContentsPtr contents, std::uint64_t generation);
  void deliverPicture(const Delivery& delivery);
  PointerEvent eventAt(QPointF position, PointerPhase phase, PointerButton button,
                       Qt::KeyboardModifiers modifiers) const;

  SceneInput m_input;
  VolumePtr m_volume;
  QImage m_picture;
  QString m_rendererName, m_failure;
  std::shared_ptr<Worker> m_worker;
  QTimer m_refine;
  std::uint64_t m_generation = 1, m_shownGeneration = 0, m_contentsGeneration = 0, m_builtGeneration = 0;
  SceneQuality m_shownQuality = SceneQuality::Moving;
  double m_renderMs = 0, m_wheel = 0;
  PointerButton m_held = PointerButton::None;
  QPointF m_pressedAt;
  bool m_moved = false, m_active = false;
};

} // namespace spondyl::viewer
