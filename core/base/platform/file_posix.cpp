// The only place that opens, syncs and renames files by POSIX calls.
#include "core/base/file.h"
#include "core/base/id.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spondyl {
namespace {

Error writeError(const Path& path, int err, const char* where) {
  if (err == ENOSPC || err == EDQUOT)
    return fail(ErrorCode::DiskFull, {path.string()}, where);
  return fail(ErrorCode::FileNotWritable, {path.string(), std::strerror(err)}, where);
}

void syncFolder(const Path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  ::fsync(fd);
  ::close(fd);
}

} // namespace

AtomicFile::AtomicFile(Path target, Path temporary, int descriptor)
    : m_target(std::move(target)), m_temporary(std::move(temporary)), m_descriptor(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_target(std::move(other.m_target)), m_temporary(std::move(other.m_temporary)),
      m_descriptor(std::exchange(other.m_descriptor, -1)) {
  other.m_temporary.clear();
}

AtomicFile::~AtomicFile() {
  if (m_descriptor >= 0)
    ::close(m_descriptor);
  if (!m_temporary.empty())
    ::unlink(m_temporary.c_str());
}

Result<AtomicFile> AtomicFile::create(const Path& target) {
  // A random name, so that nothing of the target's name (which may hold a patient's) is spread further.
  Path temporary = target.parent_path() / (".spondyl-" + newUuid() + ".part");
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return writeError(target, errno, "AtomicFile::create");
  return AtomicFile(target, std::move(temporary), fd);
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(m_descriptor, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR)
        continue;
      return writeError(m_target, errno, "AtomicFile::write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Status AtomicFile::write(std::string_view text) {
  return write(std::as_bytes(std::span(text.data(), text.size())));
}

Status AtomicFile::commit() {
  // A library may have replaced the file by name: sync what stands there now.
  ::close(std::exchange(m_descriptor, -1));
  const int fd = ::open(m_temporary.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return writeError(m_target, errno, "AtomicFile::commit");
  const bool synced = ::fsync(fd) == 0;
  const int syncError = errno;
  ::close(fd);
  if (!synced)
    return writeError(m_target, syncError, "AtomicFile::commit");
  if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
    return writeError(m_target, errno, "AtomicFile::commit");
  m_temporary.clear();
  syncFolder(m_target.parent_path());
  return {};
}

Status writeFileWhole(const Path& target, std::string_view bytes) {
  SPONDYL_TRY(AtomicFile file, AtomicFile::create(target));
  SPONDYL_CHECK(file.write(bytes));
  return file.commit();
}

Result<std::string> readFile(const Path& path, std::uint64_t limitBytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      return fail(ErrorCode::FileNotFound, {path.string()}, "readFile");
    return fail(ErrorCode::FileUnreadable, {path.string(), std::strerror(errno)}, "readFile");
  }
  struct stat info {};
  std::string out;
  if (::fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
    if (static_cast<std::uint64_t>(info.st_size) > limitBytes) {
      ::close(fd);
      return fail(ErrorCode::DeclaredTooLarge,
                  {path.string(), std::to_string(info.st_size), std::to_string(limitBytes)}, "readFile");
    }
    out.reserve(static_cast<std::size_t>(info.st_size));
  }
  char buffer[1 << 16];
  for (;;) {
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      const int err = errno;
      ::close(fd);
      return fail(ErrorCode::FileUnreadable, {path.string(), std::strerror(err)}, "readFile");
    }
    if (n == 0)
      break;
    if (out.size() + static_cast<std::size_t>(n) > limitBytes) {
      ::close(fd);
      return fail(ErrorCode::DeclaredTooLarge, {path.string(), "?", std::to_string(limitBytes)}, "readFile");
    }
    out.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  return out;
}

Result<Path> createTemporaryFolderBeside(const Path& target) {
  Path folder = target.parent_path() / (".spondyl-" + newUuid() + ".part");
  if (::mkdir(folder.c_str(), 0700) != 0)
    return writeError(target, errno, "createTemporaryFolderBeside");
  return folder;
}

} // namespace spondyl
