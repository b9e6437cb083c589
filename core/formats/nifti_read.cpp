#include "core/formats/nifti.h"
#include "core/formats/nifti_header.h"
#include "core/formats/voxel_file.h"

#include <memory>
#include <nifti2_io.h>

namespace spondyl {
namespace {

class NiftiSlices : public VoxelReader {
 public:
  static Result<std::unique_ptr<VoxelReader>> open(const NiftiHeader& header) {
    auto slices = std::unique_ptr<NiftiSlices>(new NiftiSlices(header));
    slices->m_file.reset(znzopen(header.path.c_str(), "rb", nifti_is_gzfile(header.path.c_str())));
    if (!slices->m_file)
      return fail(ErrorCode::FileUnreadable, {header.path.string(), "cannot be opened"}, "readNifti");
    if (znzseek(slices->m_file.get(), static_cast<long>(header.dataAt), SEEK_SET) < 0)
      return fail(ErrorCode::Truncated, {header.path.string(), std::to_string(header.dataAt), "?"},
                  "readNifti");
    return std::unique_ptr<VoxelReader>(std::move(slices));
  }

  Status next(std::span<std::byte> out) override {
    if (znzread(out.data(), 1, out.size(), m_file.get()) != out.size())
      return fail(ErrorCode::Truncated, {m_header.path.string(), std::to_string(m_read + out.size()), "?"},
                  "readNifti");
    m_read += out.size();
    if (m_header.swapped && m_header.bytesPerVoxel > 1)
      nifti_swap_Nbytes(static_cast<std::int64_t>(out.size()) / m_header.bytesPerVoxel,
                        m_header.bytesPerVoxel, out.data());
    return {};
  }

 private:
  explicit NiftiSlices(NiftiHeader header) : m_header(std::move(header)) {}
  struct Close {
    void operator()(znzptr* file) const { Xznzclose(&file); }
  };
  NiftiHeader m_header;
  std::unique_ptr<znzptr, Close> m_file;
  std::uint64_t m_read = 0;
};

FileType fileType(int datatype) {
  switch (datatype) {
  case DT_UINT8:
    return FileType::UInt8;
  case DT_INT8:
    return FileType::Int8;
  case DT_INT16:
    return FileType::Int16;
  case DT_UINT16:
    return FileType::UInt16;
  case DT_INT32:
    return FileType::Int32;
  case DT_UINT32:
    return FileType::UInt32;
  case DT_INT64:
    return FileType::Int64;
  case DT_UINT64:
    return FileType::UInt64;
  case DT_FLOAT32:
    return FileType::Float32;
  default:
    return FileType::Float64;
  }
}

Result<VoxelFile> voxelFile(const Path& path) {
  SPONDYL_TRY(const NiftiHeader header, readNiftiHeader(path));
  if (!header.grid)
    return fail(ErrorCode::NoGeometry, {path.string()}, "readNifti");
  VoxelFile file{
      path, nameWithout(path, {".gz", ".nii"}), *header.grid, fileType(header.datatype), header.rescale, {},
      {}};
  if (header.volumes > 1)
    file.warnings.push_back({WarningCode::FirstVolumeOnly, {std::to_string(header.volumes)}});
  file.open = [header] { return NiftiSlices::open(header); };
  return file;
}

} // namespace

Result<Study> describeNifti(const Path& path) {
  SPONDYL_TRY(const VoxelFile file, voxelFile(path));
  return describeVoxelFile(file);
}

Result<LoadedVolume> readNifti(const Path& path, const JobContext& context, const LoadOptions& options) {
  SPONDYL_TRY(const VoxelFile file, voxelFile(path));
  return loadVoxelFile(file, context, options);
}

Result<LabelArray> readNiftiLabels(const Path& path, const JobContext& context) {
  SPONDYL_TRY(const LoadedVolume loaded, readNifti(path, context, {true, {}}));
  return labelsFrom(*loaded.volume, path);
}

} // namespace spondyl
