#pragma once
// A label map as files have it: one number a voxel, before anyone says what the numbers mean.

#include "core/geometry/grid.h"

#include <cstdint>
#include <vector>

namespace spondyl {

struct LabelArray {
  Grid grid;
  std::vector<std::uint16_t> numbers; ///< in the grid's order; 0 = background
};

} // namespace spondyl
