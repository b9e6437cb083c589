#include "core/image/volume.h"

#include <catch2/catch.hpp>
#include <random>

using namespace spondyl;

TEST_CASE("a volume holds what was written, rescaled, and interpolates in between") {
  const Grid grid = *Grid::create({6, 5, 4}, {10, 20, 30}, {0.5, 0.1, 0}, {0, -0.7, 0}, {0.3, 0, 2});
  auto built =
      VolumeBuilder::create(grid, VoxelType::Int16, {2, -1024}, VolumeMeaning::CtHounsfield, -2000.0);
  REQUIRE(built.ok());
  VolumeBuilder builder = std::move(*built);
  for (int k = 0; k < 4; ++k) {
    auto slice = builder.slice<std::int16_t>(k);
    for (int j = 0; j < 5; ++j)
      for (int i = 0; i < 6; ++i)
        slice[std::size_t(j * 6 + i)] = std::int16_t(i * 3 - j * 5 + k * 70); // linear
    CHECK(!builder.isReady(k));
    builder.markReady(k);
    CHECK(builder.isReady(k));
  }
  const VolumePtr volume = std::move(builder).freeze();
  CHECK(volume->value({5, 4, 3}) == (15 - 20 + 210) * 2 - 1024);
  CHECK(*volume->padding() == -2000);
  CHECK(volume->byteCount() == 240);
  std::mt19937 random(1);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int n = 0; n < 200; ++n) {
    const PointIjk at{unit(random) * 5, unit(random) * 4, unit(random) * 3};
    const auto value = volume->valueAt(grid.toLps(at));
    REQUIRE(value);
    CHECK(*value == Approx((at.i * 3 - at.j * 5 + at.k * 70) * 2 - 1024).margin(1e-9));
  }
  CHECK(volume->valueAt(grid.toLps(IndexIjk{0, 0, 0})));
  CHECK(volume->valueAt(grid.toLps(IndexIjk{5, 4, 3})));
  CHECK(!volume->valueAt(grid.toLps(PointIjk{-0.01, 0, 0})));
  CHECK(!volume->valueAt(grid.toLps(PointIjk{0, 0, 3.01})));
}

TEST_CASE("volumes of one slice and every voxel type are read alike, new voxels are zero") {
  const Grid grid = *Grid::create({4, 3, 1}, {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
  for (const VoxelType type : {VoxelType::Int16, VoxelType::UInt16, VoxelType::Float32, VoxelType::Float64}) {
    VolumeBuilder builder = *VolumeBuilder::create(grid, type);
    visitVoxels(builder.peek(), [](auto voxels) {
      for (const auto v : voxels)
        CHECK(v == 0);
    });
    const VolumePtr volume = std::move(builder).freeze();
    CHECK(*volume->valueAt({1.5, 1.5, 0}) == 0);
    CHECK(volume->byteCount() == 12 * bytesPerVoxel(type));
  }
}

TEST_CASE("memory that is given back comes out clean") {
  const Grid grid = *Grid::create({256, 256, 40}, {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1});
  for (int n = 0; n < 3; ++n) {
    VolumeBuilder builder = *VolumeBuilder::create(grid, VoxelType::UInt16);
    auto voxels = builder.voxels<std::uint16_t>();
    REQUIRE(std::all_of(voxels.begin(), voxels.end(), [](auto v) { return v == 0; }));
    std::fill(voxels.begin(), voxels.end(), std::uint16_t(7));
  }
}
