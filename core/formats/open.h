#pragma once
// Opens whatever a reader points at.

#include "core/base/progress.h"
#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl {

/// A file (that file alone), a folder (searched), a zip, a DICOMDIR (its folder is searched), NIfTI. Reads
/// headers only. Where nothing is usable: the reason of the only file, the reason that all share, else
/// NoImages. Errors: FileNotFound, FolderEmpty, NoImages, NotYet (NRRD, radiographs as PNG/JPEG), Cancelled,
/// those of the readers.
Result<StudyListing> openStudies(const Path& path, const JobContext& context);

/// Voxels of a stack of an opened series, DICOM or NIfTI. Errors: see loadDicomVolume and readNifti.
Result<LoadedVolume> loadVolume(const Series& series, std::size_t stack, const JobContext& context,
                                const LoadOptions& options = {});

} // namespace spondyl
