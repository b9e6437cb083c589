#pragma once
// Where a structure lies, from its voxels.

#include "core/image/label_map.h"

#include <optional>

namespace spondyl {

/// Mean of the voxel centres, LPS mm; nullopt if the structure has no voxel.
std::optional<PointLps> centroidOf(const LabelMap& map, StructureId id);

/// Centroid of the part of the structure that lies deep inside it: of a whole vertebra, of its body (pedicles
/// and processes are thinner).
std::optional<PointLps> coreCentroidOf(const LabelMap& map, StructureId id);

} // namespace spondyl
