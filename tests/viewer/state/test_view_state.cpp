#include "tests/viewer/support/made_spine.h"
#include "viewer/state/scene_geometry.h"
#include "viewer/state/slice_geometry.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

Series ct() {
  Series s;
  s.uid = "1";
  s.modality = "CT";
  return s;
}

void checkAxes(const Plane& p) {
  CHECK(length(p.right) == Approx(1));
  CHECK(length(p.down) == Approx(1));
  CHECK(std::abs(dot(p.right, p.down)) < 1e-9);
}

} // namespace

TEST_CASE("A new state looks along the patient's axes through a voxel in the middle") {
  for (const GridKind kind : {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded, GridKind::Sheared}) {
    const Grid grid = madeGrid(kind);
    const auto volume = filledVolume(grid, [](PointLps) { return 0.0; });
    const ViewState state = initialState(ct(), *volume);
    const PointIjk at = grid.toIjk(state.crosshair);
    CHECK(at.i == Approx(64));
    CHECK(at.j == Approx(64));
    CHECK(at.k == Approx(48));
    CHECK(state.plane(ViewKind::Axial).normal().z == Approx(1));
    CHECK(state.plane(ViewKind::Sagittal).right.y == Approx(1));
    CHECK(state.plane(ViewKind::Coronal).right.x == Approx(1));
    CHECK(state.windowing == Windowing{400, 2000});
  }
}

TEST_CASE("Scrolling goes from slice centre to slice centre along the normal and stops at the ends") {
  for (const GridKind kind : {GridKind::Plain, GridKind::LeftHanded, GridKind::Sheared, GridKind::Oblique}) {
    const Grid grid = madeGrid(kind);
    const auto volume = filledVolume(grid, [](PointLps) { return 0.0; });
    ViewState state = initialState(ct(), *volume);
    for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Coronal, ViewKind::Axial}) {
      const VectorLps normal = state.plane(view).normal();
      ViewState off = movedTo(state, state.crosshair + normal * 0.37); // between slices
      const ViewState next = scrolled(off, view, 1, *volume);
      const auto [axis, sign] = grid.closestAxis(normal);
      const PointIjk p = grid.toIjk(next.crosshair);
      const double index = axis == 0 ? p.i : axis == 1 ? p.j : p.k;
      CHECK(index == Approx(std::round(index)).margin(1e-9));
      CHECK(dot(next.crosshair - off.crosshair, normal) > 0.3);
      CHECK(next.plane(view).origin == next.crosshair);
      // Only along the normal: the point stays where it is on the screen.
      CHECK(std::abs(dot(next.crosshair - off.crosshair, state.plane(view).right)) < 1e-9);
      const PointLps end = scrolled(state, view, 10000, *volume).crosshair;
      CHECK(distance(end, scrolled(state, view, 20000, *volume).crosshair) < 1e-9);
      CHECK(distance(end, scrolledToEnd(state, view, 1, *volume).crosshair) < 1e-9);
    }
  }
}

TEST_CASE("Ten slices up and ten down come back to where one was") {
  const auto volume = filledVolume(madeGrid(), [](PointLps) { return 0.0; });
  const ViewState state = initialState(ct(), *volume);
  const ViewState back =
      scrolled(scrolled(state, ViewKind::Axial, 10, *volume), ViewKind::Axial, -10, *volume);
  CHECK(distance(back.crosshair, state.crosshair) < 1e-9);
  CHECK(scrolled(state, ViewKind::Axial, 1, *volume).crosshair.z > state.crosshair.z);   // cranial
  CHECK(scrolled(state, ViewKind::Coronal, 1, *volume).crosshair.y > state.crosshair.y); // posterior
  CHECK(scrolled(state, ViewKind::Sagittal, 1, *volume).crosshair.x <
        state.crosshair.x); // the patient's right
}

TEST_CASE("Letters name the direction, the dominant axis first, small parts left out") {
  CHECK(orientationLetters({1, 0, 0}) == "L");
  CHECK(orientationLetters({-1, 0, 0}) == "R");
  CHECK(orientationLetters({0, -1, 0}) == "A");
  CHECK(orientationLetters({0, 1, 0}) == "P");
  CHECK(orientationLetters({0, 0, 1}) == "H");
  CHECK(orientationLetters({0, 0, -1}) == "F");
  CHECK(orientationLetters({0.5, -0.8, 0.05}) == "AL");
  CHECK(orientationLetters({-0.6, 0.5, -0.55}) == "RFP");
}

TEST_CASE("Screen and patient are exact inverses at any zoom and pan") {
  const auto volume = filledVolume(madeGrid(GridKind::Oblique), [](PointLps) { return 0.0; });
  ViewState state = initialState(ct(), *volume);
  state.cameras[2] = {0.31, 12.5, -7.25};
  const SliceGeometry g = sliceGeometry(state, ViewKind::Axial, volume->grid(), 613, 401);
  for (const ScreenPoint p : {ScreenPoint{0, 0}, {613, 401}, {306.5, 200.5}, {17.25, 390}}) {
    const ScreenPoint back = g.position(g.at(p));
    CHECK(back.x == Approx(p.x).margin(1e-9));
    CHECK(back.y == Approx(p.y).margin(1e-9));
  }
  CHECK(std::abs(state.plane(ViewKind::Axial).signedDistance(g.at({3, 4}))) < 1e-9);
}

TEST_CASE("Zooming keeps the point under the pointer, panning moves with it") {
  const auto volume = filledVolume(madeGrid(), [](PointLps) { return 0.0; });
  const ViewState state = initialState(ct(), *volume);
  const Grid& grid = volume->grid();
  const SliceGeometry before = sliceGeometry(state, ViewKind::Coronal, grid, 500, 400);
  const PointLps under = before.at({123, 321});
  const ViewState zoomed = zoomedAt(state, ViewKind::Coronal, grid, 500, 400, 123, 321, 2.5);
  const SliceGeometry after = sliceGeometry(zoomed, ViewKind::Coronal, grid, 500, 400);
  CHECK(after.mmPerPixel == Approx(before.mmPerPixel / 2.5));
  CHECK(distance(after.at({123, 321}), under) < 1e-9);
  const ViewState moved = panned(zoomed, ViewKind::Coronal, grid, 500, 400, 40, -10);
  CHECK(distance(sliceGeometry(moved, ViewKind::Coronal, grid, 500, 400).at({163, 311}), under) < 1e-9);
  CHECK(fitted(moved, ViewKind::Coronal).cameras[1] == SliceCamera{});
}

TEST_CASE("A view that fits shows all of the volume's section, however the plane lies and wherever it is") {
  for (const GridKind kind : {GridKind::Plain, GridKind::Oblique, GridKind::Sheared}) {
    const Grid grid = madeGrid(kind);
    const auto volume = filledVolume(grid, [](PointLps) { return 0.0; });
    ViewState state = initialState(ct(), *volume);
    const VectorLps right = normalized(VectorLps{0.95, 0.2, 0.1});
    const VectorLps down = normalized(VectorLps{0, 0.9, 0.4} - right * dot(VectorLps{0, 0.9, 0.4}, right));
    for (const bool tilted : {false, true}) {
      if (tilted)
        state.planes[2] = Plane{state.crosshair, right, down};
      for (const ViewKind view : {ViewKind::Sagittal, ViewKind::Coronal, ViewKind::Axial})
        for (const int steps : {-25, 0, 30}) {
          const ViewState at = scrolled(state, view, steps, *volume);
          const SliceGeometry g = sliceGeometry(at, view, grid, 70, 30);
          int inside = 0;
          for (int y = -40; y <= 70; ++y) // well around the view as well
            for (int x = -70; x <= 140; ++x) {
              const ScreenPoint p{x + 0.5, y + 0.5};
              if (!grid.contains(nearestIndex(grid.toIjk(g.at(p)))))
                continue;
              ++inside;
              REQUIRE((p.x > -1 && p.x < 71 && p.y > -1 && p.y < 31));
            }
          CHECK(inside > 200);
        }
    }
  }
}

TEST_CASE("Level-aligned planes follow the landmarks of the vertebra") {
  const MadeSpine spine = madeSpine(madeGrid());
  EffectiveCase shown = *spine.shown;
  const InstanceId l3 = spine.vertebrae[2];
  // Tilted by 20 degrees about the patient's left-right axis, front up, and turned 10 degrees.
  const double tilt = 0.34906585, turn = 0.17453293;
  const VectorLps anterior{std::sin(turn) * std::cos(tilt), -std::cos(turn) * std::cos(tilt), std::sin(tilt)};
  const VectorLps superior = normalized(
      VectorLps{-std::sin(turn) * std::sin(tilt), std::cos(turn) * std::sin(tilt), std::cos(tilt)});
  const PointLps centre{3, 4, 5};
  const auto add = [&](const char* site, PointLps p) {
    Landmark l;
    l.instance = l3;
    l.site = site;
    l.position = p;
    shown.landmarks.push_back(l);
  };
  add("superior.anterior", centre + anterior * 16 + superior * 13);
  add("superior.posterior", centre - anterior * 16 + superior * 13);
  add("inferior.anterior", centre + anterior * 16 - superior * 13);
  add("inferior.posterior", centre - anterior * 16 - superior * 13);
  const ViewState state = levelAligned(initialState(ct(), *spine.volume), shown, l3);
  CHECK(state.selected == l3);
  CHECK(distance(state.crosshair, centre) < 1e-9);
  CHECK(dot(state.plane(ViewKind::Axial).normal(), superior) == Approx(1));
  CHECK(dot(state.plane(ViewKind::Axial).down, anterior) == Approx(-1));     // anterior at the top
  CHECK(dot(state.plane(ViewKind::Sagittal).right, anterior) == Approx(-1)); // anterior at the left
  CHECK(state.plane(ViewKind::Coronal).right.x > 0.9); // the patient's right at the left
  for (const Plane& p : state.planes)
    checkAxes(p);
}

TEST_CASE("Without landmarks the chain's neighbours give the axis, comma and full stop walk along it") {
  const MadeSpine spine = madeSpine(madeGrid());
  ViewState state = initialState(ct(), *spine.volume);
  state = levelAligned(state, *spine.shown, spine.vertebrae[1]);
  CHECK(state.plane(ViewKind::Axial).normal().z > 0.95);
  state = neighbourLevel(state, *spine.shown, +1);
  CHECK(state.selected == spine.vertebrae[2]);
  state = neighbourLevel(neighbourLevel(neighbourLevel(state, *spine.shown, 1), *spine.shown, 1),
                         *spine.shown, 1);
  CHECK(state.selected == spine.vertebrae[4]); // the end
  CHECK(levelAligned(state, *spine.shown, InstanceId{999}) == state);
}

TEST_CASE("CT presets are found by name") {
  REQUIRE(ctPresets().size() == 7);
  CHECK(presetByName("bone") == Windowing{400, 2000});
  CHECK(presetByName("CT bone") == Windowing{400, 2000});
  CHECK(presetByName("soft-tissue") == Windowing{40, 400});
  CHECK(presetByName("SOFT TISSUE") == Windowing{40, 400});
  CHECK_FALSE(presetByName("").has_value());
  CHECK_FALSE(presetByName("bones").has_value());
}

TEST_CASE("The MR window spans the percentiles of what is not background") {
  // Half background around 0 to 10, half tissue evenly from 300 to 700.
  const Grid grid = *Grid::create({100, 100, 20}, {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
  std::uint32_t random = 7;
  const auto volume = filledVolume(
      grid,
      [&](PointLps p) {
        random = random * 1664525u + 1013904223u;
        const double u = double(random >> 8) / double(1 << 24);
        return p.x < 50 ? 10 * u : 300 + 400 * u;
      },
      VolumeMeaning::MrSignal);
  const Windowing w = percentileWindowing(*volume);
  CHECK(w.low() == Approx(304).margin(6));
  CHECK(w.high() == Approx(696).margin(6));
  Series mr;
  mr.modality = "MR";
  CHECK(defaultWindowing(mr, *volume) == w);
}

TEST_CASE("The scene looks from in front at the patient's right on the left, from the left side at anterior "
          "on the left") {
  const SceneBounds bounds{{10, 20, 30}, 100};
  SceneCamera camera;
  camera.azimuthDeg = 0;
  camera.elevationDeg = 0;
  const SceneGeometry front = sceneGeometry(camera, bounds, 400, 400);
  CHECK(orientationLetters(front.right) == "L");
  CHECK(orientationLetters(front.up) == "H");
  CHECK(orientationLetters(front.towards) == "A");
  CHECK(front.position(bounds.centre) == ScreenPoint{200, 200});
  CHECK(front.position(bounds.centre + VectorLps{0, 0, 50}).y < 200);
  camera.azimuthDeg = 90;
  const SceneGeometry left = sceneGeometry(camera, bounds, 400, 400);
  CHECK(orientationLetters(left.towards) == "L");
  CHECK(orientationLetters(left.right) == "P");
  camera.elevationDeg = 50;
  const SceneGeometry g = sceneGeometry(camera, bounds, 400, 300);
  CHECK(dot(cross(g.right, g.up), g.towards) == Approx(1));
  const ScreenPoint back = g.position(g.at({17, 291}));
  CHECK(back.x == Approx(17));
  CHECK(back.y == Approx(291));
}
