// Maps of numbers over slices: the right place, the right colour, a legend that says what it is.
#include "tests/viewer/support/made_spine.h"
#include "tests/viewer/support/picture_check.h"
#include "viewer/slice/render_slice.h"
#include "viewer/slice/scalar_paint.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

const PointLps leftSpot{48, -30, 16}; // on the patient's left, in front, above the middle
constexpr double spotMm = 8;

SliceInput inputOf(const MadeSpine& spine, ViewKind view) {
  application();
  SliceInput in;
  in.volume = spine.volume;
  in.document = spine.document;
  in.shown = spine.shown;
  in.state = movedTo(initialState(*spine.document->series("1.2.3"), *spine.volume), leftSpot);
  in.view = view;
  in.width = 480;
  in.height = 420;
  return in;
}

SliceInput bare(const MadeSpine& spine, ViewKind view) {
  SliceInput in = inputOf(spine, view);
  in.state.labels = LabelDisplay::Off;
  in.state.annotations = AnnotationDisplay::None;
  in.crosshair = false;
  return in;
}

/// `value` (0 to 1) by place, as the worker hands it over.
ScalarOverlayPtr mapOf(const Grid& grid, const Density& value) {
  auto builder = VolumeBuilder::create(grid, VoxelType::UInt16, {1 / 65535.0, 0}).value();
  auto voxels = builder.voxels<std::uint16_t>();
  for (int k = 0; k < grid.size().k; ++k)
    for (int j = 0; j < grid.size().j; ++j)
      for (int i = 0; i < grid.size().i; ++i)
        voxels[grid.offset({i, j, k})] =
            std::uint16_t(std::lround(value(grid.toLps(IndexIjk{i, j, k})) * 65535));
  auto overlay = std::make_shared<ScalarOverlay>();
  overlay->map = std::move(builder).freeze();
  return overlay;
}

double spot(PointLps p) {
  return distance(p, leftSpot) < spotMm ? 1 : 0;
}

QColor endOfScale() {
  const ScalarColour& c = scalarTable().back();
  return {c.r, c.g, c.b};
}

bool same(const QImage& a, const QImage& b, const QRect& except) {
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x)
      if (!except.contains(x, y) && a.pixel(x, y) != b.pixel(x, y))
        return false;
  return true;
}

double lightness(const ScalarColour& c) {
  const auto linear = [](double v) {
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  return 116 * std::cbrt(0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b)) - 16;
}

} // namespace

TEST_CASE("The colours of a map grow lighter in even steps and begin transparent") {
  const auto& table = scalarTable();
  CHECK(table.front().alpha == 0);
  CHECK(table.back().alpha == 1);
  constexpr int stride = 15;
  double least = 1e9, most = 0;
  for (int n = 0; n + stride < scalarColours; n += stride) {
    const double step = lightness(table[std::size_t(n + stride)]) - lightness(table[std::size_t(n)]);
    least = std::min(least, step);
    most = std::max(most, step);
    CHECK(table[std::size_t(n + stride)].alpha >= table[std::size_t(n)].alpha);
  }
  CHECK(least > 3);
  CHECK(most < 1.6 * least);
  CHECK(lightness(table.back()) < 93); // not the white of bone
}

TEST_CASE("A map lies at its place in patient space, whatever grid it or the volume has") {
  for (const GridKind of : {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded, GridKind::Sheared})
    for (const GridKind mapped : {of, GridKind::Oblique, GridKind::LeftHanded}) {
      const MadeSpine spine = madeSpine(madeGrid(of));
      const ScalarOverlayPtr overlay = mapOf(madeGrid(mapped), spot);
      for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Coronal, ViewKind::Axial})
        for (const double ratio : {1.0, 2.0}) {
          SliceInput in = bare(spine, view);
          in.devicePixelRatio = ratio;
          in.state.scalarOpacity = 1;
          in.scalar = overlay;
          const ScreenPoint expected = geometryOf(in).position(leftSpot);
          const QImage picture = renderSlice(in);
          const ColourCentre found =
              centreOfColour(picture.copy(0, 0, int(480 * ratio), int(310 * ratio)), endOfScale(), 6);
          CHECK(found.count > 50);
          CHECK(std::abs(found.x / ratio - expected.x) < 1.0);
          CHECK(std::abs(found.y / ratio - expected.y) < 1.0);
          if (view == ViewKind::Axial) {
            CHECK(expected.x > 240); // the patient's left at the right of the screen
            CHECK(expected.y < 210); // anterior up
          }
        }
    }
}

TEST_CASE("An oblique plane shows the map where the plane meets it") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = bare(spine, ViewKind::Axial);
  in.scalar = mapOf(madeGrid(GridKind::Oblique), spot);
  in.state.scalarOpacity = 1;
  const double a = 0.5;
  in.state.planes[std::size_t(ViewKind::Axial)] = {
      PointLps{30, -10, 16}, VectorLps{std::cos(a), 0, std::sin(a)}, VectorLps{0, 1, 0}};
  // The plane passes the spot's centre at some distance: what it cuts is a smaller disc about the foot point.
  const SliceGeometry g = geometryOf(in);
  const double off = g.plane.signedDistance(leftSpot);
  REQUIRE(std::abs(off) > 2);
  in.state.planes[std::size_t(ViewKind::Axial)].origin =
      in.state.planes[std::size_t(ViewKind::Axial)].origin + g.plane.normal() * (off - 4);
  const ScreenPoint expected = geometryOf(in).position(leftSpot);
  const ColourCentre found = centreOfColour(renderSlice(in).copy(0, 0, 480, 310), endOfScale(), 6);
  CHECK(std::abs(found.x - expected.x) < 1.5);
  CHECK(std::abs(found.y - expected.y) < 1.5);
  const double mm = geometryOf(in).mmPerPixel, radius = std::sqrt(found.count / M_PI) * mm;
  CHECK(radius == Approx(std::sqrt(spotMm * spotMm - 16) - 1).margin(1)); // its edge is a voxel of blur
}

TEST_CASE(
    "Where a map is zero the picture is what it was, and hidden it leaves nothing, not even its legend") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = bare(spine, ViewKind::Coronal);
  const QImage plain = renderSlice(in);
  in.scalar = mapOf(madeGrid(GridKind::Sheared), spot);
  const ScreenPoint at = geometryOf(in).position(leftSpot);
  const double reach = (spotMm + 3) / geometryOf(in).mmPerPixel;
  const QImage shown = renderSlice(in);
  CHECK_FALSE(same(shown, plain, {}));
  const QRect legend = legendBox(in, 0).toAlignedRect();
  QImage covered = shown; // the spot and the legend put back
  for (int y = 0; y < covered.height(); ++y)
    for (int x = 0; x < covered.width(); ++x)
      if (std::hypot(x - at.x, y - at.y) < reach)
        covered.setPixel(x, y, plain.pixel(x, y));
  CHECK(same(covered, plain, legend));
  in.state.scalarOpacity = 0;
  CHECK(same(renderSlice(in), plain, {}));
}

TEST_CASE("Half the opacity is half the colour, and a slab shows the highest value in it") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = bare(spine, ViewKind::Axial);
  in.scalar = mapOf(madeGrid(), spot);
  const QImage plain = [&] {
    SliceInput without = in;
    without.scalar.reset();
    return renderSlice(without);
  }();
  const ScreenPoint at = geometryOf(in).position(leftSpot);
  const QPoint pixel(int(at.x), int(at.y));
  in.state.scalarOpacity = 0.5;
  const int under = qRed(plain.pixel(pixel)), seen = qRed(renderSlice(in).pixel(pixel));
  CHECK(std::abs(seen - (under + endOfScale().red()) / 2) <= 2);
  in.state = movedTo(in.state, leftSpot + VectorLps{0, 0, 14});
  in.state.scalarOpacity = 1;
  CHECK(QColor(renderSlice(in).pixel(pixel)) != endOfScale());
  in.state.slabMm = 20;
  CHECK(std::abs(qRed(renderSlice(in).pixel(pixel)) - endOfScale().red()) <= 2);
}

TEST_CASE("While a map is shown labels are outlines, so that colours do not mix") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = inputOf(spine, ViewKind::Sagittal);
  CHECK(labelStateOf(in).labels == LabelDisplay::FillAndOutline);
  in.scalar = mapOf(madeGrid(), spot);
  CHECK(labelStateOf(in).labels == LabelDisplay::Outline);
  in.state.scalarOpacity = 0;
  CHECK(labelStateOf(in).labels == LabelDisplay::FillAndOutline);
  in.state.labels = LabelDisplay::Off;
  in.state.scalarOpacity = 1;
  CHECK(labelStateOf(in).labels == LabelDisplay::Off);
}

TEST_CASE("A curved view shows the map too") {
  const MadeSpine spine = madeSpine(madeGrid());
  SliceInput in = inputOf(spine, ViewKind::Coronal);
  in.crosshair = false;
  in.state = movedTo(in.state, spine.centres[2]);
  in.state.curved[std::size_t(ViewKind::Coronal)] = CurvedMode::Straightened;
  prepareCurved(in);
  REQUIRE(in.sheet);
  const PointLps where = spine.centres[2] + VectorLps{20, 0, 0}; // on the sheet, on the patient's left
  in.scalar = mapOf(madeGrid(GridKind::Oblique), [&](PointLps p) { return distance(p, where) < 5 ? 1 : 0; });
  in.state.scalarOpacity = 1;
  in.state.labels = LabelDisplay::Off;
  const ScreenPoint expected =
      curvedGeometry(in.state, in.view, in.sheet, in.width, in.height).position(where);
  const ColourCentre found = centreOfColour(renderSlice(in).copy(0, 0, 480, 300), endOfScale(), 6);
  CHECK(found.count > 30);
  CHECK(std::abs(found.x - expected.x) < 2);
  CHECK(std::abs(found.y - expected.y) < 2);
}

TEST_CASE("A map with its legend looks as it did") {
  const MadeSpine spine = madeSpine(madeGrid(GridKind::Oblique));
  SliceInput in = inputOf(spine, ViewKind::Coronal);
  in.width = 640;
  in.height = 520;
  in.crosshair = false;
  in.state = movedTo(in.state, spine.centres[2]);
  // Falls off from the spot on the patient's left: the whole scale is seen.
  const PointLps centre = spine.centres[1] + VectorLps{22, 0, 0};
  const auto hill = [&](PointLps p) { return std::max(0.0, 1 - distance(p, centre) / 40); };
  in.scalar = mapOf(madeGrid(GridKind::LeftHanded), hill);
  const PictureDifference uncertainty = compareToGolden(renderSlice(in), "slice-uncertainty", 40);
  INFO(uncertainty.words);
  CHECK(uncertainty.found);
  CHECK(uncertainty.fraction < 0.004);
  auto saliency = std::make_shared<ScalarOverlay>(
      *mapOf(madeGrid(GridKind::LeftHanded), [&](PointLps p) { return 0.312 * hill(p); }));
  saliency->kind = ScalarKind::Saliency;
  saliency->top = scaleTop(ScalarKind::Saliency, 0.312);
  CHECK(saliency->top == Approx(0.35));
  saliency->subject = "L2";
  in.scalar = saliency;
  in.view = ViewKind::Axial;
  in.state = movedTo(in.state, centre);
  const PictureDifference salient = compareToGolden(renderSlice(in), "slice-saliency", 40);
  INFO(salient.words);
  CHECK(salient.found);
  CHECK(salient.fraction < 0.004);
}
