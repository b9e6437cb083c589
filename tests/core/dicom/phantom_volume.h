#pragma once
// A small piece of the phantom on any grid: what made series are cut from, and compared with.

#include "core/phantom/draw.h"
#include "core/phantom/paint.h"
#include "tests/core/dicom/series_builder.h"

namespace spondyl::test {

/// L3 of the standard spine lies about the middle of these grids.
inline const SpineDescription& phantomSpine() {
  static const SpineDescription description = [] {
    PhantomOptions options;
    options.from = Level::L2;
    options.to = Level::L4;
    auto d = describeSpine(options);
    REQUIRE(d);
    return std::move(d).value();
  }();
  return description;
}

inline PointLps middleOfPhantom() {
  for (const PhantomLevelTruth& level : phantomSpine().truth.levels)
    if (level.level == Level::L3)
      return level.centre;
  return {};
}

/// A grid of these steps around the phantom's middle.
inline Grid phantomGrid(GridSize size, VectorLps stepI, VectorLps stepJ, VectorLps stepK) {
  const PointLps origin =
      middleOfPhantom() - (stepI * (size.i - 1) + stepJ * (size.j - 1) + stepK * (size.k - 1)) * 0.5;
  return Grid::create(size, origin, stepI, stepJ, stepK).value();
}

/// Steps turned out of every axis.
inline Grid obliquePhantomGrid(GridSize size = {40, 36, 14}) {
  std::mt19937 random(7);
  const Rotation turn = randomRotation(random);
  return phantomGrid(size, turn.x * 2.5, turn.y * 2.25, turn.z * 4.0);
}

inline VolumePtr phantomVolume(const Grid& grid, bool mr = false) {
  const PhantomVolumes drawn = drawPhantom(phantomSpine(), grid, {false, false});
  auto volume = mr ? paintMr(phantomSpine(), drawn) : paintCt(phantomSpine(), drawn);
  REQUIRE(volume);
  return *volume;
}

/// Every voxel of `truth` is found within 0.01 mm of its place, with its value.
inline void requireSamePlaces(const Volume& truth, const Volume& read) {
  REQUIRE(truth.size().count() == read.size().count());
  double worst = 0, largest = 0;
  const GridSize n = truth.size();
  for (int k = 0; k < n.k; ++k)
    for (int j = 0; j < n.j; ++j)
      for (int i = 0; i < n.i; ++i) {
        const PointLps p = truth.grid().toLps(IndexIjk{i, j, k});
        const IndexIjk there = nearestIndex(read.grid().toIjk(p));
        REQUIRE(read.grid().contains(there));
        worst = std::max(worst, distance(p, read.grid().toLps(there)));
        largest = std::max(largest, std::abs(truth.value({i, j, k}) - read.value(there)));
      }
  CHECK(worst < 0.01);
  CHECK(largest < 1e-6);
}

} // namespace spondyl::test
