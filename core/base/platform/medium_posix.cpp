#include "core/base/medium.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/vfs.h>
#endif

namespace spondyl {
namespace {

Error cannotWrite(const Path& path, int err, const char* where) {
  if (err == ENOSPC || err == EDQUOT)
    return fail(ErrorCode::DiskFull, {path.string()}, where);
  return fail(ErrorCode::FileNotWritable, {path.string(), std::strerror(err)}, where);
}

} // namespace

Result<Medium> mediumOf(const Path& path) {
  Path folder = path.empty() ? Path(".") : path;
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0) {
    folder = folder.parent_path().empty() ? Path(".") : folder.parent_path();
    if (::statvfs(folder.c_str(), &info) != 0)
      return fail(ErrorCode::FileNotFound, {path.string()}, "mediumOf");
  }
  if (info.f_flag & ST_RDONLY)
    return Medium::ReadOnly;
#ifdef __linux__
  struct statfs system {};
  if (::statfs(folder.c_str(), &system) == 0) {
    // linux/magic.h: NFS, SMB, CIFS, SMB2, FUSE, 9P, Coda, AFS, Ceph
    constexpr unsigned long network[] = {0x6969,     0x517B,     0xFF534D42, 0xFE534D42, 0x65735546,
                                         0x01021997, 0x73757245, 0x5346414F, 0x00C36400};
    for (const unsigned long kind : network)
      if ((static_cast<unsigned long>(system.f_type) & 0xFFFFFFFFul) == kind)
        return Medium::Network;
  }
#endif
  return Medium::Local;
}

Status createPrivateFolder(const Path& folder) {
  if (folder.empty())
    return {};
  struct stat info {};
  if (::stat(folder.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode))
      return {};
    return fail(ErrorCode::FileNotWritable, {folder.string(), "not a folder"}, "createPrivateFolder");
  }
  SPONDYL_CHECK(createPrivateFolder(folder.parent_path()));
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return cannotWrite(folder, errno, "createPrivateFolder");
  return {};
}

Status createPrivateFile(const Path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return cannotWrite(file, errno, "createPrivateFile");
  ::close(fd);
  return {};
}

} // namespace spondyl
