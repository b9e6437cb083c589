#include "core/edit/brush.h"
#include "tests/support/synthetic_case.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <ctime>
#include <set>

using namespace spondyl;
using test::RandomEdits;

namespace {

double distanceToPath(const std::vector<PointLps>& path, PointLps p) {
  double best = distance(path.front(), p);
  for (std::size_t a = 0; a + 1 < path.size(); ++a) {
    const VectorLps axis = path[a + 1] - path[a];
    const double t =
        dot(axis, axis) > 0 ? std::clamp(dot(p - path[a], axis) / dot(axis, axis), 0.0, 1.0) : 0.0;
    best = std::min(best, distance(path[a] + axis * t, p));
  }
  return best;
}

/// The shapes as brush.h words them, voxel by voxel. Centres nearer to the border than rounding are left open
/// (-1).
int analytic(const Grid& grid, const PaintStroke& s, IndexIjk v) {
  constexpr double open = 1e-7;
  const PointLps p = grid.toLps(v);
  if (s.shape == BrushShape::Sphere) {
    const double d = distanceToPath(s.path, p) - s.radius.value;
    return std::abs(d) < open ? -1 : d < 0;
  }
  std::vector<PointLps> flat;
  for (const PointLps& q : s.path)
    flat.push_back(s.plane.project(q));
  const double d = distanceToPath(flat, s.plane.project(p)) - s.radius.value;
  const double off = std::abs(s.plane.signedDistance(p)) - circleHalfThickness(grid, s.plane);
  if (std::abs(d) < open || std::abs(off) < open)
    return -1;
  return d < 0 && off < 0;
}

Grid randomGrid(RandomEdits& random) {
  for (;;) {
    const VectorLps i = random.direction(), j = random.direction(), k = random.direction();
    if (std::abs(dot(cross(i, j), k)) < 0.3)
      continue; // sheared and left-handed ones stay
    const auto grid = Grid::create({random.number(1, 30), random.number(1, 30), random.number(1, 12)},
                                   {random.real(-99, 99), 3, 4}, i * random.real(0.4, 1.5),
                                   j * random.real(0.4, 1.5), k * random.real(1, 5));
    if (grid.ok())
      return *grid;
  }
}

} // namespace

TEST_CASE("a brush paints exactly the analytic disc or sphere on any grid, oblique, sheared or left-handed") {
  RandomEdits random(1);
  std::size_t covered = 0;
  for (int round = 0; round < 600; ++round) {
    const Grid grid = randomGrid(random);
    const PaintStroke stroke = random.stroke(grid, {}, {});
    std::vector<char> painted(grid.size().count());
    for (const VoxelSpan& span : strokeVoxels(grid, stroke))
      for (int i = span.iBegin; i < span.iEnd; ++i) {
        REQUIRE(grid.contains({i, span.j, span.k}));
        REQUIRE(++painted[grid.offset({i, span.j, span.k})] == 1);
        ++covered;
      }
    for (int k = 0; k < grid.size().k; ++k)
      for (int j = 0; j < grid.size().j; ++j)
        for (int i = 0; i < grid.size().i; ++i) {
          const int expected = analytic(grid, stroke, {i, j, k});
          if (expected >= 0 && int(painted[grid.offset({i, j, k})]) != expected) {
            CAPTURE(round, i, j, k, expected);
            FAIL("voxel differs from the analytic shape");
          }
        }
  }
  REQUIRE(covered > 50000);
}

TEST_CASE("on 5 mm slices a circle drawn on an axial plane paints one slice, whichever way the slices are "
          "stacked") {
  for (const double step : {5.0, -5.0}) {
    const Grid grid = *Grid::create({40, 40, 9}, {-20, -20, -20}, {1, 0, 0}, {0, 1, 0}, {0, 0, step});
    PaintStroke stroke;
    stroke.shape = BrushShape::Circle;
    stroke.radius = Mm(6);
    stroke.path = {grid.toLps(IndexIjk{20, 20, 4})};
    stroke.plane = axialPlane(stroke.path[0] + VectorLps{0, 0, 2.4}); // anywhere within the slice
    std::set<int> slices;
    std::size_t count = 0;
    for (const VoxelSpan& span : strokeVoxels(grid, stroke)) {
      slices.insert(span.k);
      count += std::size_t(span.iEnd - span.iBegin);
    }
    CHECK(slices == std::set<int>{4});
    CHECK(count == 113); // points of the unit lattice within 6
    stroke.plane =
        axialPlane(stroke.path[0] + VectorLps{0, 0, 2.5}); // between two slices: one of them, not both
    slices.clear();
    for (const VoxelSpan& span : strokeVoxels(grid, stroke))
      slices.insert(span.k);
    CHECK(slices.size() == 1);
  }
}

TEST_CASE("a circle on an oblique plane leaves no hole in its slab") {
  // Along the grid axis nearest to the normal every column that meets the disc's middle has exactly one
  // voxel.
  const Grid grid = *Grid::create({50, 50, 50}, {-25, -25, -25}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
  PaintStroke stroke;
  stroke.shape = BrushShape::Circle;
  stroke.radius = Mm(15);
  stroke.path = {{0.3, 0.2, 0.1}};
  stroke.plane.origin = stroke.path[0];
  stroke.plane.right = normalized({1, 0, 0.6});
  stroke.plane.down = normalized(cross(normalized({-0.55, 0.3, 1}), stroke.plane.right));
  stroke.plane.right = normalized(cross(stroke.plane.down, stroke.plane.normal()));
  const VectorLps n = stroke.plane.normal();
  REQUIRE(std::abs(n.z) > std::abs(n.x));
  std::map<std::pair<int, int>, int> columns;
  for (const VoxelSpan& span : strokeVoxels(grid, stroke))
    for (int i = span.iBegin; i < span.iEnd; ++i)
      ++columns[{i, span.j}];
  std::size_t inner = 0;
  for (int j = 0; j < 50; ++j)
    for (int i = 0; i < 50; ++i) {
      const PointLps foot = grid.toLps(IndexIjk{i, j, 0});
      const PointLps onPlane = foot + VectorLps{0, 0, -stroke.plane.signedDistance(foot) / n.z};
      if (distance(onPlane, stroke.path[0]) > 13.5)
        continue;
      ++inner;
      CHECK(columns[{i, j}] == 1);
    }
  CHECK(inner > 300);
}

TEST_CASE("a stroke of 12 mm radius on 512 x 512 x 600 at 0.7 mm costs little CPU time", "[speed]") {
  const Grid grid = *Grid::create({512, 512, 600}, {-179, -179, -210}, {0.7, 0, 0}, {0, 0.7, 0}, {0, 0, 0.7});
  Case c = test::caseOn(grid);
  Structure s;
  s.part = Part::Vertebra;
  const StructureId target = c.structures.add(s);
  CasePtr state = std::make_shared<const Case>(c);
  PaintStroke stroke;
  stroke.seriesUid = "1.2.3";
  stroke.target = target;
  stroke.radius = Mm(12);
  const auto cpu = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return double(t.tv_sec) * 1e3 + double(t.tv_nsec) * 1e-6;
  };
  double worst = 0, sum = 0;
  for (int n = 0; n < 20; ++n) {
    stroke.path = {{n * 3.0, 0, 0}, {n * 3.0 + 3, 1, 0}};
    const double from = cpu();
    state = apply(state, stroke, {"reader", ""})->next;
    const double took = cpu() - from;
    worst = std::max(worst, took);
    sum += took;
  }
  std::size_t voxels = 0;
  for (const VoxelSpan& span : strokeVoxels(grid, stroke))
    voxels += std::size_t(span.iEnd - span.iBegin);
  CHECK(voxels > 20000);
  WARN("brush: mean " << sum / 20 << " ms, worst " << worst << " ms for " << voxels << " voxels");
#if defined(NDEBUG) && !defined(__SANITIZE_ADDRESS__)
  CHECK(sum / 20 < 10.0);
#else
  CHECK(sum / 20 < 100.0);
#endif
}
