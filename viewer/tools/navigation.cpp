#include "viewer/tools/tool_parts.h"

#include "viewer/state/scene_geometry.h"

#include <algorithm>
#include <cmath>

namespace spondyl::viewer::detail {
namespace {

constexpr double zoomPerPixel = 0.008, zoomPerNotch = 1.15, slabPerNotchMm = 2, largestSlabMm = 100;

Gesture::Kind ownGesture(ToolKind tool) {
  switch (tool) {
  case ToolKind::Pan:
    return Gesture::Kind::Pan;
  case ToolKind::Zoom:
    return Gesture::Kind::Zoom;
  case ToolKind::Window:
    return Gesture::Kind::Window;
  default:
    return Gesture::Kind::Navigate;
  }
}

// To the right: wider. Down: higher centre. In proportion to the width at the start, so that narrow windows
// are fine to adjust and wide ones quick.
Windowing dragged(Windowing w, double dx, double dy) {
  const double width = w.width;
  w.width = std::max(width * std::exp(dx * 0.005), width / 1000);
  w.centre += dy * width / 400;
  return w;
}

// A place of a curved picture lies on the cross-section that the axial view shows then.
ViewState lookedAt(ViewState view, const PointerEvent& e) {
  view = movedTo(std::move(view), e.lps);
  if (e.curved && e.view != ViewKind::Axial)
    view.planes[std::size_t(ViewKind::Axial)] = e.section;
  return view;
}

} // namespace

void navigate(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Gesture& g = out.tool.gesture;
  if (e.phase == PointerPhase::Press && g.kind == Gesture::Kind::None && e.button == PointerButton::Left) {
    begin(out, ownGesture(out.tool.active), e, c);
    if (g.kind == Gesture::Kind::Navigate) {
      out.view = lookedAt(c.view, e);
      if (const Structure* s = structureAt(c, e.lps); s && s->instance)
        out.view.selected = s->instance;
    }
    return;
  }
  if (g.kind == Gesture::Kind::None)
    return;
  const double dx = e.at.x - g.press.at.x, dy = e.at.y - g.press.at.y;
  if (e.phase == PointerPhase::Drag) {
    g.moved = g.moved || movedFar(g.press, e);
    const SliceGeometry& at = g.press.geometry;
    switch (g.kind) {
    case Gesture::Kind::Navigate:
      out.view = lookedAt(c.view, e);
      break;
    case Gesture::Kind::Pan:
      out.view = pannedIn(g.start, e.view, at.mmPerPixel, dx, dy);
      out.cursor = CursorShape::Move;
      break;
    case Gesture::Kind::Zoom:
      out.view = zoomedIn(g.start, e.view, at, g.press.at, std::exp(-dy * zoomPerPixel));
      out.cursor = CursorShape::Zoom;
      break;
    case Gesture::Kind::Window:
      if (!g.moved)
        break;
      out.view.windowing = dragged(g.start.windowing, dx, dy);
      out.cursor = CursorShape::Window;
      break;
    default:
      break;
    }
  }
  if (e.phase == PointerPhase::Release)
    end(out);
}

void wheel(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  const Grid& grid = c.volume->grid();
  const bool scene = e.view == ViewKind::Scene3d;
  const double factor = std::pow(zoomPerNotch, e.wheelSteps);
  if (scene) {
    out.view = zoomedAt(c.view, e.view, grid, e.geometry.width, e.geometry.height, e.at.x, e.at.y, factor);
  } else if (e.control) {
    out.view = zoomedIn(c.view, e.view, e.geometry, e.at, factor);
  } else if (e.shift) {
    out.view.slabMm = std::clamp(c.view.slabMm + e.wheelSteps * slabPerNotchMm, 0.0, largestSlabMm);
  } else {
    out.view = scrolled(c.view, e.view, int(e.wheelSteps), *c.volume);
  }
}

void scene(ToolOutcome& out, const PointerEvent& e, const ToolContext& c) {
  Gesture& g = out.tool.gesture;
  if (e.phase == PointerPhase::Press && g.kind == Gesture::Kind::None) {
    const bool pans = e.button == PointerButton::Middle || e.shift;
    begin(out,
          pans                               ? Gesture::Kind::Pan
          : e.button == PointerButton::Right ? Gesture::Kind::Zoom
                                             : Gesture::Kind::Orbit,
          e, c);
    g.instance = e.picked;
    return;
  }
  if (g.kind == Gesture::Kind::None || g.press.view != ViewKind::Scene3d)
    return;
  const double dx = e.at.x - g.press.at.x, dy = e.at.y - g.press.at.y;
  if (e.phase == PointerPhase::Drag) {
    g.moved = g.moved || movedFar(g.press, e);
    if (!g.moved)
      return;
    const double height = g.press.geometry.height;
    if (g.kind == Gesture::Kind::Orbit)
      out.view.scene = orbited(g.start.scene, dx, dy, height);
    if (g.kind == Gesture::Kind::Pan)
      out.view.scene = panned(g.start, e.view, c.volume->grid(), 0, height, dx, dy).scene;
    if (g.kind == Gesture::Kind::Zoom)
      out.view.scene.zoom = std::clamp(g.start.scene.zoom * std::exp(-dy * zoomPerPixel), 0.2, 40.0);
    return;
  }
  if (e.phase == PointerPhase::Release) {
    const bool click = !g.moved && g.kind == Gesture::Kind::Orbit && e.button == PointerButton::Left;
    if (click && g.instance && c.shown) {
      if (out.tool.active == ToolKind::Delete || out.tool.active == ToolKind::Merge) {
        PointerEvent picked = e;
        picked.picked = g.instance;
        g.kind = Gesture::Kind::Pick;
        return pick(out, picked, c);
      }
      out.view = levelAligned(c.view, *c.shown, g.instance);
    }
    end(out);
  }
}

} // namespace spondyl::viewer::detail
