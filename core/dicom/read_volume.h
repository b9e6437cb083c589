#pragma once

#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl::dicom {

/// Decodes a stack of a DICOM series straight into a volume: middle slice first, several threads. Missing
/// slices are interpolated, uneven ones resampled. Slices whose rescales differ become float values; a
/// Modality LUT is applied; MONOCHROME1 is not inverted. Errors: the stack's refusal, what a file was refused
/// for, GridMismatch (a file changed), DecodeFailed, OutOfMemory, Cancelled.
Result<LoadedVolume> loadDicomVolume(const Series& series, std::size_t stack, const JobContext& context,
                                     const LoadOptions& options = {});

} // namespace spondyl::dicom
