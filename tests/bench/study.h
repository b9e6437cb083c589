#pragma once
// The study that every benchmark runs on: a synthetic trunk, T5 to sacrum, 512 x 512 x 300 at 0.7 x 0.7 x 1.5
// mm.

#include "core/base/result.h"
#include "core/dicom/write_series.h"
#include "core/image/volume.h"
#include "core/phantom/draw.h"

namespace spondyl::bench {

struct PhantomStudy {
  SpineDescription spine;
  PhantomVolumes drawn;
  VolumePtr volume;
};

/// Errors: OutOfMemory.
Result<PhantomStudy> drawStudy();

/// The same, drawn once a program; ends the program when there is no memory for it.
const PhantomStudy& sharedStudy();

/// Adds the benchmarks of compare_reslice.cpp.
void registerReslice();

/// Writes its volume as a CT series into `folder` (which must not exist), uncompressed. Errors: those of
/// writing.
Result<dicom::WrittenSeries> writeStudy(const PhantomStudy& phantom, const Path& folder);

} // namespace spondyl::bench
