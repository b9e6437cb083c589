#include "app/window/tool_controller.h"

#include "core/base/id.h"

#include <algorithm>
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
    takeMarks();
  });
  connect(&session, &Session::caseChanged, this, &ToolController::takeMarks);
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
    made.units = viewer::markUnits(*series, made.view.stack, *m_volume, m_case.get());
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

void ToolController::takeMarks() {
  if (m_session.isReadOnly() || m_state.gesture.kind == viewer::Gesture::Kind::MarkHandle)
    return;
  const CasePtr now = m_session.snapshot();
  if (m_marks == now->marks)
    return;
  m_marks = now->marks;
  emit marksChanged();
}

void ToolController::keepMarks() {
  if (m_session.isReadOnly() || !m_session.hasStudy())
    return;
  const CasePtr before = m_session.snapshot();
  const Marks drawn = m_marks; // each edit may bring the case's marks back here
  for (const Mark& mark : drawn)
    if (std::find(before->marks.begin(), before->marks.end(), mark) == before->marks.end())
      m_session.apply(PutMark{mark});
  for (const Mark& mark : before->marks)
    if (std::none_of(drawn.begin(), drawn.end(), [&](const Mark& m) { return m.id == mark.id; }))
      m_session.apply(RemoveMark{mark.id});
}

void ToolController::removeMark(std::uint32_t id) {
  if (!std::erase_if(m_marks, [id](const Mark& mark) { return mark.id == id; }))
    return;
  keepMarks();
  emit marksChanged();
}

Marks ToolController::revalued(const Case& as) const {
  Marks out;
  const VolumePtr volume = m_session.volume();
  const Series* series = m_session.series();
  if (!volume || !series)
    return out;
  const viewer::MarkUnits units = viewer::markUnits(*series, m_session.view().stack, *volume, &as);
  for (Mark mark : m_session.snapshot()->marks)
    if (viewer::liesIn(mark, *series, m_session.view().stack) && mark.kind != MarkKind::Arrow) {
      mark.value = viewer::markValue(mark, *volume, units);
      out.push_back(std::move(mark));
    }
  return out;
}

std::optional<Mark> ToolController::calibrationLine() const {
  const Series* series = m_session.series();
  if (!series || !m_session.view().ownPlane)
    return std::nullopt;
  std::optional<Mark> line;
  for (const Mark& mark : m_marks)
    if (mark.kind == MarkKind::Distance && viewer::liesIn(mark, *series, m_session.view().stack) &&
        viewer::distanceOf(mark) > 0 && (!line || line->id != m_state.activeMark))
      line = mark;
  return line;
}

void ToolController::calibrate(double mm) {
  const std::optional<Mark> line = calibrationLine();
  if (!line)
    return;
  LineCalibration value{m_session.view().seriesUid,
                        m_session.view().stack,
                        mm / viewer::distanceOf(*line),
                        mm,
                        m_session.person(),
                        utcNow()};
  Case as = *m_session.snapshot();
  as.calibrations = {value};
  m_session.apply(SetCalibration{std::move(value), revalued(as)});
}

void ToolController::forgetCalibration() {
  Case as = *m_session.snapshot();
  as.calibrations.clear();
  m_session.apply(ClearCalibration{m_session.view().seriesUid, m_session.view().stack, revalued(as)});
}

void ToolController::setWords(std::uint32_t id, const QString& words) {
  for (Mark& mark : m_marks)
    if (mark.id == id)
      mark.words = mark.value = words.toStdString();
  std::erase_if(m_marks, [id](const Mark& mark) {
    return mark.id == id && mark.points.size() < 2 && mark.words.empty();
  });
  keepMarks();
  emit marksChanged();
}

void ToolController::addMarks(viewer::Overlay& overlay) const {
  const Series* series = m_session.series();
  if (!series)
    return;
  const bool handles = viewer::drawsMarks(m_state.active);
  for (const Mark& mark : m_marks)
    if (viewer::liesIn(mark, *series, m_session.view().stack))
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
    if (m_state.gesture.kind != viewer::Gesture::Kind::MarkHandle)
      keepMarks();
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
