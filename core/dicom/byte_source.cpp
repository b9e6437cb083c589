#include "core/dicom/byte_source.h"

#include <algorithm>
#include <cstring>

namespace spondyl::dicom {
namespace {
constexpr std::size_t windowBytes = std::size_t(64) << 10;
}

Result<ByteSource> ByteSource::open(const Path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    return fail(ErrorCode::FileNotFound, {path.string()}, "ByteSource::open");
  if (!std::filesystem::is_regular_file(status))
    return fail(ErrorCode::FileUnreadable, {path.string(), "not a regular file"}, "ByteSource::open");
  ByteSource source;
  source.m_size = std::filesystem::file_size(path, error);
  source.m_file = std::make_unique<std::filebuf>();
  source.m_file->pubsetbuf(nullptr, 0); // the window is ours; large reads go straight to their place
  if (error || !source.m_file->open(path, std::ios::in | std::ios::binary))
    return fail(ErrorCode::FileUnreadable, {path.string(), error ? error.message() : "cannot be opened"},
                "ByteSource::open");
  if (source.m_size == 0)
    return fail(ErrorCode::FileEmpty, {path.string()}, "ByteSource::open");
  return source;
}

ByteSource ByteSource::fromMemory(std::shared_ptr<const std::string> bytes) {
  ByteSource source;
  source.m_size = bytes->size();
  source.m_memory = std::move(bytes);
  return source;
}

bool ByteSource::readDirect(std::uint64_t offset, std::byte* out, std::size_t count) {
  if (m_file->pubseekpos(static_cast<std::streamoff>(offset), std::ios::in) ==
      std::streampos(std::streamoff(-1)))
    return false;
  return m_file->sgetn(reinterpret_cast<char*>(out), static_cast<std::streamsize>(count)) ==
         static_cast<std::streamsize>(count);
}

std::span<const std::byte> ByteSource::peek(std::uint64_t offset, std::size_t wanted) {
  if (offset >= m_size)
    return {};
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, m_size - offset));
  if (m_memory)
    return std::as_bytes(std::span(*m_memory)).subspan(static_cast<std::size_t>(offset), count);
  if (offset < m_windowAt || offset + count > m_windowAt + m_window.size()) {
    const std::size_t fill =
        static_cast<std::size_t>(std::min<std::uint64_t>(std::max(count, windowBytes), m_size - offset));
    m_window.resize(fill);
    m_windowAt = offset;
    if (!readDirect(offset, m_window.data(), fill)) {
      m_window.clear();
      return {};
    }
  }
  return std::span<const std::byte>(m_window).subspan(static_cast<std::size_t>(offset - m_windowAt), count);
}

bool ByteSource::read(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > m_size || out.size() > m_size - offset)
    return false;
  if (out.empty())
    return true;
  if (!m_memory && out.size() > windowBytes / 2)
    return readDirect(offset, out.data(), out.size());
  const auto bytes = peek(offset, out.size());
  if (bytes.size() != out.size())
    return false;
  std::memcpy(out.data(), bytes.data(), bytes.size());
  return true;
}

} // namespace spondyl::dicom
