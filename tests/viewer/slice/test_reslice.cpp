#include "tests/viewer/support/made_spine.h"
#include "viewer/slice/reslice.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <random>

using namespace spondyl;
using namespace spondyl::viewer;
using namespace spondyl::testing;

namespace {

constexpr GridKind everyKind[] = {GridKind::Plain, GridKind::Oblique, GridKind::LeftHanded,
                                  GridKind::Sheared};

// As slow and plain as can be: each sample on its own, edges held.
float slow(const Volume& v, PointLps p, Interpolation interpolation) {
  const GridSize n = v.size();
  const PointIjk c = v.grid().toIjk(p);
  const auto outside = [](double x, int size) { return x < -0.5 || x > size - 0.5; };
  if (outside(c.i, n.i) || outside(c.j, n.j) || outside(c.k, n.k))
    return std::nanf("");
  const auto held = [](double x, int size) { return std::min(std::max(x, 0.0), size - 1.0); };
  if (interpolation == Interpolation::Nearest)
    return float(v.stored({int(held(std::floor(c.i + 0.5), n.i)), int(held(std::floor(c.j + 0.5), n.j)),
                           int(held(std::floor(c.k + 0.5), n.k))}));
  return float((*v.valueAt(v.grid().toLps(PointIjk{held(c.i, n.i), held(c.j, n.j), held(c.k, n.k)})) -
                v.rescale().intercept) /
               v.rescale().slope);
}

VolumePtr randomVolume(const Grid& grid) {
  std::mt19937 random(3);
  std::uniform_int_distribution<int> value(-1000, 2000);
  return filledVolume(grid, [&](PointLps) { return value(random); });
}

Raster rasterOf(const Plane& plane, double mm, int w, int h) {
  return {plane.at(-mm * w / 2, -mm * h / 2), plane.right * mm, plane.down * mm, w, h};
}

std::vector<Plane> planes() {
  const VectorLps right = normalized(VectorLps{0.8, 0.5, 0.2});
  const VectorLps down = normalized(cross(VectorLps{0.1, -0.3, 0.9}, right));
  return {axialPlane({1, 2, 3}), coronalPlane({1, 2, 3}), sagittalPlane({1, 2, 3}),
          Plane{{4, -5, 6}, right, down}};
}

} // namespace

TEST_CASE("Reslicing equals a slow reference on every kind of grid and plane") {
  for (const GridKind kind : everyKind) {
    const auto volume = randomVolume(madeGrid(kind));
    for (const Plane& plane : planes())
      for (const Interpolation interpolation : {Interpolation::Nearest, Interpolation::Linear}) {
        const Raster raster = rasterOf(plane, 2.63, 113, 97); // reaches over the border of the volume
        const auto fast = reslice(*volume, raster, interpolation);
        std::size_t different = 0, inside = 0, doubtful = 0;
        for (int y = 0; y < raster.height; ++y)
          for (int x = 0; x < raster.width; ++x) {
            const float a = fast[std::size_t(y) * std::size_t(raster.width) + std::size_t(x)],
                        b = slow(*volume, raster.at(x, y), interpolation);
            inside += !std::isnan(b);
            if (std::isnan(a) && std::isnan(b))
              continue;
            // On the border between two voxels, or of the volume, rounding may decide either way.
            if (std::isnan(a) != std::isnan(b))
              ++doubtful;
            else if (std::abs(a - b) > 0.5f)
              ++(interpolation == Interpolation::Nearest ? doubtful : different);
          }
        CHECK(inside > 2000);
        CHECK(different == 0);
        CHECK(doubtful < raster.count() / 500);
      }
  }
}

TEST_CASE("Every voxel type gives the same picture") {
  const Grid grid = madeGrid(GridKind::Oblique);
  const auto fill = [&](auto type) {
    using T = decltype(type);
    auto builder = VolumeBuilder::create(grid, voxelTypeOf<T>());
    auto voxels = builder->template voxels<T>();
    for (std::size_t a = 0; a < voxels.size(); ++a)
      voxels[a] = static_cast<T>(a % 997);
    return std::move(*builder).freeze();
  };
  const Raster raster = rasterOf(planes().back(), 1.1, 60, 60);
  const auto reference = reslice(*fill(std::int16_t()), raster, Interpolation::Linear);
  CHECK(reslice(*fill(std::uint16_t()), raster, Interpolation::Linear) == reference);
  CHECK(reslice(*fill(float()), raster, Interpolation::Linear) == reference);
  CHECK(reslice(*fill(double()), raster, Interpolation::Linear) == reference);
}

TEST_CASE("A marker voxel shows at its computed sample and nowhere else") {
  for (const GridKind kind : everyKind) {
    const Grid grid = madeGrid(kind);
    const IndexIjk marker{31, 77, 20};
    const PointLps at = grid.toLps(marker);
    const auto volume = filledVolume(grid, [&](PointLps p) { return distance(p, at) < 1e-6 ? 1000.0 : 0.0; });
    const Raster raster =
        rasterOf(axialPlane(at), 0.7, 201, 201); // `at` lies 0.35 mm from sample 100's corner
    const auto values = reslice(*volume, raster, Interpolation::Nearest);
    double x = 0, y = 0, n = 0;
    for (int r = 0; r < 201; ++r)
      for (int c = 0; c < 201; ++c)
        if (values[std::size_t(r * 201 + c)] > 500) {
          x += c;
          y += r;
          ++n;
        }
    REQUIRE(n > 0);
    CHECK(std::abs(x / n - 100.5) < 1.2);
    CHECK(std::abs(y / n - 100.5) < 1.2);
    CHECK(n < 16);
  }
}

TEST_CASE("Slabs take the mean, the largest and the smallest value through the thickness") {
  const Grid grid = madeGrid();
  // Value by height: 10 per mm.
  const auto volume = filledVolume(grid, [](PointLps p) { return 10 * p.z; });
  const Raster raster = rasterOf(axialPlane({0, 0, 3}), 2, 8, 8);
  // Planes of the slab are a voxel (2 mm) apart: its outermost ones lie half of that inside.
  const auto value = [&](SlabMode mode) {
    return reslice(*volume, raster, Interpolation::Linear, {20, mode, {0, 0, 1}})[27];
  };
  CHECK(value(SlabMode::Mean) == Approx(30).margin(0.6));
  CHECK(value(SlabMode::Maximum) == Approx(130).margin(10.5));
  CHECK(value(SlabMode::Minimum) == Approx(-70).margin(10.5));
}

TEST_CASE("A volume of one voxel in any direction can be shown") {
  for (const GridSize size : {GridSize{1, 5, 5}, {5, 1, 5}, {5, 5, 1}, {1, 1, 1}}) {
    const Grid grid = *Grid::create(size, {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
    const auto volume = filledVolume(grid, [](PointLps) { return 42.0; });
    for (const Plane& plane : {axialPlane({}), coronalPlane({}), sagittalPlane({})})
      CHECK(reslice(*volume, {plane.origin, plane.right, plane.down, 1, 1}, Interpolation::Linear)[0] ==
            42.f);
  }
}

TEST_CASE("Windowing maps low to black, high to white, and keeps the outside black when inverted") {
  const std::vector<float> stored{0, 100, 50, -1000, 4000, std::nanf("")};
  std::vector<std::uint8_t> grey;
  applyWindow(stored, {2, -100}, {0, 200, false}, grey); // values -100, 100, 0 …
  CHECK(grey == std::vector<std::uint8_t>{0, 255, 128, 0, 255, 0});
  applyWindow(stored, {2, -100}, {0, 200, true}, grey);
  CHECK(grey[0] == 255);
  CHECK(grey[1] == 0);
  CHECK(grey[5] == 0);
}

TEST_CASE("Label ids are those of the nearest voxel, on any plane") {
  for (const GridKind kind : everyKind) {
    const Grid grid = madeGrid(kind);
    const LabelMap map = filledLabels(
        grid, [](PointLps p) { return std::uint16_t(p.x * p.x + p.y * p.y + p.z * p.z < 1600 ? 3 : 0); });
    for (const Plane& plane : planes()) {
      const Raster raster = rasterOf(plane, 1.37, 150, 150);
      const auto ids = resliceLabels(map, raster);
      std::size_t wrong = 0, set = 0;
      for (int y = 0; y < 150; ++y)
        for (int x = 0; x < 150; ++x) {
          const auto id = ids[std::size_t(y * 150 + x)];
          set += id != 0;
          wrong += id != map.at(nearestIndex(grid.toIjk(raster.at(x, y)))).value;
        }
      CHECK(set > 500);
      CHECK(wrong < 5); // exactly between two voxels
    }
  }
}
