#pragma once
// Which tool the left button holds, its settings, and what a tool's outcome does: where one looks goes to the
// session, the preview to the view, the edit to the document.

#include "app/window/session.h"
#include "viewer/tools/tool.h"

#include <QObject>

namespace spondyl::app {

using viewer::ToolKind;
using BrushSettings = viewer::ToolSettings;

class ToolController : public QObject {
  Q_OBJECT
 public:
  explicit ToolController(Session& session, QObject* parent = nullptr);
  ToolKind tool() const { return m_state.active; }
  void setTool(ToolKind tool);
  /// A gesture in progress is given up; without one, the crosshair is the tool again.
  void endTool();
  const BrushSettings& brush() const { return m_settings; }
  void setBrush(BrushSettings brush);
  /// What the status line says: "Brush 4 mm, sphere, over anything".
  QString describe() const;
  void handle(const viewer::PointerEvent& event);

  /// What was drawn: the case's, and what is being dragged. With a read-only case they are kept here alone.
  const Marks& marks() const { return m_marks; }
  void removeMark(std::uint32_t id);
  /// The line on the radiograph in view that may calibrate it: the distance drawn or dragged last.
  std::optional<Mark> calibrationLine() const;
  /// That line is so long in the patient, mm; values of all its marks follow.
  void calibrate(double mm);
  /// Back to what the file says.
  void forgetCalibration();
  /// Of an arrow; a place without an arrow and without words goes.
  void setWords(std::uint32_t id, const QString& words);
  /// Those of the series in view, or of its frame of reference.
  void addMarks(viewer::Overlay& overlay) const;

 signals:
  void marksChanged();
  void wordsAsked(std::uint32_t mark);
  void toolChanged();
  /// What the tool shows while it is used, in the view that it is used in.
  void previewChanged(spondyl::viewer::ViewKind view, const spondyl::viewer::Overlay& preview,
                      spondyl::viewer::CursorShape cursor);

 private:
  viewer::ToolContext context() const;
  void takeMarks();                     ///< those of the case
  void keepMarks();                     ///< in the case
  Marks revalued(const Case& as) const; ///< of the series in view, as this case calibrates it
  Session& m_session;
  viewer::ToolState m_state;
  BrushSettings m_settings;
  Marks m_marks;
  std::shared_ptr<const EffectiveCase> m_shown; ///< of the call in progress
  CasePtr m_case;
  VolumePtr m_volume;
};

} // namespace spondyl::app
