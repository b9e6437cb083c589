#include "viewer/tools/tool_parts.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

namespace spondyl::viewer::detail {
namespace {

constexpr double shortestCutMm = 3;

// The vertebra that a line crosses most.
InstanceId crossedInstance(const ToolContext& c, PointLps a, PointLps b) {
  std::map<InstanceId, int> hits;
  constexpr int samples = 64;
  for (int n = 0; n <= samples; ++n)
    if (const Structure* s = structureAt(c, a + (b - a) * (double(n) / samples));
        s && s->instance && s->part != Part::Disc)
      ++hits[s->instance];
  const auto most = std::max_element(hits.begin(), hits.end(),
                                     [](const auto& x, const auto& y) { return x.second < y.second; });
  return most == hits.end() ? InstanceId{} : most->first;
}

std::string millimetres(double mm) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f mm", mm);
  return text;
}

} // namespace

void split(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Gesture& g = out.tool.gesture;
  if (e.phase == PointerPhase::Press && g.kind == Gesture::Kind::None && e.button == PointerButton::Left) {
    begin(out, Gesture::Kind::Line, e, c);
    g.from = g.to = e.lps;
    return;
  }
  if (g.kind != Gesture::Kind::Line || e.view != g.press.view)
    return;
  g.to = e.lps;
  const InstanceId crossed = crossedInstance(c, g.from, g.to);
  const double mm = spondyl::distance(g.from, g.to);
  if (e.phase == PointerPhase::Release) {
    if (crossed && mm >= shortestCutMm) {
      // The cut goes straight through the picture: it holds the line and the line of sight.
      const VectorLps along = normalized(g.to - g.from);
      out.edit =
          SplitInstance{crossed, Plane{midpoint(g.from, g.to), along, g.press.geometry.plane.normal()}};
    }
    end(out);
    return;
  }
  OverlayLine line;
  line.points = {g.from, g.to};
  line.colour = crossed ? OverlayColour::Accent : OverlayColour::Attention;
  line.dashed = true;
  out.preview.lines.push_back(line);
  say(out, e, crossed ? "Split " + instanceName(c, crossed) : "Draw across a vertebra");
}

void pick(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  const Structure* under = e.view == ViewKind::Scene3d ? nullptr : structureAt(c, e.lps);
  const InstanceId instance = e.view == ViewKind::Scene3d ? e.picked : under ? under->instance : InstanceId{};
  const bool merges = out.tool.active == ToolKind::Merge;
  Gesture& g = out.tool.gesture;
  if (e.phase == PointerPhase::Press && g.kind == Gesture::Kind::None && e.button == PointerButton::Left)
    begin(out, Gesture::Kind::Pick, e, c);
  // A click: pressed and released in one place.
  const bool released =
      e.phase == PointerPhase::Release && g.kind == Gesture::Kind::Pick && !movedFar(g.press, e);
  if (e.phase == PointerPhase::Release)
    end(out);
  if (e.phase == PointerPhase::Leave)
    return;
  const std::string name = instance           ? instanceName(c, instance)
                           : under && c.shown ? structureName(*under, c.shown->chain)
                                              : std::string();
  if (merges) {
    const std::string into = instanceName(c, out.tool.mergeInto);
    if (!instance) {
      say(out, e,
          out.tool.mergeInto ? "Merge into " + into + ": click the other part"
                             : "Click the vertebra to keep");
      if (e.phase == PointerPhase::Press)
        out.cursor = CursorShape::Forbidden;
      return;
    }
    if (!out.tool.mergeInto) {
      say(out, e, "Keep " + name);
      if (released)
        out.tool.mergeInto = instance;
      return;
    }
    if (instance == out.tool.mergeInto)
      return say(out, e, "Merge into " + into + ": click the other part");
    say(out, e, "Merge " + name + " into " + into);
    if (released) {
      out.edit = MergeInstances{out.tool.mergeInto, instance};
      out.tool.mergeInto = {};
      out.preview = {};
    }
    return;
  }
  if (!under && !instance)
    return;
  const bool wholeVertebra = instance && !(under && under->part == Part::Disc) && !e.alt;
  say(out, e,
      "Delete " + (wholeVertebra      ? name
                   : under && c.shown ? structureName(*under, c.shown->chain)
                                      : name));
  if (!released)
    return;
  DeleteStructures edit;
  if (wholeVertebra && c.shown) {
    for (const Structure& s : c.shown->structures.all())
      if (s.instance == instance && s.part != Part::Disc)
        edit.structures.push_back(s.id);
  } else if (under) {
    edit.structures.push_back(under->id);
  }
  out.preview = {};
  if (!edit.structures.empty())
    out.edit = edit;
}

void landmark(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Gesture& g = out.tool.gesture;
  if (!c.shown || e.phase == PointerPhase::Leave)
    return;
  const auto caught = [&]() -> const Landmark* {
    const Landmark* best = nullptr;
    double nearest = hitRadius;
    for (const Landmark& l : c.shown->landmarks) {
      if (l.state == ItemState::Rejected ||
          std::abs(e.geometry.plane.signedDistance(l.position)) > nearPlaneMm)
        continue;
      const ScreenPoint p = e.geometry.position(l.position);
      const double d = std::hypot(p.x - e.at.x, p.y - e.at.y);
      if (d < nearest) {
        nearest = d;
        best = &l;
      }
    }
    return best;
  };
  if (g.kind == Gesture::Kind::None) {
    const Landmark* l = caught();
    if (!l)
      return;
    out.preview.handles.push_back(
        {l->position, OverlayColour::Accent, true, landmarkName(*l, c.shown->chain)});
    if (e.phase != PointerPhase::Press || e.button != PointerButton::Left)
      return;
    begin(out, Gesture::Kind::Landmark, e, c);
    g.instance = l->instance;
    g.site = l->site;
    g.from = g.to = l->position;
    return;
  }
  if (g.kind != Gesture::Kind::Landmark || e.view != g.press.view)
    return;
  // By the pointer's way, so that it does not jump to the pointer or onto the plane.
  g.moved = g.moved || movedFar(g.press, e);
  g.to = g.moved ? g.from + (e.lps - g.press.lps) : g.from;
  if (e.phase == PointerPhase::Release) {
    if (g.moved)
      out.edit = MoveLandmark{g.instance, g.site, g.to};
    end(out);
    return;
  }
  out.preview.handles.push_back(
      {g.to, OverlayColour::Accent, true, millimetres(spondyl::distance(g.from, g.to))});
}

} // namespace spondyl::viewer::detail
