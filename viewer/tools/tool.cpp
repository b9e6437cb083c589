#include "viewer/tools/tool.h"

#include "viewer/tools/tool_parts.h"

#include <cmath>

namespace spondyl::viewer {

std::string toolName(ToolKind tool) {
  switch (tool) {
  case ToolKind::Crosshair:
    return "crosshair";
  case ToolKind::Pan:
    return "pan";
  case ToolKind::Zoom:
    return "zoom";
  case ToolKind::Window:
    return "window";
  case ToolKind::Brush:
    return "brush";
  case ToolKind::Eraser:
    return "eraser";
  case ToolKind::Split:
    return "split";
  case ToolKind::Delete:
    return "delete";
  case ToolKind::Merge:
    return "merge";
  case ToolKind::Landmark:
    return "landmark";
  case ToolKind::Angle:
    return "angle";
  case ToolKind::Cobb:
    return "cobb";
  case ToolKind::Ellipse:
    return "ellipse";
  case ToolKind::Region:
    return "region";
  case ToolKind::Arrow:
    return "arrow";
  case ToolKind::Distance:
    break;
  }
  return "distance";
}

std::string toolTitle(ToolKind tool) {
  if (tool == ToolKind::Window)
    return "Window/level";
  if (tool == ToolKind::Cobb)
    return "Cobb angle";
  if (tool == ToolKind::Arrow)
    return "Arrow and text";
  std::string name = toolName(tool);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

ToolState chosen(ToolKind kind) {
  ToolState state;
  state.active = kind;
  return state;
}

const Structure* structureAt(const ToolContext& c, PointLps p) {
  if (!c.shown)
    return nullptr;
  const Series* series = c.document ? c.document->series(c.view.seriesUid) : nullptr;
  for (const LayerKind kind : {LayerKind::Lesions, LayerKind::BoneAndDisc, LayerKind::CanalContents}) {
    const LabelLayer* layer =
        c.shown->layerFor(c.view.seriesUid, series ? series->frameOfReferenceUid : std::string(), kind);
    if (!layer)
      continue;
    const StructureId id = layer->map.at(nearestIndex(layer->map.grid().toIjk(p)));
    if (!id || c.view.isHidden(id))
      continue;
    if (const Structure* s = c.shown->structures.find(id); s && s->state != ItemState::Rejected)
      return s;
  }
  return nullptr;
}

namespace detail {

void begin(ToolOutcome& out, Gesture::Kind kind, const PointerEvent& e, const ToolContext& c) {
  out.tool.gesture = {};
  out.tool.gesture.kind = kind;
  out.tool.gesture.press = e;
  out.tool.gesture.start = c.view;
}

void end(ToolOutcome& out) {
  out.tool.gesture = {};
}

bool movedFar(const PointerEvent& press, const PointerEvent& now) {
  return std::hypot(now.at.x - press.at.x, now.at.y - press.at.y) > dragSlop;
}

std::string instanceName(const ToolContext& c, InstanceId instance) {
  return c.shown && instance ? c.shown->chain.displayName(instance) : std::string();
}

void say(ToolOutcome& out, const PointerEvent& e, std::string text) {
  out.preview.message = std::move(text);
  out.preview.messageAt = e.lps;
}

namespace {

CursorShape restingCursor(ToolKind tool) {
  switch (tool) {
  case ToolKind::Pan:
    return CursorShape::Move;
  case ToolKind::Zoom:
    return CursorShape::Zoom;
  case ToolKind::Window:
    return CursorShape::Window;
  case ToolKind::Brush:
  case ToolKind::Eraser:
    return CursorShape::Hidden; // the ring shows where
  case ToolKind::Delete:
  case ToolKind::Merge:
  case ToolKind::Landmark:
    return CursorShape::Pick;
  default:
    return CursorShape::Cross;
  }
}

// Which gesture a press begins, whatever the tool: buttons and modifiers that never change their meaning.
Gesture::Kind fixedGesture(const PointerEvent& e) {
  if (e.button == PointerButton::Middle || (e.button == PointerButton::Left && e.shift))
    return Gesture::Kind::Pan;
  if (e.button == PointerButton::Right)
    return Gesture::Kind::Window;
  return Gesture::Kind::None;
}

bool changesThings(ToolKind tool) {
  return tool != ToolKind::Crosshair && tool != ToolKind::Pan && tool != ToolKind::Zoom &&
         tool != ToolKind::Window;
}

bool isNavigation(Gesture::Kind kind) {
  return kind == Gesture::Kind::Navigate || kind == Gesture::Kind::Pan || kind == Gesture::Kind::Zoom ||
         kind == Gesture::Kind::Window;
}

void active(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  if (c.view.ownPlane && out.tool.active >= ToolKind::Brush && out.tool.active <= ToolKind::Landmark) {
    out.cursor = CursorShape::Forbidden;
    return say(out, e, "A radiograph holds no labels: measure on it instead");
  }
  switch (out.tool.active) {
  case ToolKind::Brush:
  case ToolKind::Eraser:
    return paint(out, e, c);
  case ToolKind::Split:
    return split(out, e, c);
  case ToolKind::Delete:
  case ToolKind::Merge:
    return pick(out, e, c);
  case ToolKind::Landmark:
    return landmark(out, e, c);
  case ToolKind::Distance:
  case ToolKind::Angle:
  case ToolKind::Cobb:
  case ToolKind::Ellipse:
  case ToolKind::Region:
  case ToolKind::Arrow:
    return marks(out, e, c);
  default:
    return navigate(out, e, c);
  }
}

} // namespace
} // namespace detail

ToolOutcome handle(const ToolState& tool, const PointerEvent& e, const ToolContext& c) {
  using namespace detail;
  ToolOutcome out;
  out.tool = tool;
  out.view = c.view;
  out.cursor = e.view == ViewKind::Scene3d ? CursorShape::Rotate : restingCursor(tool.active);
  if (!c.volume) {
    out.cursor = CursorShape::Arrow;
    return out;
  }
  if (e.phase == PointerPhase::Cancel) {
    const Gesture was = tool.gesture;
    out.tool = chosen(tool.active);
    if (isNavigation(was.kind) || was.kind == Gesture::Kind::Orbit)
      out.view = was.start; // as before the drag
    if (was.kind == Gesture::Kind::MarkHandle && c.marks) {
      out.marks = *c.marks;
      for (Mark& mark : *out.marks)
        if (mark.id == was.mark.id)
          mark = was.mark;
    }
    return out;
  }
  if (e.phase == PointerPhase::DoubleClick) {
    if (changesThings(tool.active) && e.view != ViewKind::Scene3d) { // quick dabs of the brush are strokes
      PointerEvent press = e;
      press.phase = PointerPhase::Press;
      return handle(tool, press, c);
    }
    out.toggleMaximised = e.button == PointerButton::Left;
    end(out);
    return out;
  }
  if (e.phase == PointerPhase::Wheel) {
    wheel(out, e, c);
    return out;
  }
  if (e.view == ViewKind::Scene3d) {
    scene(out, e, c);
    return out;
  }
  if (e.phase == PointerPhase::Hover && e.control &&
      e.shift) { // the crosshair has a key of its own, with every tool
    out.view = movedTo(c.view, e.lps);
    return out;
  }
  if (e.phase == PointerPhase::Press && tool.gesture.kind == Gesture::Kind::None) {
    if (const Gesture::Kind fixed = fixedGesture(e); fixed != Gesture::Kind::None) {
      begin(out, fixed, e, c);
      return out;
    }
  }
  if (isNavigation(tool.gesture.kind)) {
    navigate(out, e, c);
  } else if (e.curved && changesThings(tool.active)) { // lengths and voxels are not what they seem there
    if (e.phase != PointerPhase::Leave)
      say(out, e, toolTitle(tool.active) + " works on flat pictures: press V");
    out.cursor = CursorShape::Forbidden;
  } else {
    active(out, e, c);
  }
  return out;
}

} // namespace spondyl::viewer
