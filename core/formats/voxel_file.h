#pragma once
// What NIfTI and NRRD have in common: one number a voxel in one of ten types, slice after slice. Private to
// this folder.

#include "core/base/progress.h"
#include "core/study/label_array.h"
#include "core/study/loaded_volume.h"
#include "core/study/study.h"

namespace spondyl {

enum class FileType : std::uint8_t {
  UInt8,
  Int8,
  UInt16,
  Int16,
  UInt32,
  Int32,
  UInt64,
  Int64,
  Float32,
  Float64
};
std::size_t bytesOf(FileType type);

/// zlib cannot do better than 1032 to 1: a header that promises more than that lies.
constexpr std::uint64_t largestGzipRatio = 1032;

/// Hands out a file's slices in order, in the file's type and this machine's byte order.
class VoxelReader {
 public:
  virtual ~VoxelReader() = default;
  /// Fills `out`, one slice. Errors: Truncated, Malformed.
  virtual Status next(std::span<std::byte> out) = 0;
};

struct VoxelFile {
  Path path;
  std::string name; ///< of the study
  Grid grid;
  FileType type = FileType::UInt8;
  Rescale rescale;
  std::vector<Warning> warnings;
  /// From the first slice; asked twice for types whose values must be looked at before they are kept.
  std::function<Result<std::unique_ptr<VoxelReader>>()> open;
};

/// A study with one series of one stack, named after the file; no voxel is read.
Study describeVoxelFile(const VoxelFile& file);
/// In the narrowest of Volume's types that keeps every value. Errors: SingleSlice, Truncated, Malformed,
/// OutOfMemory, Cancelled.
Result<LoadedVolume> loadVoxelFile(const VoxelFile& file, const JobContext& context,
                                   const LoadOptions& options);
/// The volume's values as label numbers. Errors: UnsupportedPixels.
Result<LabelArray> labelsFrom(const Volume& volume, const Path& path);

/// The file's name without any of these endings (lower case; compared without regard to case).
std::string nameWithout(const Path& path, std::initializer_list<std::string_view> endings);

} // namespace spondyl
