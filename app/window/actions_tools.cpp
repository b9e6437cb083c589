#include "app/window/actions.h"
#include "app/window/app_context.h"
#include "app/window/tool_controller.h"

#include <QCoreApplication>

#include <algorithm>

#define TEXT(words) QT_TRANSLATE_NOOP("Actions", words)

namespace spondyl::app {
namespace {

bool hasImage(const AppContext& c) {
  return c.session.hasImage();
}
bool canEdit(const AppContext& c) {
  return c.session.hasImage() && !c.session.isReadOnly();
}
bool isRadiograph(const AppContext& c) {
  return canEdit(c) && c.session.view().ownPlane.has_value();
}
bool canPaint(const AppContext& c) {
  return canEdit(c) && !c.session.levels()->rows.empty();
}

ActionSpec tool(ActionId id, ToolKind which, const char* text, const char* tip, Qt::Key key, const char* icon,
                bool (*enabled)(const AppContext&)) {
  ActionSpec spec = makeAction(id, MenuId::Tools, text, tip, {QKeySequence(Qt::SHIFT | key)}, enabled,
                               [which](AppContext& c) { c.tools.setTool(which); });
  spec.icon = icon;
  spec.onRail = true;
  spec.checked = [which](const AppContext& c) { return c.tools.tool() == which; };
  return spec;
}

ActionSpec mark(ActionId id, ToolKind which, const char* text, const char* tip, Qt::Key letter,
                const char* icon) {
  ActionSpec spec = tool(id, which, text, tip, letter, icon, hasImage);
  spec.onRail = false; // one button stands for all that measure
  return spec;
}

void scaleBrush(AppContext& c, double factor) {
  BrushSettings brush = c.tools.brush();
  brush.brushRadius = Mm(std::clamp(brush.brushRadius.value * factor, 0.5, 40.0));
  c.tools.setBrush(brush);
}

void nextInside(AppContext& c) {
  BrushSettings brush = c.tools.brush();
  brush.inside = brush.inside == EditInside::Anything         ? EditInside::BackgroundOnly
                 : brush.inside == EditInside::BackgroundOnly ? EditInside::ThisOnly
                                                              : EditInside::Anything;
  c.tools.setBrush(brush);
}

} // namespace

std::vector<ActionSpec> toolActions() {
  std::vector<ActionSpec> list{
      tool(ActionId::ToolCrosshair, ToolKind::Crosshair, TEXT("&Crosshair"),
           TEXT("Drag to look somewhere in all views"), Qt::Key_1, "crosshair", hasImage),
      tool(ActionId::ToolWindow, ToolKind::Window, TEXT("&Window/level"),
           TEXT("Drag for brightness and contrast (right drag does it in every tool)"), Qt::Key_2, "window",
           hasImage),
      tool(ActionId::ToolPan, ToolKind::Pan, TEXT("&Pan"),
           TEXT("Drag the picture (middle drag does it in every tool)"), Qt::Key_3, "pan", hasImage),
      tool(ActionId::ToolZoom, ToolKind::Zoom, TEXT("&Zoom"),
           TEXT("Drag to zoom (Ctrl+wheel does it in every tool)"), Qt::Key_4, "zoom", hasImage),
      tool(ActionId::ToolBrush, ToolKind::Brush, TEXT("&Brush"), TEXT("Paint the selected vertebra"),
           Qt::Key_5, "brush", canPaint),
      tool(ActionId::ToolEraser, ToolKind::Eraser, TEXT("&Eraser"), TEXT("Erase labels"), Qt::Key_6, "eraser",
           canPaint),
      tool(ActionId::ToolSplit, ToolKind::Split, TEXT("&Split"),
           TEXT("Draw a line across a vertebra to split it in two"), Qt::Key_7, "split", canPaint),
      tool(ActionId::ToolLandmark, ToolKind::Landmark, TEXT("&Landmarks"),
           TEXT("Drag the points that measurements rest on"), Qt::Key_8, "landmark", canPaint),
      tool(ActionId::ToolDistance, ToolKind::Distance, TEXT("&Distance"),
           TEXT("Drag to measure a distance; its ends can be dragged again"), Qt::Key_9, "distance",
           hasImage),
      mark(ActionId::ToolAngle, ToolKind::Angle, TEXT("A&ngle"),
           TEXT("Drag one arm, then click the end of the other"), Qt::Key_A, "angle"),
      mark(ActionId::ToolCobb, ToolKind::Cobb, TEXT("C&obb angle"), TEXT("Drag along two end plates"),
           Qt::Key_C, "cobb"),
      mark(ActionId::ToolEllipse, ToolKind::Ellipse, TEXT("E&llipse"),
           TEXT("Drag for the mean, spread and area of an ellipse"), Qt::Key_E, "ellipse"),
      mark(ActionId::ToolRegion, ToolKind::Region, TEXT("Re&gion"),
           TEXT("Draw an outline by hand, or click its corners, for its mean, spread and area"), Qt::Key_F,
           "region"),
      mark(ActionId::ToolArrow, ToolKind::Arrow, TEXT("&Arrow and text"),
           TEXT("Drag an arrow and say what it shows; a click is words alone"), Qt::Key_T, "arrow"),
      makeAction(ActionId::MarksList, MenuId::Tools, TEXT("&List of measurements …"),
                 TEXT("What was drawn, with its values: go there, remove, copy"),
                 {QKeySequence(Qt::SHIFT | Qt::Key_M)}, hasImage,
                 [](AppContext& c) { c.window.showMarks(); }),
      makeAction(
          ActionId::Calibrate, MenuId::Tools, TEXT("&Calibrate by a line …"),
          TEXT("Say how long the line drawn last is in the patient; lengths on this radiograph follow"), {},
          isRadiograph, [](AppContext& c) { c.window.askForCalibration(); }),
      makeAction(
          ActionId::ForgetCalibration, MenuId::Tools, TEXT("&Forget the calibration"),
          TEXT("Lengths as the file states them, or in pixels"), {},
          [](const AppContext& c) {
            const viewer::ViewState& v = c.session.view();
            return isRadiograph(c) && c.session.snapshot()->calibration(v.seriesUid, v.stack);
          },
          [](AppContext& c) { c.tools.forgetCalibration(); }),
      makeAction(ActionId::EditHere, MenuId::Tools, TEXT("Edit &here"),
                 TEXT("Brush for the vertebra under the crosshair"), {Qt::Key_E}, canPaint,
                 [](AppContext& c) {
                   if (const InstanceId here = c.session.levelAt(c.session.view().crosshair)) {
                     viewer::ViewState next = c.session.view();
                     next.selected = here;
                     c.session.setView(std::move(next));
                   }
                   c.tools.setTool(ToolKind::Brush);
                 }),
      makeAction(ActionId::BrushLarger, MenuId::Tools, TEXT("Larger brush"), TEXT("A larger brush"),
                 {Qt::Key_Plus, Qt::Key_Equal}, canPaint, [](AppContext& c) { scaleBrush(c, 1.25); }),
      makeAction(ActionId::BrushSmaller, MenuId::Tools, TEXT("Smaller brush"), TEXT("A smaller brush"),
                 {Qt::Key_Minus}, canPaint, [](AppContext& c) { scaleBrush(c, 0.8); }),
      makeAction(ActionId::BrushShape, MenuId::Tools, TEXT("Sphere or circle"),
                 TEXT("The brush reaches through neighbouring slices, or paints this slice alone"),
                 {Qt::Key_B}, canPaint,
                 [](AppContext& c) {
                   BrushSettings brush = c.tools.brush();
                   brush.shape = brush.shape == spondyl::BrushShape::Sphere ? spondyl::BrushShape::Circle
                                                                            : spondyl::BrushShape::Sphere;
                   c.tools.setBrush(brush);
                 }),
      makeAction(
          ActionId::BrushInside, MenuId::Tools, TEXT("Paint over: any, background, this label"),
          TEXT("What the brush may paint over: anything, background alone, or the selected structure alone"),
          {Qt::Key_G}, canPaint, nextInside),
      makeAction(ActionId::EndTool, MenuId::Tools, TEXT("End tool"),
                 TEXT("Give up the gesture, then the tool; nothing is lost"), {Qt::Key_Escape}, {},
                 [](AppContext& c) { c.tools.endTool(); }),
      makeAction(
          ActionId::Undo, MenuId::Tools, TEXT("&Undo"), TEXT("Take back the last change"),
          {QKeySequence(Qt::CTRL | Qt::Key_Z)}, [](const AppContext& c) { return c.session.canUndo(); },
          [](AppContext& c) { c.session.undo(); }),
      makeAction(
          ActionId::Redo, MenuId::Tools, TEXT("&Redo"), TEXT("Do it again"),
          {QKeySequence(Qt::CTRL | Qt::Key_Y), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z)},
          [](const AppContext& c) { return c.session.canRedo(); }, [](AppContext& c) { c.session.redo(); }),
  };
  for (ActionSpec& spec : list) {
    if (spec.id == ActionId::Undo)
      spec.icon = "undo", spec.onRail = true, spec.separatorBefore = true;
    if (spec.id == ActionId::Redo)
      spec.icon = "redo", spec.onRail = true;
    if (spec.id == ActionId::ToolBrush || spec.id == ActionId::EditHere || spec.id == ActionId::ToolDistance)
      spec.separatorBefore = true;
    if (spec.id == ActionId::BrushShape)
      spec.checked = [](const AppContext& c) { return c.tools.brush().shape == spondyl::BrushShape::Sphere; };
  }
  return list;
}

} // namespace spondyl::app
