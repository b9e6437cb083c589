#include "tests/core/store/memory_vfs.h"

#include <algorithm>
#include <cstring>
#include <sqlite3.h>

namespace spondyl::test {
namespace {

struct OpenFile {
  sqlite3_file base;
  MemoryDevice* device;
  std::shared_ptr<MemoryDevice::File>* file; ///< owned; SQLite gives plain memory
};

OpenFile& of(sqlite3_file* f) {
  return *reinterpret_cast<OpenFile*>(f);
}

int closeFile(sqlite3_file* f) {
  delete of(f).file;
  return SQLITE_OK;
}

int readFile(sqlite3_file* f, void* out, int size, sqlite3_int64 at) {
  const std::lock_guard lock(of(f).device->mutex);
  if (of(f).device->isCut())
    return SQLITE_IOERR_READ;
  const std::string& now = (*of(f).file)->now;
  const std::size_t there =
      std::size_t(at) < now.size() ? std::min(std::size_t(size), now.size() - std::size_t(at)) : 0;
  std::memcpy(out, now.data() + std::min(std::size_t(at), now.size()), there);
  std::memset(static_cast<char*>(out) + there, 0, std::size_t(size) - there);
  return there == std::size_t(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file* f, const void* bytes, int size, sqlite3_int64 at) {
  const std::lock_guard lock(of(f).device->mutex);
  if (!of(f).device->act())
    return SQLITE_IOERR_WRITE;
  MemoryDevice::File& file = **of(f).file;
  const std::size_t end = std::size_t(at) + std::size_t(size);
  if (!of(f).device->hasRoom(file, end))
    return SQLITE_FULL;
  if (file.now.size() < end)
    file.now.resize(end);
  std::memcpy(file.now.data() + at, bytes, std::size_t(size));
  file.unsynced.push_back(
      {std::size_t(at), std::string(static_cast<const char*>(bytes), std::size_t(size)), false});
  return SQLITE_OK;
}

int truncateFile(sqlite3_file* f, sqlite3_int64 size) {
  const std::lock_guard lock(of(f).device->mutex);
  if (!of(f).device->act())
    return SQLITE_IOERR_TRUNCATE;
  MemoryDevice::File& file = **of(f).file;
  file.now.resize(std::size_t(size));
  file.unsynced.push_back({std::size_t(size), {}, true});
  return SQLITE_OK;
}

int syncFile(sqlite3_file* f, int) {
  const std::lock_guard lock(of(f).device->mutex);
  if (!of(f).device->act())
    return SQLITE_IOERR_FSYNC;
  if (of(f).device->lies)
    return SQLITE_OK;
  MemoryDevice::File& file = **of(f).file;
  file.durable = file.now;
  file.durablyThere = true;
  file.unsynced.clear();
  return SQLITE_OK;
}

int fileSize(sqlite3_file* f, sqlite3_int64* size) {
  const std::lock_guard lock(of(f).device->mutex);
  *size = sqlite3_int64((*of(f).file)->now.size());
  return SQLITE_OK;
}

int lockFile(sqlite3_file*, int) {
  return SQLITE_OK;
}
int checkLock(sqlite3_file*, int* taken) {
  *taken = 0;
  return SQLITE_OK;
}
int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
int sectorSize(sqlite3_file*) {
  return 512;
}
int characteristics(sqlite3_file*) {
  return 0;
}

// Version 1: no shared memory, which an exclusively locked log does not need.
const sqlite3_io_methods methods = {1,        closeFile,  readFile,        writeFile, truncateFile,
                                    syncFile, fileSize,   lockFile,        lockFile,  checkLock,
                                    control,  sectorSize, characteristics, nullptr,   nullptr,
                                    nullptr,  nullptr,    nullptr,         nullptr};

MemoryDevice& deviceOf(sqlite3_vfs* vfs) {
  return *static_cast<MemoryDevice*>(vfs->pAppData);
}

int openPath(sqlite3_vfs* vfs, const char* path, sqlite3_file* f, int flags, int* outFlags) {
  f->pMethods = nullptr;
  MemoryDevice& device = deviceOf(vfs);
  const std::lock_guard lock(device.mutex);
  if (device.isCut())
    return SQLITE_CANTOPEN;
  auto file = device.open(path ? path : "temporary", (flags & SQLITE_OPEN_CREATE) != 0);
  if (!file)
    return SQLITE_CANTOPEN;
  of(f).device = &device;
  of(f).file = new std::shared_ptr<MemoryDevice::File>(std::move(file));
  f->pMethods = &methods;
  if (outFlags)
    *outFlags = flags;
  return SQLITE_OK;
}

int removePath(sqlite3_vfs* vfs, const char* path, int) {
  MemoryDevice& device = deviceOf(vfs);
  const std::lock_guard lock(device.mutex);
  if (!device.act())
    return SQLITE_IOERR_DELETE;
  device.remove(path);
  return SQLITE_OK;
}

int accessPath(sqlite3_vfs* vfs, const char* path, int, int* out) {
  MemoryDevice& device = deviceOf(vfs);
  const std::lock_guard lock(device.mutex);
  *out = device.exists(path);
  return SQLITE_OK;
}

int fullPath(sqlite3_vfs*, const char* path, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", path);
  return SQLITE_OK;
}

} // namespace

struct MemoryDevice::Vfs {
  sqlite3_vfs vfs{};
};

MemoryDevice::MemoryDevice() : m_vfs(std::make_unique<Vfs>()) {
  static std::atomic<int> count{0};
  m_name = "memory-device-" + std::to_string(++count);
  const sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  m_vfs->vfs = *system; // time, randomness and sleep as the system has them
  m_vfs->vfs.iVersion = 1;
  m_vfs->vfs.szOsFile = sizeof(OpenFile);
  m_vfs->vfs.pNext = nullptr;
  m_vfs->vfs.zName = m_name.c_str();
  m_vfs->vfs.pAppData = this;
  m_vfs->vfs.xOpen = openPath;
  m_vfs->vfs.xDelete = removePath;
  m_vfs->vfs.xAccess = accessPath;
  m_vfs->vfs.xFullPathname = fullPath;
  sqlite3_vfs_register(&m_vfs->vfs, 0);
}

MemoryDevice::~MemoryDevice() {
  sqlite3_vfs_unregister(&m_vfs->vfs);
}

bool MemoryDevice::act() {
  ++m_operations;
  if (m_left < 0)
    return false;
  if (m_left != INT64_MAX)
    --m_left;
  return m_left >= 0;
}

bool MemoryDevice::hasRoom(const File& file, std::size_t size) {
  if (size <= file.now.size())
    return true;
  std::size_t used = 0;
  for (const auto& entry : m_files)
    used += entry.second->now.size();
  return std::int64_t(used + size - file.now.size()) <= capacity;
}

std::shared_ptr<MemoryDevice::File> MemoryDevice::open(const std::string& path, bool create) {
  const auto it = m_files.find(path);
  if (it != m_files.end())
    return it->second;
  if (!create)
    return nullptr;
  return m_files[path] = std::make_shared<File>();
}

bool MemoryDevice::exists(const std::string& path) {
  return m_files.count(path) != 0;
}
void MemoryDevice::remove(const std::string& path) {
  m_files.erase(path);
}

void MemoryDevice::powerOn(unsigned seed) {
  const std::lock_guard lock(mutex);
  std::mt19937 random(seed);
  const auto chance = [&](int in) { return std::uniform_int_distribution<int>(0, in - 1)(random) == 0; };
  for (auto it = m_files.begin(); it != m_files.end();) {
    File& file = *it->second;
    if (!file.durablyThere && chance(2)) {
      it = m_files.erase(it);
      continue;
    }
    const int keeps =
        std::uniform_int_distribution<int>(0, 2)(random); // nothing, some, nearly all of what was not synced
    for (const File::Write& w : file.unsynced) {
      if (keeps == 0 || (keeps == 1 && chance(2)) || (keeps == 2 && chance(20)))
        continue;
      if (w.truncates) {
        file.durable.resize(w.at);
        continue;
      }
      std::string bytes = w.bytes;
      if (chance(4))
        bytes.resize(bytes.size() / 512 * std::size_t(std::uniform_int_distribution<int>(0, 3)(random)) / 4 *
                     512); // torn
      bytes.resize(std::min(bytes.size(), w.bytes.size()));
      if (file.durable.size() < w.at + bytes.size())
        file.durable.resize(w.at + bytes.size());
      std::copy(bytes.begin(), bytes.end(), file.durable.begin() + std::ptrdiff_t(w.at));
    }
    file.now = file.durable;
    file.unsynced.clear();
    file.durablyThere = true;
    ++it;
  }
  m_left = INT64_MAX;
}

} // namespace spondyl::test
