#pragma once
// Opens whatever a reader points at.

#include "core/base/progress.h"
#include "core/study/label_array.h"
#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl {

/// A file (that file alone), a folder (searched), a zip, a DICOMDIR (its folder is searched), NIfTI, NRRD, a
/// radiograph as PNG or JPEG (in a folder only where there is nothing else). Reads headers only. Where
/// nothing is usable: the reason of the only file, the reason that all share, else NoImages. Errors:
/// FileNotFound, FolderEmpty, NoImages, Cancelled, those of the readers.
Result<StudyListing> openStudies(const Path& path, const JobContext& context);

/// Voxels of a stack of an opened series. What is not DICOM is a file of its own (SeriesOrigin::Nifti stands
/// for them all) and known by its content. Errors: see loadDicomVolume, readNifti, readNrrd and
/// readPicture.
Result<LoadedVolume> loadVolume(const Series& series, std::size_t stack, const JobContext& context,
                                const LoadOptions& options = {});

/// A label map as NIfTI or NRRD. Errors: see readNiftiLabels and readNrrdLabels.
Result<LabelArray> readLabelFile(const Path& path, const JobContext& context);

} // namespace spondyl
