#pragma once
// DICOM objects of a case for whoever comes next. Confirmed items only, unless proposed ones are asked for.

#include "app/workflow/input.h"

namespace spondyl::app {

/// Writes the label map as DICOM SEG `file`, one segment per number of labels.nii.gz. Proposed structures are
/// coded AUTOMATIC, edited ones SEMIAUTOMATIC, drawn ones MANUAL. Errors: NothingToWrite (nothing confirmed,
/// or no voxel), NoSourceIdentity (the source is not DICOM), DiskFull, …
Status exportSeg(const Input& input, bool includeProposed, const Path& file, const JobContext& job);

} // namespace spondyl::app
