#include "viewer/state/curved_sheet.h"

#include "tests/viewer/support/made_spine.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

// A spine that bends in both directions: lordosis, kyphosis and a scoliosis.
CentreLine bentLine() {
  CentreLine line;
  for (int n = 0; n < 17; ++n) {
    const double z = 240 - 30.0 * n;
    line.points.push_back({{18 * std::sin(z / 90), 22 * std::cos(z / 70), z}, {0, -1, 0}});
  }
  return line;
}

constexpr ViewKind planeViews[] = {ViewKind::Sagittal, ViewKind::Coronal, ViewKind::Axial};
constexpr CurvedMode modes[] = {CurvedMode::Straightened, CurvedMode::Stretched};

// Length of the centre line between two heights, from a much finer walk than the sheet's.
double lengthOf(const CentreLine& line) {
  const CurvedSheet sheet(line, ViewKind::Sagittal, CurvedMode::Straightened);
  return sheet.lineLengthMm();
}

} // namespace

TEST_CASE("A point on the centre line maps to its place and back within 0.1 mm") {
  const CentreLine line = bentLine();
  for (const ViewKind view : planeViews)
    for (const CurvedMode mode : modes) {
      const auto sheet = std::make_shared<const CurvedSheet>(line, view, mode);
      CurvedGeometry g{sheet, 0, 3, 200, 0.4, 700, 900};
      for (const CentreLine::Point& p : line.points) {
        const CurvedSheet::Place place = sheet->placeOf(p.at);
        CHECK(std::abs(place.offset) < 0.05);
        CHECK(std::abs(place.across - sheet->row(place.down).lineAcross) < 0.05);
        CHECK(distance(sheet->at(place.across, place.down, place.offset), p.at) < 0.01);
        CHECK(distance(g.at(g.position(p.at)), p.at) < 0.1);
      }
    }
}

TEST_CASE("A pixel beside the line comes back to itself, also off the sheet") {
  const CentreLine line = bentLine();
  for (const ViewKind view : planeViews)
    for (const CurvedMode mode : modes)
      for (const double offset : {0.0, 12.0, -9.0}) {
        CurvedGeometry g;
        g.sheet = std::make_shared<const CurvedSheet>(line, view, mode);
        g.offset = offset;
        g.middleDown = 210;
        g.mmPerPixel = 0.5;
        g.width = 160;
        g.height = 700;
        for (double y = 20; y < 700; y += 31)
          for (double x = 30; x < 140; x += 17) {
            const PointLps p = g.at({x, y});
            const ScreenPoint back = g.position(p);
            CHECK(std::abs(back.x - x) < 0.2);
            CHECK(std::abs(back.y - y) < 0.2);
            CHECK(std::abs(g.distance(p)) < 0.1);
          }
      }
}

TEST_CASE("Lengths along the curve are true") {
  // A circle of 200 mm in the sagittal plane: 90 degrees are 100 pi long.
  CentreLine arc;
  for (int n = 0; n <= 24; ++n) {
    const double a = 3.14159265358979 / 2 * n / 24 - 3.14159265358979 / 4;
    arc.points.push_back({{0, 200 * std::cos(a), -200 * std::sin(a)}, {0, -1, 0}});
  }
  const double quarter = 100 * 3.14159265358979;
  CHECK(lengthOf(arc) == Approx(quarter).epsilon(5e-4));
  const CurvedSheet straight(arc, ViewKind::Sagittal, CurvedMode::Straightened);
  for (int n = 0; n <= 24; ++n)
    CHECK(std::abs(straight.placeOf(arc.points[std::size_t(n)].at).down - quarter * n / 24) < 0.2);
  // Stretched across the bend (coronal): nothing of the bend is left, the length is all unrolled.
  const CurvedSheet coronal(arc, ViewKind::Coronal, CurvedMode::Stretched);
  CHECK(std::abs(coronal.placeOf(arc.points.back().at).down - quarter) < 0.2);
  // Stretched along it (sagittal): rows and place make the true length, the bend stays.
  const CurvedSheet sagittal(arc, ViewKind::Sagittal, CurvedMode::Stretched);
  double length = 0;
  for (double down = 0; down < sagittal.placeOf(arc.points.back().at).down - 0.2; down += 0.2)
    length += std::hypot(0.2, sagittal.row(down + 0.2).lineAcross - sagittal.row(down).lineAcross);
  CHECK(length == Approx(quarter).margin(0.5));
  CHECK(sagittal.lineRange().second - sagittal.lineRange().first ==
        Approx(200 - 200 / std::sqrt(2.0)).margin(1));
}

TEST_CASE("Rows are perpendicular to the line and turn with the vertebrae") {
  CentreLine line = bentLine();
  for (std::size_t n = 0; n < line.points.size(); ++n) { // rotated by 2 degrees a point
    const double a = 0.035 * double(n);
    line.points[n].anterior = {std::sin(a), -std::cos(a), 0};
  }
  const CurvedSheet sheet(line, ViewKind::Coronal, CurvedMode::Straightened);
  for (double down = -30; down < sheet.bottom(); down += 11) {
    const CurvedSheet::Row row = sheet.row(down), next = sheet.row(down + 0.25);
    const VectorLps along = normalized(next.centre - row.centre);
    CHECK(std::abs(dot(row.across, along)) < 0.01);
    CHECK(std::abs(dot(row.section.normal(), along) + 1) < 0.01);
    CHECK(length(cross(row.across, row.down) - row.normal) < 1e-9);
    CHECK(row.across.x > 0.7); // the patient's left at the right
  }
  CHECK(sheet.row(sheet.lineLengthMm()).across.y > 0.4); // of the last vertebra, turned by 32 degrees
}

TEST_CASE("Turning a view curved puts the crosshair on the line at its height, flat again fits") {
  const MadeSpine spine = madeSpine(madeGrid());
  ViewState state = initialState(*spine.document->series("1.2.3"), *spine.volume);
  state.cameras[0] = {0.2, 30, 40};
  const CentreLine line = bentLine();
  const ViewState curved = withCurved(state, ViewKind::Sagittal, CurvedMode::Straightened, line);
  CHECK(curved.isCurved(ViewKind::Sagittal));
  CHECK_FALSE(curved.isCurved(ViewKind::Coronal));
  CHECK(curved.cameras[0] == SliceCamera{});
  CHECK(std::abs(curved.crosshair.z - state.crosshair.z) < 8);
  const CurvedSheet sheet(line, ViewKind::Sagittal, CurvedMode::Straightened);
  CHECK(std::abs(sheet.placeOf(curved.crosshair).offset) < 0.01);
  CHECK(std::abs(sheet.placeOf(curved.crosshair).across) < 0.01);
  CHECK(withCurved(curved, ViewKind::Sagittal, CurvedMode::Off, line).crosshair == curved.crosshair);
}

TEST_CASE("A plane through voxel centres is not interpolated, one between or oblique is") {
  const Grid grid = madeGrid();
  const PointLps on = grid.toLps(IndexIjk{60, 60, 40});
  CHECK_FALSE(isInterpolated(axialPlane(on), grid));
  CHECK_FALSE(isInterpolated(sagittalPlane(on), grid));
  CHECK(isInterpolated(axialPlane(on + VectorLps{0, 0, 0.4}), grid));
  CHECK(isInterpolated(axialPlane(grid.toLps(IndexIjk{60, 60, 40})), madeGrid(GridKind::Oblique)));
  Plane tilted = axialPlane(on);
  tilted.right = normalized(VectorLps{1, 0, 0.02});
  CHECK(isInterpolated(tilted, grid));
}
