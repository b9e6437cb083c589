#pragma once
// The part of a NIfTI header that reading voxels needs; shared by the NIfTI files of this folder.

#include "core/base/file.h"
#include "core/geometry/grid.h"
#include "core/image/volume.h"

#include <optional>

namespace spondyl {

struct NiftiHeader {
  Path path;
  GridSize size;
  std::int64_t volumes = 1;
  int datatype = 0; ///< NIfTI's DT_* code, one that we read
  int bytesPerVoxel = 1;
  bool swapped = false;
  std::uint64_t dataAt = 0;
  Rescale rescale;
  std::optional<Grid> grid; ///< absent: not coded
};

Result<NiftiHeader> readNiftiHeader(const Path& path);

} // namespace spondyl
