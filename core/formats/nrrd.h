#pragma once
// NRRD: attached (.nrrd) or a text header beside its data (.nhdr); raw, gzip or ASCII. Any of its spaces that
// names patient directions becomes LPS at this door; oblique, sheared and left-handed grids stay as they are.

#include "core/formats/voxel_writer.h"
#include "core/study/label_array.h"
#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl {

bool isNrrd(const Path& path); ///< by its first bytes

/// A study with one series of one stack, named after the file; no voxel is read. Errors: FileNotFound,
/// FileUnreadable, Malformed, NoGeometry (no patient space, directions or origin), UnsupportedPixels (several
/// values a voxel, blocks), UnsupportedTransferSyntax (an encoding that is not read), DeclaredTooLarge,
/// Truncated, DataOutsideFolder (a detached header that points elsewhere).
Result<Study> describeNrrd(const Path& path);
/// The data files of a detached header; none for an attached one or one that cannot be read.
std::vector<Path> nrrdDataFiles(const Path& path);

/// Exact values; of a fourth axis the first volume. Errors: those of describeNrrd, SingleSlice, OutOfMemory,
/// Cancelled.
Result<LoadedVolume> readNrrd(const Path& path, const JobContext& context, const LoadOptions& options = {});
/// A label map: any type whose values are whole numbers from 0 to 65535, else UnsupportedPixels.
Result<LabelArray> readNrrdLabels(const Path& path, const JobContext& context);

/// Rescaled values in their smallest exact type, gzip, whole or not at all. Errors: FileNotWritable,
/// DiskFull, Cancelled.
Status writeNrrd(const Volume& volume, const Path& path, const JobContext& context = {});
/// Labels as uint16. `numbers` in the grid's order.
Status writeNrrdLabels(const Grid& grid, std::span<const std::uint16_t> numbers, const Path& path,
                       const JobContext& context = {});

} // namespace spondyl
