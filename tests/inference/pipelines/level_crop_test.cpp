// Crops of a volume whose value is known everywhere: what lies where in them, on any grid.
#include "inference/pipelines/level_crop.h"
#include "tests/inference/support/spine_input.h"

#include <catch2/catch.hpp>

#include <random>

using namespace spondyl;
using namespace spondyl::inference;

namespace {

VectorLps randomUnit(std::mt19937_64& random) {
  std::normal_distribution<double> n;
  return normalized({n(random), n(random), n(random)});
}

LevelFrame randomFrame(std::mt19937_64& random) {
  std::uniform_real_distribution<double> u(-500, 500);
  return levelFrame({u(random), u(random), u(random)}, randomUnit(random), randomUnit(random));
}

/// Value in which each direction has a slope of its own: linear, so that interpolation is exact.
double slopes(PointLps p) {
  return 100 + 3 * p.x - 5 * p.y + 7 * p.z;
}

VolumePtr sloping(const Grid& grid) {
  auto builder =
      VolumeBuilder::create(grid, VoxelType::Float32, {2, -30}, VolumeMeaning::CtHounsfield).value();
  const GridSize n = grid.size();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i)
        builder.voxels<float>()[grid.offset({i, j, k})] =
            float((slopes(grid.toLps(IndexIjk{i, j, k})) + 30) / 2);
  return std::move(builder).freeze();
}

/// Straight, oblique, left-handed, with thick slices, fine.
std::vector<Grid> grids() {
  const double a = 0.35;
  const VectorLps i{std::cos(a), std::sin(a), 0}, j{-std::sin(a) * 0.8, std::cos(a) * 0.8, 0.6},
      k = cross(i, j);
  return {test::gridRound({5, 10, -20}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {100, 120, 110}),
          test::gridRound({5, 10, -20}, i, j, k * 2.0, {110, 130, 60}),
          test::gridRound({5, 10, -20}, i, j, k * -1.5, {110, 130, 80}),
          test::gridRound({5, 10, -20}, {0, 0.9, 0}, {0, 0, -0.9}, {4, 0, 0}, {130, 130, 26}),
          test::gridRound({5, 10, -20}, {0.4, 0, 0}, {0, 0.4, 0}, {0, 0, 0.7}, {220, 300, 170})};
}

} // namespace

TEST_CASE("a crop's points lead to patient space and back exactly") {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> u(-60, 60), spacing(0.3, 4);
  double worst = 0, skew = 0;
  for (int n = 0; n < 2000; ++n) {
    LevelCrop crop{randomFrame(random), {}};
    crop.shape.spacingMm = spacing(random);
    const PointLps p = crop.frame.origin + VectorLps{u(random), u(random), u(random)};
    worst = std::max(worst, distance(crop.toLps(crop.toCrop(p)), p));
    const LevelFrame& f = crop.frame;
    skew = std::max({skew, std::abs(dot(f.left, f.posterior)), std::abs(dot(f.superior, f.posterior)),
                     length(cross(f.left, f.posterior) - f.superior)});
  }
  CHECK(worst < 1e-6);
  CHECK(skew < 1e-12);
}

TEST_CASE("a frame's axes are the patient's: left stays left, also lying on the side or head down") {
  const LevelFrame upright = levelFrame({}, {0, 0, 1}, {0, 1, 0});
  CHECK(upright.left == VectorLps{1, 0, 0});
  const LevelFrame headDown = levelFrame({}, {0, 0, -1}, {0, 1, 0}); // the spine's upper end caudal in LPS
  CHECK(headDown.left == VectorLps{-1, 0, 0});
  const LevelFrame lying = levelFrame({}, {0, 1, 0}, {0, 1, 0}); // no direction to the back that serves
  CHECK(length(lying.left) == Approx(1));
  CHECK(std::abs(dot(lying.left, lying.superior)) < 1e-12);
}

TEST_CASE("a crop shows the volume's values at its points, whatever the grid") {
  std::mt19937_64 random(3);
  for (const Grid& grid : grids()) {
    const VolumePtr volume = sloping(grid);
    CAPTURE(grid.spacing()[0], grid.spacing()[2], grid.isLeftHanded());
    for (int n = 0; n < 3; ++n) {
      LevelCrop crop{randomFrame(random), {{16, 24, 16}, {7.5, 7.5, 7.5}, 1.5}};
      crop.frame.origin = {5, 10, -20};
      const std::vector<float> values = cropImage(*volume, crop);
      double worst = 0;
      std::size_t at = 0;
      for (int z = 0; z < 16; ++z)
        for (int y = 0; y < 24; ++y)
          for (int x = 0; x < 16; ++x, ++at)
            worst =
                std::max(worst, std::abs(values[at] - slopes(crop.toLps({double(z), double(y), double(x)}))));
      CHECK(worst < 1e-2);
    }
  }
}

TEST_CASE("beyond the field and at padding a crop has no value") {
  const Grid grid = test::gridRound({0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {20, 40, 40});
  auto builder =
      VolumeBuilder::create(grid, VoxelType::Int16, {}, VolumeMeaning::CtHounsfield, -2000).value();
  for (int k = 0; k < 40; ++k)
    for (int j = 0; j < 40; ++j)
      for (int i = 0; i < 20; ++i)
        builder.voxels<std::int16_t>()[grid.offset({i, j, k})] = k < 10 ? -2000 : 55;
  const VolumePtr volume = std::move(builder).freeze();
  const LevelCrop crop{levelFrame({}, {0, 0, 1}, {0, 1, 0}), {{32, 16, 48}, {15.5, 7.5, 23.5}, 1.0}};
  const std::vector<float> values = cropImage(*volume, crop);
  const auto at = [&](int z, int y, int x) { return values[std::size_t((z * 16 + y) * 48 + x)]; };
  CHECK(at(20, 8, 24) == 55);
  CHECK(std::isnan(at(20, 8, 2)));  // 21.5 mm to the right, the field ends at 10
  CHECK(std::isnan(at(20, 8, 45))); // to the left
  CHECK(std::isnan(at(1, 8, 24)));  // padding
}

TEST_CASE("the mask of a crop is its own vertebra's: body 1, posterior elements half, neighbours nothing") {
  const Grid grid = test::gridRound({0, 10, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, -1}, {60, 80, 100});
  SegmentResult result;
  for (int place = 1; place <= 3; ++place) {
    ResultVertebra v;
    v.place = place;
    result.vertebrae.push_back(v);
    result.structures.push_back({std::uint16_t(2 * place - 1), place, Part::VertebralBody, 1, ""});
    result.structures.push_back({std::uint16_t(2 * place), place, Part::PosteriorElements, 1, ""});
  }
  std::vector<std::uint16_t> labels(grid.size().count());
  for (int k = 0; k < 100; ++k)
    for (int j = 0; j < 80; ++j)
      for (int i = 0; i < 60; ++i) {
        const PointLps p = grid.toLps(IndexIjk{i, j, k});
        for (int place = 1; place <= 3; ++place) {
          const double z = p.z - (60 - 30 * place); // centres at 30, 0, -30
          if (std::abs(p.x) < 15 && std::abs(z) < 10)
            labels[grid.offset({i, j, k})] = std::uint16_t(std::abs(p.y) < 12     ? 2 * place - 1
                                                           : p.y > 20 && p.y < 40 ? 2 * place
                                                                                  : 0);
        }
      }
  const auto levels = labelledLevels(result, labels, grid);
  REQUIRE(levels.size() == 3);
  for (const LabelledLevel& level : levels) {
    CHECK(distance(level.frame.origin, {0, 0, 60.0 - 30 * level.place}) < 0.8);
    CHECK(length(level.frame.left - VectorLps{1, 0, 0}) < 0.02);
  }
  const LevelCrop crop{levels[1].frame, {}};
  const std::vector<float> mask = cropMask(labels, grid, levels[1], 0.5, crop);
  const auto valueAt = [&](PointLps p) {
    const CropPoint c = crop.toCrop(p);
    const Shape n = crop.shape.size;
    return mask[std::size_t((std::lround(c.z) * n[1] + std::lround(c.y)) * n[2] + std::lround(c.x))];
  };
  CHECK(valueAt({0, 0, 0}) == Approx(1));
  CHECK(valueAt({10, 8, 6}) == Approx(1));
  CHECK(valueAt({0, 30, 0}) == Approx(0.5));
  CHECK(valueAt({0, 16, 0}) == Approx(0));
  CHECK(valueAt({0, 0, -26}) == Approx(0)); // the vertebra below
}

TEST_CASE("a vertebra without a body of its own, a speck and the sacrum give no crop") {
  const Grid grid = test::gridRound({}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {20, 20, 20});
  SegmentResult result;
  for (int place = 1; place <= 3; ++place) {
    ResultVertebra v;
    v.place = place;
    v.isSacrum = place == 3;
    result.vertebrae.push_back(v);
  }
  result.structures = {{1, 1, Part::PosteriorElements, 1, ""},
                       {2, 2, Part::VertebralBody, 1, ""},
                       {3, 3, Part::Sacrum, 1, ""}};
  std::vector<std::uint16_t> labels(grid.size().count(), 1);
  std::fill_n(labels.begin(), 100, std::uint16_t(2));
  std::fill_n(labels.begin() + 4000, 3000, std::uint16_t(3));
  CHECK(labelledLevels(result, labels, grid).empty());
}
