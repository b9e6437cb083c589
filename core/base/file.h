#pragma once
// Files are written whole or not at all: beside the target, synced, renamed.

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spondyl {

using Path = std::filesystem::path;

/// A file being written under a temporary name beside `target` (mode 0600). commit() syncs and renames it
/// into place; destruction without commit() removes it. Errors: FileNotWritable, DiskFull.
class AtomicFile {
 public:
  static Result<AtomicFile> create(const Path& target);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// Where a library that wants a name may write; the file exists and is empty.
  const Path& temporaryPath() const { return m_temporary; }
  Status write(std::span<const std::byte> bytes);
  Status write(std::string_view text);
  Status commit();

 private:
  AtomicFile(Path target, Path temporary, int descriptor);
  Path m_target, m_temporary;
  int m_descriptor = -1;
};

Status writeFileWhole(const Path& target, std::string_view bytes);
/// Reads at most `limitBytes`; larger: DeclaredTooLarge. Errors: FileNotFound, FileUnreadable.
Result<std::string> readFile(const Path& path, std::uint64_t limitBytes = std::uint64_t(1) << 31);
/// An empty folder beside the target that becomes the target on commit(): for results that are folders.
Result<Path> createTemporaryFolderBeside(const Path& target);
/// Lower-case hex SHA-256.
std::string sha256Hex(std::span<const std::byte> bytes);
std::string sha256Hex(std::string_view bytes);
Result<std::string> sha256OfFile(const Path& path);

} // namespace spondyl
