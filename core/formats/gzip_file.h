#pragma once

#include "core/base/file.h"

#include <memory>

namespace spondyl {

/// An AtomicFile that compresses on the way if asked. Errors: FileNotWritable, DiskFull.
class OutputFile {
 public:
  static Result<OutputFile> create(const Path& target, bool gzip);
  OutputFile(OutputFile&&) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();
  /// What is written from here on is compressed. Errors: OutOfMemory.
  Status compressFromHere();
  Status write(std::span<const std::byte> bytes);
  Status commit();

 private:
  struct Deflater;
  explicit OutputFile(AtomicFile file);
  AtomicFile m_file;
  std::unique_ptr<Deflater> m_deflater; ///< null: plain
};

} // namespace spondyl
