#pragma once
// The four views of the open image, or the empty state. Follows the session; hands what the pointer does to
// the tools.

#include "app/window/cine_player.h"
#include "app/window/session.h"
#include "app/window/tool_controller.h"
#include "viewer/state/scalar_overlay.h"

#include <QWidget>

#include <array>

class QStackedLayout;

namespace spondyl::viewer {
class SceneView;
class SliceView;
} // namespace spondyl::viewer

namespace spondyl::app {

class EmptyState;
class ViewsGrid;

class ViewsArea : public QWidget {
  Q_OBJECT
 public:
  ViewsArea(Session& session, ToolController& tools, QWidget* parent = nullptr);
  EmptyState& emptyState() { return *m_empty; }
  viewer::ViewKind activeView() const { return m_active; }
  viewer::SliceView& slice(viewer::ViewKind kind);
  viewer::SceneView& scene() { return *m_scene; }
  /// Every view shows the present state at full quality.
  bool isUpToDate() const;
  QString rendererName() const;
  CinePlayer& cine() { return *m_cine; }
  /// A map of numbers over the slices; none: no map.
  void setScalar(const viewer::ScalarOverlayPtr& scalar);

 signals:
  /// The pointer is over this point of the patient (nullptr: over none).
  void pointerAt(const spondyl::PointLps* point);
  void menuAsked(spondyl::InstanceId instance, QPoint global);

 private:
  void showCase();
  void showView();
  void showOverlay();
  void askWords(std::uint32_t mark);
  void setActive(viewer::ViewKind kind);
  void onPointer(const viewer::PointerEvent& event);

  Session& m_session;
  ToolController& m_tools;
  QStackedLayout* m_stack = nullptr;
  EmptyState* m_empty = nullptr;
  ViewsGrid* m_grid = nullptr;
  std::array<viewer::SliceView*, 3> m_slices{}; ///< by ViewKind
  viewer::SceneView* m_scene = nullptr;
  CinePlayer* m_cine = nullptr;
  viewer::ViewKind m_active = viewer::ViewKind::Sagittal;
  std::uint64_t m_volumeRevision = 1, m_shownRevision = 0;
};

} // namespace spondyl::app
