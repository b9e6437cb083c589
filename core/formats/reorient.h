#pragma once
// Array order of a volume: axes swapped and flipped, never resampled; every voxel stays where it is in the
// patient.

#include "core/image/volume.h"
#include "core/study/label_array.h"

namespace spondyl {

/// Where growing i, j, k lead, as near as the axes allow.
enum class ArrayOrder { Acquired, Lps, Ras };

Result<VolumePtr> reorient(const VolumePtr& volume, ArrayOrder order);
LabelArray reorient(const LabelArray& labels, ArrayOrder order);

} // namespace spondyl
