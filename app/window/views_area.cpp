#include "app/window/views_area.h"

#include "app/window/empty_state.h"
#include "app/window/views_grid.h"
#include "viewer/scene/scene_view.h"
#include "viewer/slice/slice_view.h"

#include <QInputDialog>
#include <QStackedLayout>

namespace spondyl::app {
namespace {

Qt::CursorShape cursorOf(viewer::CursorShape shape) {
  switch (shape) {
  case viewer::CursorShape::Arrow:
    return Qt::ArrowCursor;
  case viewer::CursorShape::Cross:
    return Qt::CrossCursor;
  case viewer::CursorShape::Move:
    return Qt::SizeAllCursor;
  case viewer::CursorShape::Zoom:
    return Qt::SizeVerCursor;
  case viewer::CursorShape::Window:
    return Qt::SizeAllCursor;
  case viewer::CursorShape::Pick:
    return Qt::PointingHandCursor;
  case viewer::CursorShape::Forbidden:
    return Qt::ForbiddenCursor;
  case viewer::CursorShape::Hidden:
    return Qt::BlankCursor;
  case viewer::CursorShape::Rotate:
    return Qt::ClosedHandCursor;
  }
  return Qt::ArrowCursor;
}

constexpr viewer::ViewKind sliceKinds[] = {viewer::ViewKind::Sagittal, viewer::ViewKind::Coronal,
                                           viewer::ViewKind::Axial};

/// Reading order of the grid: sagittal, axial, coronal, 3D.
int placeOf(viewer::ViewKind kind) {
  switch (kind) {
  case viewer::ViewKind::Sagittal:
    return 0;
  case viewer::ViewKind::Axial:
    return 1;
  case viewer::ViewKind::Coronal:
    return 2;
  case viewer::ViewKind::Scene3d:
    return 3;
  }
  return 0;
}

} // namespace

ViewsArea::ViewsArea(Session& session, ToolController& tools, QWidget* parent)
    : QWidget(parent), m_session(session), m_tools(tools) {
  for (const viewer::ViewKind kind : sliceKinds) {
    auto* view = new viewer::SliceView(kind);
    m_slices[std::size_t(kind)] = view;
    connect(view, &viewer::SliceView::pointer, this, &ViewsArea::onPointer);
    connect(view, &viewer::SliceView::contextMenuWanted, this,
            [this](const viewer::PointerEvent& event, QPoint global) {
              if (const InstanceId here = m_session.levelAt(event.lps))
                emit menuAsked(here, global);
            });
  }
  m_scene = new viewer::SceneView;
  connect(m_scene, &viewer::SceneView::pointer, this, &ViewsArea::onPointer);
  connect(m_scene, &viewer::SceneView::contextMenuWanted, this,
          [this](const viewer::PointerEvent& event, QPoint global) {
            if (event.picked)
              emit menuAsked(event.picked, global);
          });
  m_grid = new ViewsGrid({m_slices[0], m_slices[2], m_slices[1], m_scene});
  m_empty = new EmptyState;
  m_stack = new QStackedLayout(this);
  m_stack->setContentsMargins(0, 0, 0, 0);
  m_stack->addWidget(m_empty);
  m_stack->addWidget(m_grid);
  setMinimumSize(480, 360);
  setFocusPolicy(Qt::StrongFocus);

  connect(&session, &Session::imageChanged, this, [this] {
    ++m_volumeRevision;
    showCase();
  });
  connect(&session, &Session::caseChanged, this, &ViewsArea::showCase);
  connect(&session, &Session::viewChanged, this, &ViewsArea::showView);
  connect(&session, &Session::overlayChanged, this, &ViewsArea::showOverlay);
  connect(&tools, &ToolController::marksChanged, this, &ViewsArea::showOverlay);
  connect(&tools, &ToolController::toolChanged, this, &ViewsArea::showOverlay);
  connect(&tools, &ToolController::wordsAsked, this, &ViewsArea::askWords);
  m_cine = new CinePlayer(
      session, [this] { return m_active; }, [this] { return isUpToDate(); }, this);
  connect(&tools, &ToolController::previewChanged, this,
          [this](viewer::ViewKind kind, const viewer::Overlay& preview, viewer::CursorShape cursor) {
            for (const viewer::ViewKind each : sliceKinds)
              slice(each).setPreview(each == kind ? preview : viewer::Overlay{});
            if (kind == viewer::ViewKind::Scene3d)
              m_scene->setCursor(cursorOf(cursor));
            else
              slice(kind).setCursor(cursorOf(cursor));
          });
  setActive(viewer::ViewKind::Sagittal);
  showCase();
}

viewer::SliceView& ViewsArea::slice(viewer::ViewKind kind) {
  return *m_slices[std::size_t(kind)];
}

void ViewsArea::setScalar(const viewer::ScalarOverlayPtr& scalar) {
  for (viewer::SliceView* view : m_slices)
    view->setScalar(scalar);
}

void ViewsArea::setActive(viewer::ViewKind kind) {
  m_active = kind;
  for (const viewer::ViewKind each : sliceKinds)
    slice(each).setActive(each == kind);
  m_scene->setActive(kind == viewer::ViewKind::Scene3d);
}

void ViewsArea::showCase() {
  const bool open = m_session.hasImage();
  m_stack->setCurrentWidget(open ? static_cast<QWidget*>(m_grid) : m_empty);
  const VolumePtr volume = m_session.volume();
  const CasePtr document = open ? m_session.snapshot() : nullptr;
  const auto shown = open ? m_session.shown() : nullptr;
  for (viewer::SliceView* view : m_slices) {
    if (m_volumeRevision != m_shownRevision)
      view->setVolume(volume, m_volumeRevision);
    view->setContents(volume, document, shown, m_session.view());
  }
  m_shownRevision = m_volumeRevision;
  // Surfaces of half an image would be made again and again.
  m_scene->setContents(m_session.imageComplete() ? volume : nullptr, document, shown, m_session.view());
  showView();
}

void ViewsArea::showOverlay() {
  viewer::Overlay all = m_session.measureOverlay();
  m_tools.addMarks(all);
  const auto overlay = std::make_shared<const viewer::Overlay>(std::move(all));
  for (viewer::SliceView* view : m_slices)
    view->setOverlay(overlay);
}

void ViewsArea::askWords(std::uint32_t mark) {
  auto* ask = new QInputDialog(this);
  ask->setAttribute(Qt::WA_DeleteOnClose);
  ask->setWindowTitle(tr("Arrow and text"));
  ask->setLabelText(tr("What it shows (may be empty beside an arrow):"));
  connect(ask, &QInputDialog::textValueSelected, this,
          [this, mark](const QString& words) { m_tools.setWords(mark, words.trimmed()); });
  connect(ask, &QInputDialog::rejected, this, [this, mark] { m_tools.setWords(mark, {}); });
  ask->open();
}

void ViewsArea::showView() {
  const viewer::ViewState& view = m_session.view();
  for (viewer::SliceView* each : m_slices)
    each->setState(view);
  m_scene->setState(view);
  m_grid->setLayout(view.layout, placeOf(view.large));
  m_grid->setMaximised(view.maximised ? std::optional<int>(placeOf(*view.maximised)) : std::nullopt);
  if (view.maximised && *view.maximised != m_active)
    setActive(*view.maximised);
}

void ViewsArea::onPointer(const viewer::PointerEvent& event) {
  if (event.phase == viewer::PointerPhase::Press && event.view != m_active)
    setActive(event.view);
  const bool over = event.phase != viewer::PointerPhase::Leave && event.view != viewer::ViewKind::Scene3d;
  emit pointerAt(over ? &event.lps : nullptr);
  m_tools.handle(event);
}

bool ViewsArea::isUpToDate() const {
  for (const viewer::SliceView* view : m_slices)
    if (view->isVisible() && !view->isUpToDate())
      return false;
  return !m_scene->isVisible() || m_scene->isUpToDate();
}

QString ViewsArea::rendererName() const {
  return m_scene->rendererName();
}

} // namespace spondyl::app
