#include "core/formats/nifti_header.h"

#include "core/formats/nifti.h"
#include "core/formats/voxel_file.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <nifti2_io.h>

namespace spondyl {
namespace {

struct ImageCloser {
  void operator()(nifti_image* image) const { nifti_image_free(image); }
};

std::optional<Grid> gridOf(const nifti_dmat44& m, GridSize size, double mm) {
  const auto column = [&](int c) { return VectorLps{-m.m[0][c] * mm, -m.m[1][c] * mm, m.m[2][c] * mm}; };
  const VectorLps origin = column(3);
  auto grid = Grid::create(size, PointLps{} + origin, column(0), column(1), column(2));
  return grid ? std::optional(*grid) : std::nullopt;
}

double millimetres(int units) {
  switch (XYZT_TO_SPACE(units)) {
  case NIFTI_UNITS_METER:
    return 1000.0;
  case NIFTI_UNITS_MICRON:
    return 0.001;
  default:
    return 1.0;
  }
}

bool isRead(int datatype) {
  switch (datatype) {
  case DT_UINT8:
  case DT_INT8:
  case DT_INT16:
  case DT_UINT16:
  case DT_INT32:
  case DT_UINT32:
  case DT_INT64:
  case DT_UINT64:
  case DT_FLOAT32:
  case DT_FLOAT64:
    return true;
  default:
    return false;
  }
}

} // namespace

bool hasNiftiName(const Path& path) {
  std::string name = path.filename().string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.ends_with(".nii") || name.ends_with(".nii.gz");
}

Result<NiftiHeader> readNiftiHeader(const Path& path) {
  static std::once_flag quiet;
  std::call_once(quiet, [] { nifti_set_debug_level(0); });
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    return fail(ErrorCode::FileNotFound, {path.string()}, "readNiftiHeader");
  const std::uint64_t fileBytes = std::filesystem::file_size(path, error);
  if (error)
    return fail(ErrorCode::FileUnreadable, {path.string(), error.message()}, "readNiftiHeader");
  if (fileBytes == 0)
    return fail(ErrorCode::FileEmpty, {path.string()}, "readNiftiHeader");
  const std::unique_ptr<nifti_image, ImageCloser> image(nifti_image_read(path.c_str(), 0));
  if (!image)
    return fail(ErrorCode::Malformed, {path.string(), "NIfTI header"}, "readNiftiHeader");
  if (!isRead(image->datatype))
    return fail(ErrorCode::UnsupportedPixels, {path.string(), nifti_datatype_string(image->datatype)},
                "readNiftiHeader");
  constexpr std::int64_t largestSize = 65535;
  const auto sane = [](std::int64_t n) { return n >= 1 && n <= largestSize; };
  const std::int64_t ny = std::max<std::int64_t>(1, image->ny), nz = std::max<std::int64_t>(1, image->nz);
  if (!sane(image->nx) || !sane(ny) || !sane(nz))
    return fail(ErrorCode::Malformed, {path.string(), "NIfTI dimensions"}, "readNiftiHeader");

  NiftiHeader header;
  header.path = path;
  header.size = {static_cast<int>(image->nx), static_cast<int>(ny), static_cast<int>(nz)};
  for (const std::int64_t more : {image->nt, image->nu, image->nv, image->nw})
    header.volumes *= std::clamp<std::int64_t>(more, 1, largestSize);
  header.datatype = image->datatype;
  header.bytesPerVoxel = image->nbyper;
  header.swapped = image->byteorder != nifti_short_order();
  header.dataAt = static_cast<std::uint64_t>(std::max<std::int64_t>(0, image->iname_offset));
  const bool scaled =
      std::isfinite(image->scl_slope) && image->scl_slope != 0 && std::isfinite(image->scl_inter);
  if (scaled)
    header.rescale = {image->scl_slope, image->scl_inter};

  const std::uint64_t wanted = header.dataAt + static_cast<std::uint64_t>(header.size.count()) *
                                                   static_cast<std::uint64_t>(header.bytesPerVoxel);
  const bool packed = nifti_is_gzfile(path.c_str());
  if (!packed && wanted > fileBytes)
    return fail(ErrorCode::Truncated, {path.string(), std::to_string(wanted), std::to_string(fileBytes)},
                "readNiftiHeader");
  if (packed && wanted > fileBytes * largestGzipRatio + 1024)
    return fail(ErrorCode::DeclaredTooLarge,
                {path.string(), std::to_string(wanted), std::to_string(fileBytes * largestGzipRatio)},
                "readNiftiHeader");
  const double mm = millimetres(image->xyz_units);
  if (image->sform_code > 0)
    header.grid = gridOf(image->sto_xyz, header.size, mm);
  if (!header.grid && image->qform_code > 0)
    header.grid = gridOf(image->qto_xyz, header.size, mm);
  return header;
}

} // namespace spondyl
