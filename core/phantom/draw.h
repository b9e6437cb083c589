#pragma once
// A synthetic patient on a voxel grid. Any grid: every voxel's centre is taken to LPS and asked there.

#include "core/phantom/description.h"
#include "core/phantom/tissue.h"

#include <cstdint>
#include <vector>

namespace spondyl {

struct DrawnInstance {
  Level level = Level::L1;
  std::uint8_t number = 0; ///< value in `instances`: 1-based from above, counted over the whole patient
  PointLps centre;         ///< of the body, as drawn
  std::size_t voxels = 0;  ///< of this instance inside the grid
  bool whole = false;      ///< not cut by the edge of the grid
};

/// Arrays in the grid's order (i fastest). Left out arrays stay empty.
struct PhantomVolumes {
  Grid grid;
  /// TissueClass.
  std::vector<std::uint8_t> classes;
  /// Of vertebra and sacrum; a disc has the number of the vertebra above; else 0.
  std::vector<std::uint8_t> instances;
  /// Tissue, + metalBit; inside bone: what would be there without it.
  std::vector<std::uint8_t> tissue;
  /// Units of 0.25 mm, negative inside; faithful to ±4 mm, beyond it only its sign is.
  std::vector<std::int8_t> boneDistance;
  /// Numbers of codes.csv: whole vertebra, sacrum, coccyx, disc; cord 60 over CSF 62 over canal 61.
  std::vector<std::uint16_t> labels;
  /// 49 vertebral body, 41 posterior elements, else 0.
  std::vector<std::uint8_t> parts;
  /// Those with voxels in the grid, from above.
  std::vector<DrawnInstance> drawn;
};

struct DrawOptions {
  bool context = true; ///< ribs, pelvis, head, organs, table too
  bool labels = true;  ///< fill labels and parts
};

PhantomVolumes drawPhantom(const SpineDescription& description, const Grid& grid, DrawOptions options = {});

} // namespace spondyl
