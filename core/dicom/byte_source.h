#pragma once
// Bytes of a file (through a small window) or of memory; reading never allocates what a file merely declares.

#include "core/base/file.h"

#include <fstream>
#include <memory>

namespace spondyl::dicom {

class ByteSource {
 public:
  /// Errors: FileNotFound, FileUnreadable, FileEmpty.
  static Result<ByteSource> open(const Path& path);
  static ByteSource fromMemory(std::shared_ptr<const std::string> bytes);

  std::uint64_t size() const { return m_size; }
  /// Copies [offset, offset + out.size()); false if it reaches behind the end or cannot be read. Small pieces
  /// go through the window, large ones straight to their place.
  bool read(std::uint64_t offset, std::span<std::byte> out);
  /// Up to `wanted` contiguous bytes at offset, shorter only at the end; valid until the next call.
  std::span<const std::byte> peek(std::uint64_t offset, std::size_t wanted);

 private:
  bool readDirect(std::uint64_t offset, std::byte* out, std::size_t count);
  std::unique_ptr<std::filebuf> m_file;
  std::shared_ptr<const std::string> m_memory;
  std::uint64_t m_size = 0, m_windowAt = 0;
  std::vector<std::byte> m_window;
};

} // namespace spondyl::dicom
