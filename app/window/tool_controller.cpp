#include "app/window/tool_controller.h"

#include <cmath>

namespace spondyl::app {
namespace {

/// Edits that may touch every voxel of a vertebra: computed by a job.
bool isHeavy(const Edit& edit) {
  return std::holds_alternative<SplitInstance>(edit) || std::holds_alternative<MergeInstances>(edit) ||
         std::holds_alternative<DeleteStructures>(edit);
}

} // namespace

ToolController::ToolController(Session& session, QObject* parent) : QObject(parent), m_session(session) {
  m_settings.brushRadius = Mm(4);
  // Another image: a gesture on the one before means nothing any more.
  connect(&session, &Session::studyChanged, this, [this] {
    setTool(ToolKind::Crosshair);
    m_marks.clear();
    emit marksChanged();
  });
  connect(&session, &Session::imageChanged, this, &ToolController::marksChanged); // others may lie in it
}

viewer::ToolContext ToolController::context() const {
  viewer::ToolContext made;
  made.volume = m_volume.get();
  made.document = m_case.get();
  made.shown = m_shown.get();
  made.view = m_session.view();
  made.settings = m_settings;
  made.marks = &m_marks;
  if (const Series* series = m_session.series(); series && m_volume)
    made.units = viewer::markUnits(*series, made.view.stack, *m_volume);
  return made;
}

void ToolController::setTool(ToolKind tool) {
  const viewer::ViewKind view = m_state.gesture.press.view;
  m_state = viewer::chosen(tool);
  emit previewChanged(view, {}, viewer::CursorShape::Cross);
  emit toolChanged();
}

void ToolController::endTool() {
  if (m_state.gesture.kind != viewer::Gesture::Kind::None) {
    viewer::PointerEvent cancel = m_state.gesture.press;
    cancel.phase = viewer::PointerPhase::Cancel;
    handle(cancel);
  } else if (m_state.drawing) {
    setTool(m_state.active); // what was begun is given up, the tool stays
  } else if (m_state.active != ToolKind::Crosshair) {
    setTool(ToolKind::Crosshair);
  } else if (!m_session.measureOverlay().empty()) {
    m_session.setMeasureOverlay({});
  }
}

void ToolController::setBrush(BrushSettings brush) {
  m_settings = brush;
  emit toolChanged();
}

QString ToolController::describe() const {
  const ToolKind kind = m_state.active;
  QString text = QString::fromStdString(viewer::toolTitle(kind));
  if (kind != ToolKind::Brush && kind != ToolKind::Eraser)
    return kind == ToolKind::Crosshair ? QString() : text;
  text += tr(" %1 mm, %2")
              .arg(m_settings.brushRadius.value, 0, 'f', 1)
              .arg(m_settings.shape == BrushShape::Sphere ? tr("sphere") : tr("circle"));
  if (m_settings.inside == EditInside::BackgroundOnly)
    text += tr(", over background alone");
  if (m_settings.inside == EditInside::ThisOnly)
    text += tr(", over this structure alone");
  return text;
}

void ToolController::removeMark(std::uint32_t id) {
  if (std::erase_if(m_marks, [id](const viewer::Mark& mark) { return mark.id == id; }))
    emit marksChanged();
}

void ToolController::setWords(std::uint32_t id, const QString& words) {
  for (viewer::Mark& mark : m_marks)
    if (mark.id == id)
      mark.words = mark.value = words.toStdString();
  std::erase_if(m_marks, [id](const viewer::Mark& mark) {
    return mark.id == id && mark.points.size() < 2 && mark.words.empty();
  });
  emit marksChanged();
}

void ToolController::addMarks(viewer::Overlay& overlay) const {
  const std::string frame = m_session.frameOfReference();
  const bool handles = viewer::drawsMarks(m_state.active);
  for (const viewer::Mark& mark : m_marks)
    if (mark.seriesUid == m_session.view().seriesUid || (!frame.empty() && mark.frameOfReferenceUid == frame))
      viewer::addMark(overlay, mark, handles && mark.id == m_state.activeMark);
}

void ToolController::handle(const viewer::PointerEvent& event) {
  if (!m_session.hasImage())
    return;
  m_volume = m_session.volume();
  m_case = m_session.snapshot();
  m_shown = m_session.shown();
  viewer::ToolOutcome outcome = viewer::handle(m_state, event, context());
  const bool changed = outcome.tool.active != m_state.active;
  m_state = std::move(outcome.tool);
  if (outcome.toggleMaximised)
    outcome.view.maximised =
        outcome.view.maximised ? std::nullopt : std::optional<viewer::ViewKind>(event.view);
  m_session.setView(std::move(outcome.view));
  emit previewChanged(event.view, outcome.preview, outcome.cursor);
  if (outcome.marks) {
    m_marks = std::move(*outcome.marks);
    emit marksChanged();
  }
  if (outcome.askWordsOf)
    emit wordsAsked(outcome.askWordsOf);
  if (outcome.edit && !m_session.isReadOnly()) {
    if (isHeavy(*outcome.edit))
      m_session.applyInJob(std::move(*outcome.edit));
    else
      m_session.apply(*outcome.edit);
  }
  if (changed)
    emit toolChanged();
}

} // namespace spondyl::app
