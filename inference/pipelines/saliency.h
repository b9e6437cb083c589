#pragma once
// Which places of the image one structure's probability rests on: occlusion, which asks nothing of a network
// but its answers.

#include "core/base/progress.h"
#include "core/image/volume.h"
#include "inference/engine/network.h"
#include "inference/protocol/model_package.h"
#include "inference/protocol/scalar_map.h"

#include <span>

namespace spondyl::inference {

/// Runs of the network that one map takes at most, the one with nothing hidden not counted.
constexpr int saliencyPassLimit = 250;

/// Memory that a saliency map of a volume of this grid needs beside the volume itself, MiB.
double saliencyMemoryMiB(const Grid& input, const ModelCard& card);

/// `structure` has one byte per voxel of the volume's grid, not 0 where the structure is. The network sees
/// one crop of its grid: the structure with 40 mm around it, at most 112 voxels along an axis (then about its
/// middle). One after another, cubes of 12 mm (larger where more than saliencyPassLimit would be needed) that
/// tile the structure and 24 mm around it are filled with the crop's mean; the fall of the structure's mean
/// probability (classes of `target` added up) is the value at the cube's centre. A rise counts as no fall.
/// `map`: the falls interpolated on the volume's grid, one value per voxel, 65535 = 1; 0 beyond the cubes.
/// Progress stages: "resample", "segment", "label"; a stop is seen before each run.
/// Errors: Cancelled, ModelDamaged, ModelUnsuitable (has no such class), OutOfMemory (before any work if it
/// is foreseeable), UnknownItem (no voxel of the structure on the network's grid).
Result<ScalarMapResult> saliencyMap(Network& network, const ModelCard& card, const Volume& volume,
                                    std::span<const std::uint8_t> structure, SaliencyTarget target,
                                    double memoryLimitMiB, const JobContext& job,
                                    std::span<std::uint16_t> map);

} // namespace spondyl::inference
