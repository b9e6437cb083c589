#pragma once
// What is read straight from the shapes of the levels: landmarks and planes.

#include "core/measure/geometry_store.h"
#include "core/measure/measure.h"

namespace spondyl {

std::vector<Landmark> landmarksOf(const EffectiveCase& c, const SpineShapes& shapes);
std::vector<Landmark> allLandmarksOf(const EffectiveCase& c, const SpineShapes& shapes);
std::optional<LevelPlanes> planesOf(const LevelChain& chain, const SpineShapes& shapes, InstanceId instance);

} // namespace spondyl
