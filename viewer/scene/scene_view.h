#pragma once
// The 3D view on the screen. Surfaces are made in a job, pictures on a thread that owns the GL context; the
// main thread only blits.

#include "viewer/scene/scene_picture.h"
#include "viewer/slice/pointer_widget.h"

#include <QTimer>

namespace spondyl::viewer {

/// `picked` of its pointer events is set on press and release.
class SceneView : public PointerWidget {
  Q_OBJECT
 public:
  explicit SceneView(QWidget* parent = nullptr);
  ~SceneView() override;

  void setContents(VolumePtr volume, CasePtr document, std::shared_ptr<const EffectiveCase> shown,
                   const ViewState& state);
  void setState(const ViewState& state);

  /// Name of the OpenGL renderer, for Help; empty before the first picture.
  QString rendererName() const { return m_rendererName; }
  QImage picture() const { return m_picture; }
  /// The last picture shows the present state with its surfaces, at full quality.
  bool isUpToDate() const;
  double lastRenderMs() const { return m_renderMs; }

 signals:
  void pictureReady();
  /// There is no OpenGL: the view says so and stays empty.
  void unavailable(const QString& reason);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;
  PointerEvent pointerEventAt(QPointF position, PointerPhase phase) const override;
  void gestureEnded() override { changed(); }

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

  SceneInput m_input;
  VolumePtr m_volume;
  QImage m_picture;
  QString m_rendererName, m_failure;
  std::shared_ptr<Worker> m_worker;
  QTimer m_refine;
  std::uint64_t m_generation = 1, m_shownGeneration = 0, m_contentsGeneration = 0, m_builtGeneration = 0;
  SceneQuality m_shownQuality = SceneQuality::Moving;
  double m_renderMs = 0;
};

} // namespace spondyl::viewer
