#pragma once
// A folder of a test's own, gone at its end.

#include "core/base/id.h"

#include <filesystem>

namespace spondyl::test {

class ScratchFolder {
 public:
  ScratchFolder() : m_path(std::filesystem::temp_directory_path() / ("spondyl-test-" + newUuid())) {
    std::filesystem::create_directories(m_path);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  const std::filesystem::path& path() const { return m_path; }
  std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

 private:
  std::filesystem::path m_path;
};

} // namespace spondyl::test
