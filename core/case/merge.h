#pragma once
// How a proposal joins what the case has: used for showing it (effective) and for accepting it (edit).

#include "core/case/case.h"

#include <functional>

namespace spondyl {

/// Adds to `into` the proposal's chain entries whose (proposal's) instance `wanted` and that are not there
/// yet, each beside its neighbour. Where all entries come from the proposal, its naming, anchors and
/// alternatives apply; where the case has other names, new entries are counted from those.
void mergeChain(LevelChain& into, const Proposal& proposal, const std::function<bool(InstanceId)>& wanted);

/// The chain of effective(c), without its voxels.
LevelChain effectiveChain(const Case& c);

/// Two layers that can hold each other's voxels: same kind, same patient space, same grid.
bool sameRoom(const LabelLayer& a, const LabelLayer& b);

/// Proposal instance to the case's instance whose voxels it overlaps most (more than half of the smaller
/// one).
std::map<InstanceId, InstanceId> matchInstances(const Case& c, const Proposal& proposal);

} // namespace spondyl
