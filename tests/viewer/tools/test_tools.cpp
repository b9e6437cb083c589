#include "tests/viewer/support/made_spine.h"
#include "viewer/tools/tool.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

// A reader with a pointer: keeps tool and view state as a window does.
struct Desk {
  MadeSpine spine = madeSpine(madeGrid());
  ToolState tool;
  ViewState view = initialState(*spine.document->series("1.2.3"), *spine.volume);
  ToolSettings settings;
  ViewKind kind = ViewKind::Sagittal;
  ToolOutcome last;
  std::vector<Edit> edits;

  SliceGeometry geometry() const { return sliceGeometry(view, kind, spine.volume->grid(), 400, 400); }
  ToolOutcome send(PointerEvent e) {
    e.view = kind;
    if (kind != ViewKind::Scene3d) {
      e.geometry = geometry();
      e.lps = e.geometry.at(e.at);
    } else {
      e.geometry.width = e.geometry.height = 400;
    }
    last = handle(tool, e, {spine.volume.get(), spine.document.get(), spine.shown.get(), view, settings});
    tool = last.tool;
    view = last.view;
    if (last.edit)
      edits.push_back(*last.edit);
    return last;
  }
  PointerEvent event(PointerPhase phase, ScreenPoint at, PointerButton button = PointerButton::Left) {
    PointerEvent e;
    e.phase = phase;
    e.at = at;
    e.button = button;
    return e;
  }
  void press(ScreenPoint at, PointerButton b = PointerButton::Left) {
    send(event(PointerPhase::Press, at, b));
  }
  void drag(ScreenPoint at, PointerButton b = PointerButton::Left) { send(event(PointerPhase::Drag, at, b)); }
  void release(ScreenPoint at, PointerButton b = PointerButton::Left) {
    send(event(PointerPhase::Release, at, b));
  }
  void escape() { send(event(PointerPhase::Cancel, {0, 0}, PointerButton::None)); }
  void click(ScreenPoint at) {
    press(at);
    release(at);
  }
  ScreenPoint on(std::size_t vertebra) const { return geometry().position(spine.centres[vertebra]); }
};

} // namespace

TEST_CASE("The crosshair follows the left button and selects the vertebra under it") {
  Desk desk;
  desk.press(desk.on(1));
  CHECK(std::abs(desk.view.crosshair.z - desk.spine.centres[1].z) < 0.01);
  CHECK(desk.view.selected == desk.spine.vertebrae[1]);
  const double x = desk.view.crosshair.x;
  desk.drag({222, 111});
  CHECK(desk.view.crosshair.x == x); // stays in the plane of the view
  CHECK(desk.geometry().position(desk.view.crosshair).x == Approx(222));
  desk.release({222, 111});
  CHECK(desk.edits.empty());
  CHECK(desk.tool.gesture.kind == Gesture::Kind::None);
}

TEST_CASE("Middle drag pans, right drag windows, with every tool") {
  for (const ToolKind kind : {ToolKind::Crosshair, ToolKind::Brush, ToolKind::Split, ToolKind::Distance}) {
    Desk desk;
    desk.tool = chosen(kind);
    const PointLps under = desk.geometry().at({100, 100});
    desk.press({100, 100}, PointerButton::Middle);
    desk.drag({130, 90}, PointerButton::Middle);
    desk.release({130, 90}, PointerButton::Middle);
    CHECK(distance(desk.geometry().at({130, 90}), under) < 1e-9);
    const Windowing before = desk.view.windowing;
    desk.press({100, 100}, PointerButton::Right);
    desk.drag({140, 120}, PointerButton::Right);
    CHECK(desk.view.windowing.width == Approx(before.width * std::exp(0.2)));
    CHECK(desk.view.windowing.centre == Approx(before.centre + 20 * before.width / 400));
    desk.release({140, 120}, PointerButton::Right);
    CHECK(desk.edits.empty());
    CHECK(desk.tool.active == kind);
  }
}

TEST_CASE("Ctrl and Shift move the crosshair while any tool is chosen") {
  Desk desk;
  desk.tool = chosen(ToolKind::Brush);
  PointerEvent e = desk.event(PointerPhase::Hover, {150, 250}, PointerButton::None);
  e.control = e.shift = true;
  desk.send(e);
  CHECK(desk.geometry().position(desk.view.crosshair).x == Approx(150));
  CHECK(desk.tool.active == ToolKind::Brush);
}

TEST_CASE("The wheel scrolls, zooms at the pointer with Ctrl and thickens the slab with Shift") {
  Desk desk;
  PointerEvent e = desk.event(PointerPhase::Wheel, {90, 120}, PointerButton::None);
  e.wheelSteps = 1;
  const PointLps before = desk.view.crosshair;
  desk.send(e);
  CHECK(distance(before, desk.view.crosshair) == Approx(1.4));
  e.shift = true;
  desk.send(e);
  CHECK(desk.view.slabMm == 2);
  e.shift = false;
  e.control = true;
  const SliceGeometry g = desk.geometry();
  desk.send(e);
  CHECK(desk.geometry().mmPerPixel < g.mmPerPixel);
  CHECK(distance(desk.geometry().at({90, 120}), g.at({90, 120})) < 1e-9);
}

TEST_CASE("A brush stroke makes one edit when released, with the structure under the pointer") {
  Desk desk;
  desk.tool = chosen(ToolKind::Brush);
  desk.settings.brushRadius = Mm(4);
  const ScreenPoint at = desk.on(2);
  desk.press(at);
  REQUIRE(desk.last.preview.stroke);
  CHECK(desk.last.preview.stroke->target == desk.spine.bodies[2]);
  for (int n = 1; n <= 10; ++n)
    desk.drag({at.x + 3 * n, at.y});
  CHECK(desk.edits.empty());
  CHECK(desk.last.preview.rings.size() == 1);
  const PaintStroke preview = *desk.last.preview.stroke;
  desk.release({at.x + 30, at.y});
  REQUIRE(desk.edits.size() == 1);
  const auto& stroke = std::get<PaintStroke>(desk.edits[0]);
  CHECK(stroke.path.size() >= preview.path.size());
  CHECK(std::equal(preview.path.begin(), preview.path.end(), stroke.path.begin()));
  CHECK(stroke.radius == Mm(4));
  CHECK(stroke.layer == LayerKind::BoneAndDisc);
  CHECK_FALSE(desk.last.preview.stroke);
}

TEST_CASE("The brush paints the chosen structure, else the selected vertebra near the pointer, else it says "
          "why not") {
  Desk desk;
  desk.tool = chosen(ToolKind::Brush);
  const ScreenPoint air{5, 200};
  desk.press(air);
  CHECK(desk.last.cursor == CursorShape::Forbidden);
  CHECK_FALSE(desk.last.preview.message.empty());
  desk.release(air);
  CHECK(desk.edits.empty());
  desk.view.selected = desk.spine.vertebrae[3];
  const SliceGeometry g = desk.geometry();
  const ScreenPoint front =
      g.position(desk.spine.centres[3] + VectorLps{0, -19, 0}); // 3 mm in front of the body
  desk.press(front);
  REQUIRE(desk.last.preview.stroke);
  CHECK(desk.last.preview.stroke->target == desk.spine.bodies[3]);
  desk.escape();
  desk.settings.target = desk.spine.bodies[0];
  desk.press(front);
  CHECK(desk.last.preview.stroke->target == desk.spine.bodies[0]);
}

TEST_CASE("The eraser's target is the background, Esc ends any gesture without an edit") {
  Desk desk;
  desk.tool = chosen(ToolKind::Eraser);
  desk.press(desk.on(2));
  CHECK(desk.last.preview.stroke->target == StructureId{});
  desk.escape();
  desk.release(desk.on(2));
  CHECK(desk.edits.empty());
  CHECK(desk.tool.gesture.kind == Gesture::Kind::None);
  CHECK(desk.tool.active == ToolKind::Eraser);
  // Navigation is taken back as well.
  desk.tool = chosen(ToolKind::Pan);
  const ViewState before = desk.view;
  desk.press({10, 10});
  desk.drag({50, 60});
  CHECK_FALSE(desk.view == before);
  desk.escape();
  CHECK(desk.view == before);
}

TEST_CASE("Restricted to one structure, a stroke changes only what was under the pointer when it began") {
  Desk desk;
  desk.tool = chosen(ToolKind::Eraser);
  desk.settings.inside = EditInside::ThisOnly;
  desk.press(desk.on(2));
  CHECK(desk.last.preview.stroke->only == desk.spine.bodies[2]);
}

TEST_CASE("A line across a vertebra splits it by the plane through the line and the line of sight") {
  Desk desk;
  desk.tool = chosen(ToolKind::Split);
  const ScreenPoint c = desk.on(2);
  desk.press({c.x - 60, c.y + 10});
  desk.drag({c.x + 60, c.y - 10});
  REQUIRE(desk.last.preview.lines.size() == 1);
  CHECK(desk.last.preview.message == "Split L3");
  desk.release({c.x + 60, c.y - 10});
  REQUIRE(desk.edits.size() == 1);
  const auto& split = std::get<SplitInstance>(desk.edits[0]);
  CHECK(split.instance == desk.spine.vertebrae[2]);
  const SliceGeometry g = desk.geometry();
  CHECK(std::abs(split.plane.signedDistance(g.at({c.x - 60, c.y + 10}))) < 1e-9);
  CHECK(std::abs(split.plane.signedDistance(g.at({c.x + 60, c.y - 10}))) < 1e-9);
  CHECK(std::abs(dot(split.plane.normal(), g.plane.normal())) < 1e-9);
  CHECK(length(split.plane.right) == Approx(1));
  // Beside the spine, or too short: nothing.
  desk.press({5, 5});
  desk.release({60, 5});
  desk.press(c);
  desk.release({c.x + 1, c.y});
  CHECK(desk.edits.size() == 1);
}

TEST_CASE("Delete removes the vertebra's parts and leaves its disc") {
  Desk desk;
  desk.tool = chosen(ToolKind::Delete);
  desk.send(desk.event(PointerPhase::Hover, desk.on(3), PointerButton::None));
  CHECK(desk.last.preview.message == "Delete L4");
  desk.click(desk.on(3));
  REQUIRE(desk.edits.size() == 1);
  const auto& deleted = std::get<DeleteStructures>(desk.edits[0]).structures;
  CHECK(deleted.size() == 2);
  for (const StructureId id : deleted) {
    CHECK(desk.spine.shown->structures.find(id)->instance == desk.spine.vertebrae[3]);
    CHECK(desk.spine.shown->structures.find(id)->part != Part::Disc);
  }
  desk.click({5, 5});
  CHECK(desk.edits.size() == 1);
}

TEST_CASE(
    "A double click maximises the view with a tool that only looks, with the brush it is a second dab") {
  Desk desk;
  desk.click(desk.on(2));
  CHECK(desk.send(desk.event(PointerPhase::DoubleClick, desk.on(2))).toggleMaximised);
  desk.release(desk.on(2));
  desk.tool = chosen(ToolKind::Brush);
  desk.click(desk.on(2));
  CHECK_FALSE(desk.send(desk.event(PointerPhase::DoubleClick, desk.on(2))).toggleMaximised);
  desk.release(desk.on(2));
  CHECK(desk.edits.size() == 2);
  desk.tool = chosen(ToolKind::Delete);
  desk.release(desk.on(2)); // a release without its press
  CHECK(desk.edits.size() == 2);
}

TEST_CASE("Merge takes two clicks: what to keep, what to add") {
  Desk desk;
  desk.tool = chosen(ToolKind::Merge);
  desk.click(desk.on(1));
  CHECK(desk.edits.empty());
  CHECK(desk.tool.mergeInto == desk.spine.vertebrae[1]);
  desk.click(desk.on(1)); // the same again: nothing
  CHECK(desk.edits.empty());
  desk.click(desk.on(2));
  REQUIRE(desk.edits.size() == 1);
  CHECK(std::get<MergeInstances>(desk.edits[0]).keep == desk.spine.vertebrae[1]);
  CHECK(std::get<MergeInstances>(desk.edits[0]).absorb == desk.spine.vertebrae[2]);
  CHECK_FALSE(desk.tool.mergeInto);
  desk.click(desk.on(1));
  desk.escape();
  CHECK_FALSE(desk.tool.mergeInto);
}

TEST_CASE("A landmark near the plane is dragged by the pointer's way, a click alone moves nothing") {
  Desk desk;
  auto shown = std::make_shared<EffectiveCase>(*desk.spine.shown);
  Landmark l;
  l.instance = desk.spine.vertebrae[2];
  l.site = "superior.anterior";
  l.position = PointLps{desk.view.crosshair.x + 1, -14, 13};
  shown->landmarks.push_back(l);
  desk.spine.shown = shown;
  desk.tool = chosen(ToolKind::Landmark);
  const ScreenPoint at = desk.geometry().position(l.position);
  desk.send(desk.event(PointerPhase::Hover, {at.x + 4, at.y}, PointerButton::None));
  REQUIRE(desk.last.preview.handles.size() == 1);
  CHECK(desk.last.preview.handles[0].text == "L3.superior.anterior");
  desk.click({at.x + 4, at.y});
  CHECK(desk.edits.empty());
  desk.press({at.x + 4, at.y});
  desk.drag({at.x + 24, at.y});
  desk.release({at.x + 24, at.y});
  REQUIRE(desk.edits.size() == 1);
  const auto& move = std::get<MoveLandmark>(desk.edits[0]);
  CHECK(move.site == "superior.anterior");
  CHECK(distance(move.to, l.position + VectorLps{0, 20 * desk.geometry().mmPerPixel, 0}) < 1e-9);
  desk.press({at.x + 100, at.y});
  CHECK(desk.tool.gesture.kind == Gesture::Kind::None);
}

TEST_CASE("In 3D a drag turns, a click on a vertebra goes there") {
  Desk desk;
  desk.kind = ViewKind::Scene3d;
  const SceneCamera before = desk.view.scene;
  PointerEvent e = desk.event(PointerPhase::Press, {200, 200});
  e.picked = desk.spine.vertebrae[4];
  desk.send(e);
  desk.drag({240, 210});
  desk.release({240, 210});
  CHECK(desk.view.scene.azimuthDeg < before.azimuthDeg);
  CHECK(desk.view.scene.elevationDeg > before.elevationDeg);
  CHECK_FALSE(desk.view.selected);
  desk.send(e);
  desk.release({200, 200});
  CHECK(desk.view.selected == desk.spine.vertebrae[4]);
  CHECK(distance(desk.view.crosshair, desk.spine.centres[4]) < 1e-9);
  CHECK(desk.edits.empty());
}

TEST_CASE("Without a volume no tool does anything") {
  Desk desk;
  PointerEvent e = desk.event(PointerPhase::Press, {10, 10});
  e.geometry = desk.geometry();
  for (const ToolKind kind : {ToolKind::Crosshair, ToolKind::Brush, ToolKind::Split, ToolKind::Delete}) {
    const ToolOutcome out = handle(chosen(kind), e, {nullptr, nullptr, nullptr, desk.view, {}});
    CHECK_FALSE(out.edit);
    CHECK(out.view == desk.view);
  }
}
