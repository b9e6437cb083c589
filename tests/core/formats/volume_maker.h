#pragma once
// Small volumes and grids for the tests of file formats.

#include "core/image/volume.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace spondyl::test {

template <class T>
VolumePtr volumeOf(const Grid& grid, const std::vector<T>& values, Rescale rescale = {}) {
  auto builder = VolumeBuilder::create(grid, voxelTypeOf<T>(), rescale);
  REQUIRE(builder);
  auto voxels = builder->template voxels<T>();
  for (std::size_t v = 0; v < voxels.size(); ++v)
    voxels[v] = values[v % values.size()];
  return std::move(*builder).freeze();
}

inline Grid obliqueGrid(double angle = 0.3, double shear = 0) {
  const double c = std::cos(angle), s = std::sin(angle);
  return Grid::create({5, 4, 3}, {-12.5, 40, 733}, {0.7 * c, 0.7 * s, 0}, {-0.9 * s, 0.9 * c, 0},
                      {shear, 0.1 * shear, -2.25})
      .value();
}

} // namespace spondyl::test
