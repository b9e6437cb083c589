#pragma once
// Rows of a PNG or JPEG file. The C libraries leave by longjmp: nothing with a destructor lives between them
// and their callers. Private to this folder.

#include "core/base/file.h"
#include "core/base/progress.h"

namespace spondyl {

struct PictureSize {
  int width = 0, height = 0;
  int bits = 8;       ///< of a stored value
  bool lossy = false; ///< JPEG
};

/// From the header. Errors: see describePicture.
Result<PictureSize> pngSize(const Path& path);
Result<PictureSize> jpegSize(const Path& path);
/// Grey values, row after row; `out` is width × height long. Errors: see readPicture.
Status decodePng(const Path& path, std::span<std::uint16_t> out, const JobContext& context);
Status decodeJpeg(const Path& path, std::span<std::uint16_t> out, const JobContext& context);

constexpr int largestPictureSide = 30'000;
constexpr std::uint64_t largestPicture = 400'000'000;

} // namespace spondyl
