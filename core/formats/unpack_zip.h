#pragma once

#include "core/base/file.h"
#include "core/base/progress.h"

#include <memory>

namespace spondyl {

bool isZip(const Path& path);

/// A zip's files in a private folder under numbers of their own (names in a zip are not trusted; only the
/// ending of a NIfTI name is kept). The folder goes when the last pointer goes.
struct UnpackedZip {
  std::shared_ptr<const Path> folder;
  std::vector<Path> files;
};

struct ZipLimits {
  std::int64_t entries = 200'000;
  std::uint64_t bytes = std::uint64_t(32) << 30;        ///< in all
  std::uint64_t alwaysAllowed = std::uint64_t(1) << 30; ///< a small zip of well-packed masks is no bomb
  std::uint64_t ratio = 100;                            ///< above that, this many times the zip's own size
};

/// Errors: FileUnreadable, Malformed (damaged, encrypted, too many entries), InflatesTooLarge, DiskFull,
/// FileNotWritable, Cancelled.
Result<UnpackedZip> unpackZip(const Path& path, const JobContext& context, const ZipLimits& limits = {});

} // namespace spondyl
