#pragma once
// NIfTI-1 and -2, plain or gzipped. RAS becomes LPS at this door; millimetres whatever the file's unit.

#include "core/formats/voxel_writer.h"
#include "core/study/label_array.h"
#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl {

bool hasNiftiName(const Path& path); ///< .nii, .nii.gz

/// A study with one series of one stack, named after the file; no voxel is read. Errors: FileNotFound,
/// FileUnreadable, Malformed, NoGeometry (neither sform nor qform coded), UnsupportedPixels (complex,
/// colour), DeclaredTooLarge, Truncated.
Result<Study> describeNifti(const Path& path);

/// The first volume; integers and floats keep their exact values (slope and intercept of the header become
/// the volume's Rescale). Errors: those of describeNifti, OutOfMemory, Cancelled.
Result<LoadedVolume> readNifti(const Path& path, const JobContext& context, const LoadOptions& options = {});

/// A label map: any type whose values are whole numbers from 0 to 65535, else UnsupportedPixels.
Result<LabelArray> readNiftiLabels(const Path& path, const JobContext& context);

using NiftiType = StoredType;

/// Rescaled values, whole or not at all; gzipped if the name ends in .gz. qform is coded only where the grid
/// is not sheared. Errors: FileNotWritable, DiskFull, Cancelled.
Status writeNifti(const Volume& volume, const Path& path, const JobContext& context = {});
/// Labels as uint8 or uint16. `numbers` in the grid's order.
Status writeNiftiLabels(const Grid& grid, std::span<const std::uint16_t> numbers, const Path& path,
                        NiftiType type = NiftiType::UInt16, const JobContext& context = {});

} // namespace spondyl
