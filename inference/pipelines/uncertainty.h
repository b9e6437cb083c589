#pragma once
// How sure the network is of its classes, voxel by voxel: a map beside the segmentation, computed on request.

#include "core/base/progress.h"
#include "core/image/volume.h"
#include "inference/engine/network.h"
#include "inference/protocol/model_package.h"
#include "inference/protocol/scalar_map.h"

#include <span>

namespace spondyl::inference {

/// Most memory that an uncertainty map of a volume of this grid needs beside the volume itself, MiB, with
/// windows of at most so many voxels.
double uncertaintyMemoryMiB(const Grid& input, const ModelCard& card, std::size_t windowVoxels);

/// Entropy -sum p ln p of the class probabilities, divided by ln(classes): 0 to 1, no unit. The probabilities
/// are the mean of two passes, the input and its left-right mirrored copy; anatomy is mirrored in no other
/// direction, so the network is asked for none. Offsets and level numbers play no part.
/// Computed on the network's grid within `box` (LPS mm; none: the whole image), with what lies up to 32 mm
/// beyond it in the network's sight, and interpolated on the volume's grid: `map` has one value per voxel of
/// it, 65535 = 1, and is 0 outside the box, beyond the images and where CT windows hold nothing but air.
/// Progress stages: "resample", "segment", "label"; a stop is seen between two runs of the network. Where
/// memory is short windows are made smaller, before the start by estimate and after a refused allocation.
/// Errors: Cancelled, ModelDamaged, OutOfMemory (before any work if it is foreseeable), UnknownItem (a box
/// outside the image).
Result<ScalarMapResult> uncertaintyMap(Network& network, const ModelCard& card, const Volume& volume,
                                       const std::optional<BoxLps>& box, double memoryLimitMiB,
                                       const JobContext& job, std::span<std::uint16_t> map);

} // namespace spondyl::inference
