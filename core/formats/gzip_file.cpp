#include "core/formats/gzip_file.h"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace spondyl {

struct OutputFile::Deflater {
  z_stream stream{};
  std::vector<std::byte> out = std::vector<std::byte>(std::size_t(1) << 18);
  bool open = false;
  ~Deflater() {
    if (open)
      deflateEnd(&stream);
  }

  Status run(AtomicFile& file, std::span<const std::byte> bytes, int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    int state = Z_OK;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      state = deflate(&stream, flush);
      SPONDYL_CHECK(file.write(std::span<const std::byte>(out).first(out.size() - stream.avail_out)));
    } while (stream.avail_out == 0 || (flush == Z_FINISH && state == Z_OK));
    return {};
  }
};

OutputFile::OutputFile(AtomicFile file) : m_file(std::move(file)) {}
OutputFile::OutputFile(OutputFile&&) noexcept = default;
OutputFile::~OutputFile() = default;

Result<OutputFile> OutputFile::create(const Path& target, bool gzip) {
  SPONDYL_TRY(AtomicFile file, AtomicFile::create(target));
  OutputFile output(std::move(file));
  if (gzip)
    SPONDYL_CHECK(output.compressFromHere());
  return output;
}

Status OutputFile::compressFromHere() {
  m_deflater = std::make_unique<Deflater>();
  // Level 2: a third of the time of the usual 6 for a few percent more bytes, measured on CT.
  constexpr int level = 2, gzipFormat = 15 + 16;
  if (deflateInit2(&m_deflater->stream, level, Z_DEFLATED, gzipFormat, 9, Z_DEFAULT_STRATEGY) != Z_OK)
    return fail(ErrorCode::OutOfMemory, {"1", "?"}, "OutputFile::compressFromHere");
  m_deflater->open = true;
  return {};
}

Status OutputFile::write(std::span<const std::byte> bytes) {
  if (!m_deflater)
    return m_file.write(bytes);
  constexpr std::size_t largest = std::size_t(1) << 30; // zlib counts in 32 bits
  while (!bytes.empty()) {
    const std::size_t piece = std::min(bytes.size(), largest);
    SPONDYL_CHECK(m_deflater->run(m_file, bytes.first(piece), Z_NO_FLUSH));
    bytes = bytes.subspan(piece);
  }
  return {};
}

Status OutputFile::commit() {
  if (m_deflater)
    SPONDYL_CHECK(m_deflater->run(m_file, {}, Z_FINISH));
  return m_file.commit();
}

} // namespace spondyl
