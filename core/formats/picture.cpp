#include "core/formats/picture.h"

#include "core/formats/picture_decoder.h"
#include "core/formats/voxel_file.h"

#include <fstream>

namespace spondyl {
namespace {

bool isPng(const Path& path) {
  char magic[4]{};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "\x89PNG";
}

bool isJpeg(const Path& path) {
  char magic[3]{};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return std::string_view(magic, sizeof magic) == "\xFF\xD8\xFF";
}

Result<PictureSize> sizeOf(const Path& path) {
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (error)
    return fail(ErrorCode::FileUnreadable, {path.string(), error.message()}, "readPicture");
  SPONDYL_TRY(const PictureSize size, isPng(path) ? pngSize(path) : jpegSize(path));
  const std::uint64_t pixels = std::uint64_t(size.width) * std::uint64_t(size.height);
  // A bit of JPEG can stand for a block of 64 pixels and more; PNG inflates at most 1032 to 1.
  const std::uint64_t possible =
      std::min(largestPicture, size.lossy ? bytes * 8 * 64 : (bytes * largestGzipRatio + 1024) * 8);
  if (size.width < 1 || size.height < 1)
    return fail(ErrorCode::Malformed, {path.string(), "picture size"}, "readPicture");
  if (std::max(size.width, size.height) > largestPictureSide || pixels > possible)
    return fail(ErrorCode::DeclaredTooLarge,
                {path.string(), std::to_string(pixels) + " pixels in", std::to_string(possible)},
                "readPicture");
  return size;
}

std::string nameOf(const Path& path) {
  return nameWithout(path, {".png", ".jpg", ".jpeg"});
}

// One pixel, which is no mm, in a plane of the picture's own.
Grid gridOf(const PictureSize& size) {
  return Grid::create({size.width, size.height, 1}, {}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}).value();
}

std::vector<Warning> warningsOf(const PictureSize& size) {
  std::vector<Warning> warnings{{WarningCode::RadiographUncalibrated, {}},
                                {WarningCode::OrientationUnknown, {}}};
  if (size.lossy)
    warnings.push_back({WarningCode::Lossy, {"JPEG", ""}});
  return warnings;
}

} // namespace

bool isPicture(const Path& path) {
  return isPng(path) || isJpeg(path);
}

Result<Study> describePicture(const Path& path) {
  SPONDYL_TRY(const PictureSize size, sizeOf(path));
  Study study =
      describeVoxelFile({path, nameOf(path), gridOf(size), FileType::UInt16, {}, warningsOf(size), {}});
  Series& series = study.series.front();
  series.lossy = size.lossy;
  series.stacks.front().radiograph = Radiograph{};
  series.stacks.front().refusal = fail(ErrorCode::ProjectionImage, {study.name}, "describePicture");
  return study;
}

Result<LoadedVolume> readPicture(const Path& path, const JobContext& context, const LoadOptions& options) {
  if (!options.acceptRadiograph)
    return fail(ErrorCode::ProjectionImage, {nameOf(path)}, "readPicture");
  SPONDYL_TRY(const PictureSize size, sizeOf(path));
  SPONDYL_TRY(VolumeBuilder builder, VolumeBuilder::create(gridOf(size), VoxelType::UInt16));
  const std::span<std::uint16_t> out = builder.voxels<std::uint16_t>();
  SPONDYL_CHECK(size.lossy ? decodeJpeg(path, out, context) : decodePng(path, out, context));
  builder.markReady(0);
  context.progress.report("read", 1);
  return LoadedVolume{std::move(builder).freeze(), warningsOf(size)};
}

} // namespace spondyl
