#include "core/geometry/curve.h"
#include "core/geometry/grid.h"
#include "core/geometry/plane.h"
#include "core/geometry/units.h"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

using namespace spondyl;

namespace {

class Random {
 public:
  explicit Random(unsigned seed) : m_engine(seed) {}
  double real(double low, double high) { return std::uniform_real_distribution<double>(low, high)(m_engine); }
  int number(int low, int high) { return std::uniform_int_distribution<int>(low, high)(m_engine); }
  VectorLps direction() {
    std::normal_distribution<double> n;
    return normalized({n(m_engine), n(m_engine), n(m_engine)});
  }

 private:
  std::mt19937 m_engine;
};

/// Oblique, sheared and left-handed as often as not.
Grid randomGrid(Random& random) {
  for (;;) {
    const VectorLps i = random.direction(), j = random.direction(), k = random.direction();
    if (std::abs(dot(cross(i, j), k)) < 0.2)
      continue;
    return *Grid::create({random.number(1, 1024), random.number(1, 1024), random.number(1, 1200)},
                         {random.real(-1000, 1000), random.real(-1000, 1000), random.real(-2000, 2000)},
                         i * random.real(0.1, 3), j * random.real(0.1, 3), k * random.real(0.1, 8));
  }
}

} // namespace

TEST_CASE(
    "index to patient space and back is exact within 1e-9 mm on random oblique, sheared, left-handed grids") {
  Random random(1);
  int leftHanded = 0, sheared = 0;
  for (int n = 0; n < 5000; ++n) {
    const Grid grid = randomGrid(random);
    leftHanded += grid.isLeftHanded();
    sheared += grid.isSheared();
    const GridSize size = grid.size();
    const PointIjk index{random.real(-0.5, size.i), random.real(-0.5, size.j), random.real(-0.5, size.k)};
    const PointLps p = grid.toLps(index);
    const PointLps again = grid.toLps(grid.toIjk(p));
    REQUIRE(distance(p, again) < 1e-9);
    const IndexIjk v{random.number(0, size.i - 1), random.number(0, size.j - 1),
                     random.number(0, size.k - 1)};
    REQUIRE(nearestIndex(grid.toIjk(grid.toLps(v))) == v);
    const VectorLps d = random.direction() * random.real(0.1, 50);
    const PointIjk step = grid.directionToIjk(d), from = grid.toIjk(p), to = grid.toIjk(p + d);
    REQUIRE(std::abs(to.i - from.i - step.i) < 1e-6);
    REQUIRE(std::abs(to.j - from.j - step.j) < 1e-6);
    REQUIRE(std::abs(to.k - from.k - step.k) < 1e-6);
  }
  CHECK(leftHanded > 1000);
  CHECK(sheared > 4000);
}

TEST_CASE("what cannot be a grid is refused") {
  const VectorLps x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(Grid::create({1, 1, 1}, {}, x, y, z).ok());
  CHECK(Grid::create({0, 1, 1}, {}, x, y, z).error().code == ErrorCode::NoGeometry);
  CHECK(Grid::create({1, 1, -1}, {}, x, y, z).error().code == ErrorCode::NoGeometry);
  CHECK(Grid::create({2, 2, 2}, {}, x, y, x + y).error().code == ErrorCode::NoGeometry);
  CHECK(Grid::create({2, 2, 2}, {}, x, y, {}).error().code == ErrorCode::NoGeometry);
  CHECK(Grid::create({2, 2, 2}, {0, nan, 0}, x, y, z).error().code == ErrorCode::NoGeometry);
  CHECK(Grid::create({2, 2, 2}, {}, {nan, 0, 0}, y, z).error().code == ErrorCode::NoGeometry);
}

TEST_CASE("spacing, volume, handedness, shear and corners") {
  const Grid grid = *Grid::create({10, 20, 30}, {1, 2, 3}, {0.5, 0, 0}, {0, 0.7, 0}, {0, 0, -2});
  CHECK(grid.isLeftHanded());
  CHECK(!grid.isSheared());
  CHECK(grid.spacing() == std::array<double, 3>{0.5, 0.7, 2});
  CHECK(grid.voxelVolumeMm3() == Approx(0.7));
  CHECK(distance(grid.centre(), {1 + 2.25, 2 + 6.65, 3 - 29}) < 1e-12);
  CHECK(distance(grid.corners()[0], {0.75, 1.65, 4}) < 1e-12);
  CHECK(distance(grid.corners()[7], {5.75, 15.65, -56}) < 1e-12);
  CHECK(grid.closestAxis({0, 0.1, 1}) == std::pair(2, -1));
  CHECK(grid.closestAxis({0.9, 0.3, 0}) == std::pair(0, 1));
  const Grid tilted =
      *Grid::create({10, 10, 10}, {}, {1, 0, 0}, {0, 1, 0}, {0, std::tan(toRadians(Deg(20))) * 3, 3});
  CHECK(tilted.isSheared());
  CHECK(!tilted.isLeftHanded());
  CHECK(grid.sameAs(*Grid::create({10, 20, 30}, {1.0005, 2, 3}, {0.5, 0, 0}, {0, 0.7, 0}, {0, 0, -2})));
  CHECK(!grid.sameAs(*Grid::create({10, 20, 30}, {1.01, 2, 3}, {0.5, 0, 0}, {0, 0.7, 0}, {0, 0, -2})));
  CHECK(!grid.sameAs(*Grid::create({10, 20, 29}, {1, 2, 3}, {0.5, 0, 0}, {0, 0.7, 0}, {0, 0, -2})));
  CHECK(grid.contains({9, 19, 29}));
  CHECK(!grid.contains({10, 0, 0}));
  CHECK(!grid.contains({0, -1, 0}));
  CHECK(grid.offset({1, 2, 3}) == 3 * 200 + 2 * 10 + 1);
}

TEST_CASE("standard planes are drawn as radiologists see them") {
  const PointLps p{5, 6, 7};
  // The patient's right (-x) at the left, anterior (-y) up.
  CHECK(axialPlane(p).right == VectorLps{1, 0, 0});
  CHECK(axialPlane(p).down == VectorLps{0, 1, 0});
  // Head (+z) up.
  CHECK(coronalPlane(p).right == VectorLps{1, 0, 0});
  CHECK(coronalPlane(p).down == VectorLps{0, 0, -1});
  // Anterior (-y) at the left.
  CHECK(sagittalPlane(p).right == VectorLps{0, 1, 0});
  CHECK(sagittalPlane(p).down == VectorLps{0, 0, -1});
  Random random(2);
  for (int n = 0; n < 100; ++n) {
    Plane plane{{1, 2, 3}, random.direction(), {}};
    plane.down = normalized(cross(plane.right, random.direction()));
    const PointLps q{random.real(-9, 9), random.real(-9, 9), random.real(-9, 9)};
    const PointLps foot = plane.project(q);
    CHECK(std::abs(plane.signedDistance(foot)) < 1e-12);
    CHECK(distance(plane.at(plane.rightOf(q), plane.downOf(q)), foot) < 1e-12);
    CHECK(distance(foot, q) == Approx(std::abs(plane.signedDistance(q))));
  }
}

TEST_CASE("a curve passes through its points and knows its length and tangent") {
  std::vector<PointLps> circle;
  for (int n = 0; n <= 40; ++n)
    circle.push_back({100 * std::cos(n * 0.05), 100 * std::sin(n * 0.05), 0});
  const Curve curve(circle);
  CHECK(curve.lengthMm() == Approx(200).epsilon(1e-3));
  for (const PointLps& p : circle)
    CHECK(distance(curve.at(curve.nearest(p)), p) < 1e-3);
  const VectorLps t = curve.tangent(100);
  CHECK(length(t) == Approx(1));
  CHECK(std::abs(dot(t, normalized(curve.at(100) - PointLps{}))) <
        1e-3); // a circle's tangent is across its radius
  CHECK(distance(curve.at(-10), circle[0] - curve.tangent(0) * 10) < 1e-9);
  const Curve one({{1, 2, 3}, {1, 2, 3}});
  CHECK(one.at(5) == PointLps{1, 2, 8});
  CHECK(Curve({}).at(1) == PointLps{});
}

TEST_CASE("degrees and millimetres are kinds of their own") {
  CHECK(toRadians(Deg(180)) == Approx(3.14159265358979));
  CHECK(fromRadians(toRadians(Deg(33))).value == Approx(33));
  CHECK((Mm(3) + Mm(4)).value == 7);
  CHECK(Mm(9) / Mm(3) == 3);
  CHECK(Mm(1) < Mm(2));
}
