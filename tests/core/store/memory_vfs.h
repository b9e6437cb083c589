#pragma once
// A file system in memory for SQLite that can lose its power: what was written and not synced is then kept,
// dropped or torn by chance, as disks do. It can also fill up.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace spondyl::test {

class MemoryDevice {
 public:
  struct File {
    std::string now;     ///< what the program reads back
    std::string durable; ///< what a power cut cannot take
    bool durablyThere = false;
    struct Write {
      std::size_t at;
      std::string bytes;
      bool truncates;
    };
    std::vector<Write> unsynced;
  };

  /// Registers the device with SQLite under a name of its own, until it is destroyed.
  MemoryDevice();
  ~MemoryDevice();
  MemoryDevice(const MemoryDevice&) = delete;
  MemoryDevice& operator=(const MemoryDevice&) = delete;
  const std::string& name() const { return m_name; }

  /// After so many more operations that change something every operation fails: the power is gone.
  void cutAfter(std::int64_t operations) { m_left = operations; }
  bool isCut() const { return m_left < 0; }
  std::int64_t operations() const { return m_operations; }
  /// What a new start finds.
  void powerOn(unsigned seed);
  /// Says that it syncs and does not: such a disk must make the tests fail.
  bool lies = false;
  std::atomic<std::int64_t> capacity{INT64_MAX};

  // Of the VFS.
  bool act();
  bool hasRoom(const File& file, std::size_t size);
  std::shared_ptr<File> open(const std::string& path, bool create);
  bool exists(const std::string& path);
  void remove(const std::string& path);
  std::mutex mutex;

 private:
  struct Vfs;
  std::unique_ptr<Vfs> m_vfs;
  std::string m_name;
  std::map<std::string, std::shared_ptr<File>> m_files;
  std::atomic<std::int64_t> m_left{INT64_MAX}, m_operations{0};
};

} // namespace spondyl::test
