#pragma once
// The segmentation pipeline: volume in, labels on its grid and named vertebrae out. No files.

#include "core/base/progress.h"
#include "core/image/volume.h"
#include "inference/engine/sliding_window.h"
#include "inference/pipelines/paint.h"
#include "inference/protocol/model_package.h"

namespace spondyl::inference {

struct SegmentOptions {
  std::optional<ReaderAnchor> anchor;
  double memoryLimitMiB = 0; ///< 0: what the machine has free
};

/// Most memory that segmenting a volume of this grid will need beside the volume itself, MiB, with windows of
/// at most so many voxels.
double estimatedMemoryMiB(const Grid& input, const ModelCard& card,
                          std::size_t windowVoxels = windowVoxelLimit);

/// Progress stages: "resample", "segment", "decode", "label". Nothing found is a result with a warning.
/// `maps` must hold zeros. Where memory is short windows are made smaller, before the start by estimate and
/// after a refused allocation. Errors: Cancelled, ModelDamaged, OutOfMemory (before any work if it is
/// foreseeable).
Result<SegmentResult> segmentSpine(Network& network, const ModelCard& card, const Volume& volume,
                                   const SegmentOptions& options, const JobContext& job,
                                   const LabelMaps& maps);

} // namespace spondyl::inference
