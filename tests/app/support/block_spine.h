#pragma once
// A small CT with five blocks for vertebrae and its label file: enough to click on, quick to read.

#include "core/formats/nifti.h"

#include <catch2/catch.hpp>

namespace spondyl::test {

struct BlockSpine {
  Path image, labels;
  /// Middle of the block of L1 + n (4: the sacrum).
  static PointLps centre(int n) { return {0, 0, -36.0 * n}; }
};

inline BlockSpine writeBlockSpine(const Path& folder) {
  const GridSize size{48, 48, 100};
  const double mm = 2;
  const Grid grid = Grid::create(size, {-47, -47, -169}, {mm, 0, 0}, {0, mm, 0}, {0, 0, mm}).value();
  const int numbers[] = {20, 21, 22, 23, 26}; // L1 to L4 and the sacrum of codes.csv
  VolumeBuilder builder =
      VolumeBuilder::create(grid, VoxelType::Int16, {}, VolumeMeaning::CtHounsfield).value();
  std::vector<std::uint16_t> ids(size.count());
  auto voxels = builder.voxels<std::int16_t>();
  for (int k = 0; k < size.k; ++k)
    for (int j = 0; j < size.j; ++j)
      for (int i = 0; i < size.i; ++i) {
        const IndexIjk at{i, j, k};
        const PointLps p = grid.toLps(at);
        std::int16_t value = std::hypot(p.x, p.y) < 44 ? std::int16_t(40) : std::int16_t(-1000);
        for (int n = 0; n < 5; ++n) {
          const VectorLps d = p - BlockSpine::centre(n);
          if (std::fabs(d.x) > 20 || std::fabs(d.y) > 16 || std::fabs(d.z) > 13)
            continue;
          const bool shell = std::fabs(d.x) > 18 || std::fabs(d.y) > 14 || std::fabs(d.z) > 11;
          value = shell ? std::int16_t(700) : std::int16_t(180);
          ids[grid.offset(at)] = std::uint16_t(numbers[n]);
        }
        voxels[grid.offset(at)] = value;
      }
  BlockSpine made{folder / "spine.nii.gz", folder / "spine_labels.nii.gz"};
  REQUIRE(writeNifti(*std::move(builder).freeze(), made.image).ok());
  REQUIRE(writeNiftiLabels(grid, ids, made.labels).ok());
  return made;
}

} // namespace spondyl::test
