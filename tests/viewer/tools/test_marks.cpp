#include "tests/viewer/support/made_spine.h"
#include "viewer/tools/tool.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

// A reader who draws: keeps tool, view and marks as a window does.
struct Reader {
  MadeSpine spine;
  ToolState tool;
  ViewState view;
  Marks marks;
  MarkUnits units{"mm", "", "HU"};
  ViewKind kind = ViewKind::Axial;
  ToolOutcome last;

  explicit Reader(GridKind grid = GridKind::Plain)
      : spine(madeSpine(madeGrid(grid))),
        view(initialState(*spine.document->series("1.2.3"), *spine.volume)) {}
  SliceGeometry geometry() const { return sliceGeometry(view, kind, spine.volume->grid(), 400, 400); }
  void send(PointerPhase phase, ScreenPoint at, PointerButton button = PointerButton::Left) {
    PointerEvent e;
    e.phase = phase;
    e.at = at;
    e.button = button;
    e.view = kind;
    e.geometry = geometry();
    e.lps = e.geometry.at(at);
    ToolContext c{spine.volume.get(), spine.document.get(), spine.shown.get(), view, {}};
    c.marks = &marks;
    c.units = units;
    last = handle(tool, e, c);
    tool = last.tool;
    view = last.view;
    if (last.marks)
      marks = *last.marks;
    CHECK_FALSE(last.edit);
  }
  void line(ScreenPoint a, ScreenPoint b) {
    send(PointerPhase::Press, a);
    send(PointerPhase::Drag, {(a.x + b.x) / 2, (a.y + b.y) / 2});
    send(PointerPhase::Drag, b);
    send(PointerPhase::Release, b);
  }
  void click(ScreenPoint at) {
    send(PointerPhase::Hover, at, PointerButton::None);
    send(PointerPhase::Press, at);
    send(PointerPhase::Release, at);
  }
};

double firstNumber(const std::string& text) {
  return std::stod(text.substr(text.find_first_of("0123456789")));
}

} // namespace

TEST_CASE("A distance is kept with its true length in millimetres, on every grid and plane") {
  for (const GridKind grid : {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded, GridKind::Sheared})
    for (const ViewKind kind : {ViewKind::Sagittal, ViewKind::Coronal, ViewKind::Axial}) {
      Reader reader(grid);
      reader.kind = kind;
      reader.tool = chosen(ToolKind::Distance);
      reader.line({100, 120}, {160, 200});
      REQUIRE(reader.marks.size() == 1);
      CHECK(distanceOf(reader.marks[0]) == Approx(100 * reader.geometry().mmPerPixel));
      CHECK(firstNumber(reader.marks[0].value) == Approx(100 * reader.geometry().mmPerPixel).margin(0.051));
      CHECK(reader.marks[0].value.find(" mm") != std::string::npos);
      CHECK(reader.marks[0].where.rfind(viewName(kind), 0) == 0);
    }
}

TEST_CASE("Two clicks draw what a drag draws, Esc leaves what is finished alone") {
  Reader reader;
  reader.tool = chosen(ToolKind::Distance);
  reader.line({100, 100}, {100, 200});
  reader.click({220, 100});
  CHECK(reader.marks.size() == 1);
  reader.send(PointerPhase::Hover, {220, 160}, PointerButton::None);
  CHECK(reader.last.preview.lines.size() == 1);
  reader.click({220, 200});
  REQUIRE(reader.marks.size() == 2);
  CHECK(reader.marks[1].value == reader.marks[0].value);
  CHECK(reader.marks[1].id != reader.marks[0].id);
  reader.send(PointerPhase::Press, {300, 300});
  reader.send(PointerPhase::Drag, {340, 300});
  reader.send(PointerPhase::Cancel, {0, 0}, PointerButton::None);
  CHECK(reader.marks.size() == 2);
  reader.send(PointerPhase::Hover, {10, 10}, PointerButton::None);
  CHECK(reader.last.preview.lines.empty());
}

TEST_CASE("A radiograph that nobody calibrated has pixels, never millimetres, MR has no HU") {
  Reader reader;
  reader.units = {"px", "", "signal"};
  reader.tool = chosen(ToolKind::Distance);
  reader.line({100, 120}, {160, 200});
  reader.tool = chosen(ToolKind::Ellipse);
  reader.line({180, 180}, {220, 230});
  REQUIRE(reader.marks.size() == 2);
  for (const Mark& mark : reader.marks) {
    CHECK(mark.value.find("px") != std::string::npos);
    CHECK(mark.value.find("mm") == std::string::npos);
    CHECK(mark.value.find("HU") == std::string::npos);
  }
  const Series& series = *reader.spine.document->series("1.2.3");
  CHECK(markUnits(series, 0, *reader.spine.volume, nullptr).value == "HU");
  CHECK(markUnits(series, 0, *reader.spine.volume, nullptr).length == "mm");
  Series mr = series;
  mr.modality = "MR";
  const auto signal = filledVolume(
      madeGrid(), [](PointLps) { return 100; }, VolumeMeaning::MrSignal);
  CHECK(markUnits(mr, 0, *signal, nullptr).value == "signal");
}

TEST_CASE("An angle has its vertex in the middle, a Cobb angle is that of two lines and at most 90 degrees") {
  Reader reader;
  reader.tool = chosen(ToolKind::Angle);
  reader.line({100, 200}, {200, 200}); // arm, vertex at its end
  reader.send(PointerPhase::Hover, {250, 110}, PointerButton::None);
  reader.click({200 - 100 * std::cos(0.7), 200 - 100 * std::sin(0.7)});
  REQUIRE(reader.marks.size() == 1);
  CHECK(angleOf(reader.marks[0]) == Approx(0.7 * 180 / 3.14159265358979).margin(1e-6));
  CHECK(reader.marks[0].value == "40.1°");
  reader.tool = chosen(ToolKind::Cobb);
  reader.line({100, 300}, {200, 280});
  CHECK(reader.marks.size() == 1);
  reader.send(PointerPhase::Hover, {150, 350}, PointerButton::None);
  CHECK(reader.last.preview.message == "Now the second line");
  reader.line({220, 370}, {120, 350}); // drawn the other way round
  REQUIRE(reader.marks.size() == 2);
  CHECK(angleOf(reader.marks[1]) == Approx(2 * std::atan(0.2) * 180 / 3.14159265358979).margin(1e-6));
  CHECK(reader.marks[1].value == "Cobb 22.6°");
}

TEST_CASE("An ellipse's values are those of the voxels in it, its area is exact") {
  Reader reader;
  reader.view = movedTo(reader.view, reader.spine.volume->grid().toLps(IndexIjk{64, 64, 48}));
  const PointLps ball{60, -20, 0}; // 1200 HU
  reader.view = movedTo(
      reader.view, reader.spine.volume->grid().toLps(nearestIndex(reader.spine.volume->grid().toIjk(ball))));
  const SliceGeometry g = reader.geometry();
  const ScreenPoint c = g.position(ball);
  const double r = 7 / g.mmPerPixel;
  reader.tool = chosen(ToolKind::Ellipse);
  reader.line({c.x - r, c.y - r}, {c.x + r, c.y + r});
  REQUIRE(reader.marks.size() == 1);
  const RegionValues v = regionValues(reader.marks[0], *reader.spine.volume);
  CHECK(v.area == Approx(3.14159265358979 * 49).epsilon(1e-6));
  CHECK(double(v.voxels) == Approx(v.area / (1.4 * 1.4)).epsilon(0.08));
  CHECK(v.mean == 1200);
  CHECK(v.sd == 0);
  CHECK((v.least == 1200 && v.most == 1200));
  CHECK(reader.marks[0].value.find("Mean 1200 HU, SD 0") == 0);
}

TEST_CASE("A region by hand or by corners counts each voxel of its slice once") {
  const Grid grid = *Grid::create({40, 40, 8}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 3});
  const auto volume = filledVolume(grid, [](PointLps p) { return p.x + 100 * p.z; });
  Mark mark;
  mark.kind = MarkKind::Region;
  mark.plane = axialPlane({0, 0, 9});
  // x from 10.5 to 14.5: 11, 12, 13, 14; y from 20.5 to 22.5: two rows; one slice.
  mark.points = {{10.5, 20.5, 9}, {14.5, 20.5, 9}, {14.5, 22.5, 9}, {10.5, 22.5, 9}};
  const RegionValues v = regionValues(mark, *volume);
  CHECK(v.voxels == 8);
  CHECK(v.mean == Approx(912.5));
  CHECK(v.sd == Approx(std::sqrt(10.0 / 7))); // of 11, 12, 13, 14, twice
  CHECK((v.least == 911 && v.most == 914));
  CHECK(v.area == Approx(8));
  Mark sagittal = mark; // three slices deep along z, each voxel once
  sagittal.plane = sagittalPlane({12, 0, 0});
  sagittal.points = {{12, 3.5, 2}, {12, 6.5, 2}, {12, 6.5, 10}, {12, 3.5, 10}};
  CHECK(regionValues(sagittal, *volume).voxels == 9);
  mark.points = {{-9, -9, 9}, {-5, -9, 9}, {-5, -5, 9}};
  CHECK(regionValues(mark, *volume).voxels == 0);
  CHECK(markValue(mark, *volume, {}).find("no measured voxel") == 0);
}

TEST_CASE("Voxels that were never measured do not count in a region") {
  const Grid grid = *Grid::create({8, 8, 2}, {0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
  VolumeBuilder builder =
      *VolumeBuilder::create(grid, VoxelType::Int16, {1, -1024}, VolumeMeaning::CtHounsfield, -2000.0);
  for (int k = 0; k < 2; ++k)
    for (std::size_t n = 0; n < 64; ++n)
      builder.slice<std::int16_t>(k)[n] = n % 8 < 4 ? -2000 : 1064; // stored; the left half is padding
  const VolumePtr volume = std::move(builder).freeze();
  Mark mark;
  mark.kind = MarkKind::Region;
  mark.plane = axialPlane({0, 0, 0});
  mark.points = {{1.5, 1.5, 0}, {6.5, 1.5, 0}, {6.5, 4.5, 0}, {1.5, 4.5, 0}};
  const RegionValues v = regionValues(mark, *volume);
  CHECK(v.voxels == 9);
  CHECK((v.mean == 40 && v.sd == 0 && v.least == 40));
  mark.points = {{0.5, 1.5, 0}, {3.5, 1.5, 0}, {3.5, 4.5, 0}, {0.5, 4.5, 0}};
  CHECK(regionValues(mark, *volume).voxels == 0);
}

TEST_CASE("Corners are clicked until the first one again, a drag draws by hand") {
  Reader reader;
  reader.tool = chosen(ToolKind::Region);
  for (const ScreenPoint p : {ScreenPoint{150, 150}, {250, 150}, {250, 250}, {150, 250}})
    reader.click(p);
  CHECK(reader.marks.empty());
  reader.click({152, 151});
  REQUIRE(reader.marks.size() == 1);
  CHECK(reader.marks[0].points.size() == 4);
  const double mm = reader.geometry().mmPerPixel;
  CHECK(regionValues(reader.marks[0], *reader.spine.volume).area == Approx(10000 * mm * mm));
  reader.send(PointerPhase::Press, {100, 100});
  for (double a = 0; a < 6.28; a += 0.05)
    reader.send(PointerPhase::Drag, {60 + 40 * std::cos(a), 100 + 40 * std::sin(a)});
  reader.send(PointerPhase::Release, {100, 99});
  REQUIRE(reader.marks.size() == 2);
  CHECK(regionValues(reader.marks[1], *reader.spine.volume).area ==
        Approx(3.14159 * 1600 * mm * mm).epsilon(0.03));
}

TEST_CASE("A handle is caught within 9 pixels and dragged, the value follows, elsewhere a new one begins") {
  Reader reader;
  reader.tool = chosen(ToolKind::Distance);
  reader.line({100, 100}, {200, 100});
  reader.send(PointerPhase::Press, {205, 104});
  reader.send(PointerPhase::Drag, {255, 104});
  reader.send(PointerPhase::Release, {255, 104});
  REQUIRE(reader.marks.size() == 1);
  CHECK(distanceOf(reader.marks[0]) == Approx(150 * reader.geometry().mmPerPixel));
  // Esc puts it back where it was.
  const Marks before = reader.marks;
  reader.send(PointerPhase::Press, {250, 100});
  reader.send(PointerPhase::Drag, {250, 180});
  CHECK(reader.marks != before);
  reader.send(PointerPhase::Cancel, {0, 0}, PointerButton::None);
  CHECK(reader.marks == before);
  reader.line({300, 200}, {300, 260});
  CHECK(reader.marks.size() == 2);
  // On another slice its handles are not there to be caught.
  reader.view = scrolled(reader.view, ViewKind::Axial, 5, *reader.spine.volume);
  reader.line({100, 100}, {100, 180});
  CHECK(reader.marks.size() == 3);
}

TEST_CASE("An arrow asks for its words, a click is words alone") {
  Reader reader;
  reader.tool = chosen(ToolKind::Arrow);
  reader.line({100, 100}, {140, 160});
  REQUIRE(reader.marks.size() == 1);
  CHECK(reader.last.askWordsOf == reader.marks[0].id);
  reader.click({300, 300});
  REQUIRE(reader.marks.size() == 2);
  CHECK(reader.marks[1].points.size() == 1);
  reader.marks[1].words = "old fracture";
  Overlay overlay;
  for (const Mark& mark : reader.marks)
    addMark(overlay, mark, false);
  CHECK(overlay.lines.size() == 1);
  CHECK(overlay.lines[0].arrow);
  REQUIRE(overlay.handles.size() == 1);
  CHECK(overlay.handles[0].text == "old fracture");
}

TEST_CASE("On a curved picture nothing is measured and the reader is told") {
  Reader reader;
  reader.tool = chosen(ToolKind::Distance);
  PointerEvent e;
  e.phase = PointerPhase::Press;
  e.button = PointerButton::Left;
  e.view = ViewKind::Sagittal;
  e.at = {100, 100};
  e.geometry = reader.geometry();
  e.curved = true;
  ToolContext c{
      reader.spine.volume.get(), reader.spine.document.get(), reader.spine.shown.get(), reader.view, {}};
  ToolOutcome out = handle(reader.tool, e, c);
  CHECK(out.cursor == CursorShape::Forbidden);
  CHECK(out.preview.message.find("flat") != std::string::npos);
  CHECK_FALSE(out.tool.drawing);
  // The crosshair goes there, the axial view onto the cross-section.
  e.lps = {5, 6, 7};
  e.section = {{5, 6, 7}, normalized(VectorLps{1, 0, 0.1}), {0, 1, 0}};
  out = handle(chosen(ToolKind::Crosshair), e, c);
  CHECK(out.view.crosshair == e.lps);
  CHECK(out.view.plane(ViewKind::Axial) == e.section);
}
