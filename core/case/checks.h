#pragma once
// Live checks that read voxels.

#include "core/case/case.h"

namespace spondyl {

/// Vertebrae (their bodies, or the whole where it is not divided) of more than one component, where the
/// smaller ones together hold more than `smallestMm3`. Neighbours share a face.
std::vector<ChainProblem> componentProblems(const EffectiveCase& c, double smallestMm3 = 200);

/// Voxel counts of the structure's face-connected components, largest first.
std::vector<std::size_t> componentSizes(const LabelMap& map, StructureId id);

} // namespace spondyl
