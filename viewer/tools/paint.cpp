#include "viewer/tools/tool_parts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spondyl::viewer::detail {
namespace {

// The structure that a stroke beginning here paints: chosen, under the pointer, or the nearest one of the
// selected vertebra.
const Structure* targetAt(const ToolContext& c, const PointerEvent& e) {
  if (!c.shown)
    return nullptr;
  if (c.settings.target)
    return c.shown->structures.find(c.settings.target);
  if (const Structure* under = structureAt(c, e.lps))
    return under;
  if (!c.view.selected)
    return nullptr;
  const double reach = 2 * c.settings.brushRadius.value + 6;
  constexpr int rings = 8, spokes = 24;
  for (int r = 1; r <= rings; ++r)
    for (int s = 0; s < spokes; ++s) {
      const double angle = 2 * std::numbers::pi * s / spokes, mm = reach * r / rings;
      const PointLps p = e.lps + e.geometry.plane.right * (mm * std::cos(angle)) +
                         e.geometry.plane.down * (mm * std::sin(angle));
      const Structure* found = structureAt(c, p);
      if (found && found->instance == c.view.selected)
        return found;
    }
  for (const Part part : {Part::VertebralBody, Part::Vertebra, Part::Sacrum, Part::PosteriorElements})
    if (const Structure* s = c.shown->structures.find(c.view.selected, part))
      return s;
  return nullptr;
}

PaintStroke strokeAt(const PointerEvent& e, const ToolContext& c, const Structure* target, bool erases) {
  PaintStroke stroke;
  stroke.seriesUid = c.view.seriesUid;
  stroke.layer = target ? layerOf(target->part) : LayerKind::BoneAndDisc;
  stroke.target = erases || !target ? StructureId{} : target->id;
  stroke.inside = c.settings.inside;
  if (stroke.inside == EditInside::ThisOnly && target)
    stroke.only = target->id;
  stroke.shape = c.settings.shape;
  stroke.radius = c.settings.brushRadius;
  stroke.plane = e.geometry.plane;
  stroke.path = {e.lps};
  return stroke;
}

} // namespace

void paint(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Gesture& g = out.tool.gesture;
  const bool erases = out.tool.active == ToolKind::Eraser;
  if (e.phase == PointerPhase::Leave && g.kind == Gesture::Kind::None)
    return;
  out.preview.rings.push_back(
      {e.lps, c.settings.brushRadius.value, erases ? OverlayColour::Erase : OverlayColour::Accent});
  if (e.phase == PointerPhase::Press && g.kind == Gesture::Kind::None && e.button == PointerButton::Left) {
    const Structure* target = targetAt(c, e);
    if (!target && !erases) {
      out.cursor = CursorShape::Forbidden;
      say(out, e, "Choose a structure to paint first");
      return;
    }
    begin(out, Gesture::Kind::Stroke, e, c);
    g.stroke = strokeAt(e, c, target, erases);
  } else if (g.kind == Gesture::Kind::Stroke && e.phase == PointerPhase::Drag && e.view == g.press.view) {
    // Half a millimetre apart is as good as continuous; every event would make long strokes slow.
    if (spondyl::distance(g.stroke->path.back(), e.lps) > std::min(0.5, g.stroke->radius.value / 4))
      g.stroke->path.push_back(e.lps);
  } else if (g.kind == Gesture::Kind::Stroke && e.phase == PointerPhase::Release) {
    if (!(g.stroke->path.back() == e.lps) && e.view == g.press.view)
      g.stroke->path.push_back(e.lps);
    out.edit = *g.stroke;
    end(out);
  }
  if (g.kind == Gesture::Kind::Stroke)
    out.preview.stroke = g.stroke;
}

} // namespace spondyl::viewer::detail
