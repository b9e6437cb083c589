#pragma once
// A plane view on the screen. Pictures are made by renderSlice on another thread, the newest request wins;
// the main thread only blits them and draws the tool's preview.

#include "viewer/slice/pointer_widget.h"
#include "viewer/slice/render_slice.h"

#include <QElapsedTimer>
#include <QTimer>

namespace spondyl::viewer {

class SliceView : public PointerWidget {
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
  /// A map of numbers over the picture; none: no map.
  void setScalar(ScalarOverlayPtr scalar);
  /// What the tool shows while it is used; follows the pointer without delay. Its stroke appears as voxels.
  void setPreview(const Overlay& preview);

  SliceGeometry viewGeometry() const;
  /// Of a curved view; none: the view is flat, or the line is not known.
  std::optional<CurvedGeometry> curvedViewGeometry() const;
  /// The last picture, and whether it shows the present state at full quality.
  QImage picture() const { return m_picture; }
  bool isUpToDate() const {
    return m_shownGeneration == m_generation && m_shownQuality == SliceQuality::Full;
  }
  /// Milliseconds of the last full picture.
  double lastRenderMs() const { return m_fullMs; }

 signals:
  void pictureReady();

 protected:
  PointerEvent pointerEventAt(QPointF position, PointerPhase phase) const override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void showEvent(QShowEvent* event) override;

 private:
  struct Worker;
  void changed();
  void updateCurved();
  void request(SliceQuality quality);
  void deliver(QImage picture, std::uint64_t generation, SliceQuality quality, double milliseconds);

  SliceInput m_input;
  Overlay m_preview;
  ShownPtr m_lineOf; ///< what the centre line was made of, and for which modes
  std::pair<std::array<CurvedMode, 3>, CurvedAlong> m_lineFor{};
  mutable SliceGeometry m_flat; ///< curved view: around the pointer's last place
  QImage m_picture;
  std::shared_ptr<Worker> m_worker;
  QTimer m_refine;
  QElapsedTimer m_sinceChange;
  std::uint64_t m_generation = 1, m_shownGeneration = 0;
  SliceQuality m_shownQuality = SliceQuality::Interactive;
  double m_fullMs = 0;
};

} // namespace spondyl::viewer
