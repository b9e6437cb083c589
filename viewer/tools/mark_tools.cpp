// Distances, angles, regions, arrows: drawn on a plane, kept in patient space, dragged by their handles.

#include "viewer/tools/tool_parts.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer::detail {
namespace {

constexpr double freehandStepPx = 2;

MarkKind kindOf(ToolKind tool) {
  switch (tool) {
  case ToolKind::Angle:
    return MarkKind::Angle;
  case ToolKind::Cobb:
    return MarkKind::Cobb;
  case ToolKind::Ellipse:
    return MarkKind::Ellipse;
  case ToolKind::Region:
    return MarkKind::Region;
  case ToolKind::Arrow:
    return MarkKind::Arrow;
  default:
    return MarkKind::Distance;
  }
}

std::size_t pointsOf(MarkKind kind) {
  return kind == MarkKind::Angle ? 3 : kind == MarkKind::Cobb ? 4 : 2;
}

double pixels(const PointerEvent& e, PointLps p) {
  const ScreenPoint s = e.geometry.position(p);
  return std::hypot(s.x - e.at.x, s.y - e.at.y);
}

bool isShown(const Mark& mark, const ToolContext& c) {
  const Series* series = c.document ? c.document->series(c.view.seriesUid) : nullptr;
  return series ? liesIn(mark, *series, c.view.stack) : mark.seriesUid == c.view.seriesUid;
}

void revalue(Mark& mark, const ToolContext& c) {
  mark.value = markValue(mark, *c.volume, c.units);
}

Mark begun(const ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Mark mark;
  mark.kind = kindOf(out.tool.active);
  mark.seriesUid = c.view.seriesUid;
  if (const Series* series = c.document ? c.document->series(c.view.seriesUid) : nullptr)
    mark.frameOfReferenceUid = markFrame(*series, c.view.stack);
  mark.plane = e.geometry.plane;
  mark.points = {e.lps, e.lps};
  mark.where = viewName(e.view);
  if (const Structure* s = structureAt(c, e.lps); s && s->instance)
    mark.where += " · " + instanceName(c, s->instance);
  return mark;
}

void commit(ToolOutcome& out, const ToolContext& c) {
  Mark mark = std::move(*out.tool.drawing);
  out.tool.drawing.reset();
  out.marks = c.marks ? *c.marks : Marks{};
  for (const Mark& other : *out.marks)
    mark.id = std::max(mark.id, other.id);
  ++mark.id;
  revalue(mark, c);
  out.tool.activeMark = mark.id;
  if (mark.kind == MarkKind::Arrow)
    out.askWordsOf = mark.id;
  out.marks->push_back(std::move(mark));
}

// A press on a handle of what is there drags it.
bool catchHandle(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  if (!c.marks)
    return false;
  double nearest = hitRadius;
  const Mark* caught = nullptr;
  std::size_t point = 0;
  for (const Mark& mark : *c.marks)
    for (std::size_t n = 0; n < mark.points.size() && isShown(mark, c); ++n)
      if (std::abs(e.geometry.plane.signedDistance(mark.points[n])) <= nearPlaneMm &&
          pixels(e, mark.points[n]) < nearest) {
        nearest = pixels(e, mark.points[n]);
        caught = &mark;
        point = n;
      }
  if (!caught)
    return false;
  begin(out, Gesture::Kind::MarkHandle, e, c);
  out.tool.gesture.mark = *caught;
  out.tool.gesture.point = point;
  out.tool.activeMark = caught->id;
  return true;
}

void dragHandle(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  const Gesture& g = out.tool.gesture;
  out.marks = c.marks ? *c.marks : Marks{};
  for (Mark& mark : *out.marks)
    if (mark.id == g.mark.id && g.point < mark.points.size()) {
      mark.points[g.point] = g.mark.points[g.point] + (e.lps - g.press.lps);
      revalue(mark, c);
    }
}

// What a press adds to a mark in progress: nothing while its last point follows the pointer.
void pressOn(ToolOutcome& out, const PointerEvent& e) {
  Mark& mark = *out.tool.drawing;
  if (mark.kind == MarkKind::Cobb && mark.points.size() == 2)
    mark.points.insert(mark.points.end(), {e.lps, e.lps}); // the second line
}

// The outline's first or last corner again: it is closed.
bool closes(const Mark& mark, const PointerEvent& e) {
  return mark.points.size() >= 4 && (pixels(e, mark.points.front()) <= hitRadius ||
                                     pixels(e, mark.points[mark.points.size() - 2]) <= dragSlop);
}

void releaseRegion(ToolOutcome& out, const PointerEvent& e, const ToolContext& c, bool first, bool moved) {
  Mark& mark = *out.tool.drawing;
  if (first && moved) { // drawn by hand
    if (mark.points.size() >= 3)
      return commit(out, c);
    out.tool.drawing.reset();
    return;
  }
  if (!first && closes(mark, e)) {
    mark.points.pop_back();
    return commit(out, c);
  }
  if (!first)
    mark.points.push_back(e.lps);
}

void release(ToolOutcome& out, const PointerEvent& e, const ToolContext& c, bool first, bool moved) {
  Mark& mark = *out.tool.drawing;
  if (mark.kind == MarkKind::Region)
    return releaseRegion(out, e, c, first, moved);
  if (first && !moved) {
    if (mark.kind == MarkKind::Arrow) { // words alone
      mark.points.pop_back();
      commit(out, c);
    }
    return; // the first point stands, the next one follows the pointer
  }
  if (mark.points.size() == pointsOf(mark.kind)) {
    if (pixels(e, mark.points[mark.points.size() - 2]) > dragSlop)
      commit(out, c);
    return;
  }
  if (mark.kind == MarkKind::Angle)
    mark.points.push_back(e.lps);
}

std::string hint(const Mark& mark) {
  switch (mark.kind) {
  case MarkKind::Angle:
    return mark.points.size() == 3 ? std::string() : "Draw one arm, then click the end of the other";
  case MarkKind::Cobb:
    return mark.points.size() == 2 ? "Now the second line" : std::string();
  case MarkKind::Region:
    return "Click its first corner to close";
  default:
    return {};
  }
}

} // namespace

void marks(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Gesture& g = out.tool.gesture;
  auto& drawing = out.tool.drawing;
  if (g.kind == Gesture::Kind::MarkHandle) {
    if (e.view == g.press.view && (e.phase == PointerPhase::Drag || e.phase == PointerPhase::Release))
      dragHandle(out, e, c);
    if (e.phase == PointerPhase::Release)
      end(out);
    return;
  }
  const bool left = e.button == PointerButton::Left;
  if (e.phase == PointerPhase::Press && left && g.kind == Gesture::Kind::None) {
    if (!drawing && catchHandle(out, e, c))
      return;
    begin(out, Gesture::Kind::Mark, e, c);
    g.point = drawing ? 1 : 0; // of a mark begun before
    if (drawing)
      pressOn(out, e);
    else
      drawing = begun(out, e, c);
  }
  if (!drawing)
    return;
  const bool pressed = g.kind == Gesture::Kind::Mark;
  if (pressed)
    g.moved = g.moved || movedFar(g.press, e);
  const bool byHand = drawing->kind == MarkKind::Region && pressed && g.point == 0 && g.moved;
  const bool waits = drawing->kind == MarkKind::Cobb && drawing->points.size() == 2 && !pressed;
  if (e.phase != PointerPhase::Leave && !waits) {
    const bool inPlane = drawing->kind == MarkKind::Region || drawing->kind == MarkKind::Ellipse;
    const PointLps at = inPlane
                            ? drawing->plane.project(e.lps) +
                                  drawing->plane.normal() * drawing->plane.signedDistance(drawing->points[0])
                            : e.lps;
    if (byHand && pixels(e, drawing->points[drawing->points.size() - 2]) >= freehandStepPx)
      drawing->points.push_back(at);
    else
      drawing->points.back() = at;
  }
  if (e.phase == PointerPhase::Release && pressed) {
    const bool first = g.point == 0, moved = g.moved;
    end(out);
    release(out, e, c, first, moved);
  }
  if (!drawing)
    return;
  Mark preview = *drawing;
  if (preview.kind != MarkKind::Region) // open still, and its voxels take too long for every move
    revalue(preview, c);
  addMark(out.preview, preview, true);
  if (const std::string words = hint(*drawing); !words.empty() && !pressed)
    say(out, e, words);
}

} // namespace spondyl::viewer::detail
