#include "core/formats/nifti.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nifti2_io.h>

namespace spondyl {
namespace {

struct DiskType {
  int code;
  int bytes;
};
DiskType diskType(NiftiType type) {
  switch (type) {
  case NiftiType::UInt8:
    return {DT_UINT8, 1};
  case NiftiType::Int16:
    return {DT_INT16, 2};
  case NiftiType::UInt16:
    return {DT_UINT16, 2};
  case NiftiType::Float32:
    return {DT_FLOAT32, 4};
  case NiftiType::Float64:
    break;
  }
  return {DT_FLOAT64, 8};
}

// Columns of the RAS affine: a step along each index, then the origin.
nifti_dmat44 rasAffine(const Grid& grid) {
  nifti_dmat44 m{};
  const std::array<VectorLps, 4> columns{grid.stepI(), grid.stepJ(), grid.stepK(),
                                         grid.origin() - PointLps{}};
  for (int c = 0; c < 4; ++c) {
    m.m[0][c] = -columns[std::size_t(c)].x;
    m.m[1][c] = -columns[std::size_t(c)].y;
    m.m[2][c] = columns[std::size_t(c)].z;
  }
  m.m[3][3] = 1;
  return m;
}

// The 352 bytes in front of the voxels: NIfTI-1, whose 16-bit sizes hold any grid of ours up to 32767.
Result<std::string> headerBytes(const Grid& grid, NiftiType type, const Path& path) {
  const GridSize n = grid.size();
  if (std::max({n.i, n.j, n.k}) > 32767)
    return fail(ErrorCode::UnsupportedPixels, {path.string(), "more than 32767 voxels along an axis"},
                "writeNifti");
  nifti_1_header h{};
  h.sizeof_hdr = 348;
  h.dim[0] = 3;
  h.dim[1] = static_cast<short>(n.i);
  h.dim[2] = static_cast<short>(n.j);
  h.dim[3] = static_cast<short>(n.k);
  for (int d = 4; d < 8; ++d)
    h.dim[d] = 1;
  h.datatype = static_cast<short>(diskType(type).code);
  h.bitpix = static_cast<short>(8 * diskType(type).bytes);
  h.scl_slope = 1;
  h.vox_offset = 352;
  h.xyzt_units = NIFTI_UNITS_MM;
  std::memcpy(h.magic, "n+1", 4);
  const auto spacing = grid.spacing();
  for (std::size_t a = 0; a < 3; ++a)
    h.pixdim[a + 1] = static_cast<float>(spacing[a]);
  for (int d = 4; d < 8; ++d)
    h.pixdim[d] = 1;
  const nifti_dmat44 m = rasAffine(grid);
  h.sform_code = NIFTI_XFORM_SCANNER_ANAT;
  for (int c = 0; c < 4; ++c) {
    h.srow_x[c] = static_cast<float>(m.m[0][c]);
    h.srow_y[c] = static_cast<float>(m.m[1][c]);
    h.srow_z[c] = static_cast<float>(m.m[2][c]);
  }
  h.pixdim[0] = 1;
  if (!grid.isSheared(1e-5)) { // a quaternion cannot say shear
    double b, c, d, x, y, z, dx, dy, dz, handed;
    nifti_dmat44_to_quatern(m, &b, &c, &d, &x, &y, &z, &dx, &dy, &dz, &handed);
    h.qform_code = NIFTI_XFORM_SCANNER_ANAT;
    h.pixdim[0] = static_cast<float>(handed);
    h.quatern_b = static_cast<float>(b);
    h.quatern_c = static_cast<float>(c);
    h.quatern_d = static_cast<float>(d);
    h.qoffset_x = static_cast<float>(x);
    h.qoffset_y = static_cast<float>(y);
    h.qoffset_z = static_cast<float>(z);
  }
  std::string bytes(352, '\0');
  std::memcpy(bytes.data(), &h, sizeof h);
  return bytes;
}

bool hasGzName(const Path& path) {
  return path.extension() == ".gz" || path.extension() == ".GZ";
}

Result<OutputFile> begin(const Grid& grid, NiftiType type, const Path& path) {
  SPONDYL_TRY(const std::string header, headerBytes(grid, type, path));
  SPONDYL_TRY(OutputFile file, OutputFile::create(path, hasGzName(path)));
  SPONDYL_CHECK(file.write(std::as_bytes(std::span(header))));
  return file;
}

} // namespace

Status writeNifti(const Volume& volume, const Path& path, const JobContext& context) {
  const NiftiType type = smallestExactType(volume);
  SPONDYL_TRY(OutputFile file, begin(volume.grid(), type, path));
  SPONDYL_CHECK(writeVoxels(file, volume, type, context));
  return file.commit();
}

Status writeNiftiLabels(const Grid& grid, std::span<const std::uint16_t> numbers, const Path& path,
                        NiftiType type, const JobContext& context) {
  SPONDYL_TRY(OutputFile file, begin(grid, type, path));
  SPONDYL_CHECK(writeLabelVoxels(file, grid, numbers, type, context));
  return file.commit();
}

} // namespace spondyl
