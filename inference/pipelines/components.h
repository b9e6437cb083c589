#pragma once
// Connected components of a set of voxels.

#include "inference/engine/network.h"

#include <cstdint>
#include <vector>

namespace spondyl::inference {

enum class Neighbours { Face, Corner }; ///< 6 or 26

/// The components of `voxels` (ascending indices into a field of `size`, x fastest), each ascending; largest
/// first.
std::vector<std::vector<std::uint32_t>> componentsOf(const std::vector<std::uint32_t>& voxels,
                                                     const Shape& size, Neighbours neighbours);

} // namespace spondyl::inference
