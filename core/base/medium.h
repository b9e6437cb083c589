#pragma once
// On what kind of storage a folder lies: a journal behaves differently on a network drive.

#include "core/base/file.h"

namespace spondyl {

enum class Medium : unsigned char {
  Local,
  Network, ///< NFS, SMB, a user-space file system …: shared memory and locks cannot be relied on
  ReadOnly,
};
/// Of an existing folder (or of the folder of a file). Errors: FileNotFound.
Result<Medium> mediumOf(const Path& path);

/// Creates the folder and its parents, mode 0700 for those that are new. Errors: FileNotWritable, DiskFull.
Status createPrivateFolder(const Path& folder);

/// Creates an empty file of mode 0600 if there is none. Errors: FileNotWritable, DiskFull.
Status createPrivateFile(const Path& file);

} // namespace spondyl
