#pragma once

#include "core/base/progress.h"
#include "core/study/study.h"

namespace spondyl::dicom {

struct WrittenSeries {
  Study study;                   ///< as given, UIDs filled in, with the one series that was written
  std::vector<Warning> warnings; ///< ValuesRounded
};

/// Writes a volume as uncompressed single-frame CT or MR images ("CT" or "MR" in series.modality), one a
/// slice, in the volume's k order; oblique, sheared and left-handed grids are kept. `study` and `series` give
/// the identity (their series, stacks and slice counts are not read); missing UIDs are made. `folder` appears
/// complete or not at all; it must not exist or be empty. Integer values are exact; others are rounded to 16
/// bits with a warning. Errors: ResultExists, FileNotWritable, DiskFull, UnsupportedObject (modality),
/// NoGeometry (rows not perpendicular to columns), Cancelled.
Result<WrittenSeries> writeDicomSeries(const Volume& volume, const Study& study, const Series& series,
                                       const Path& folder, const JobContext& context = {});

} // namespace spondyl::dicom
