#pragma once
// The workers of one runtime folder, found by their command line: those that this test started and no others.

#include "core/base/file.h"

#include <csignal>
#include <vector>

namespace spondyl::test {

inline std::vector<int> workersOf(const Path& runtimeFolder) {
  std::vector<int> found;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    const Result<std::string> line = readFile(entry.path() / "cmdline", 65536);
    if (line && line->find("spondyl-inference") != std::string::npos &&
        line->find(runtimeFolder.string()) != std::string::npos)
      found.push_back(std::stoi(name));
  }
  return found;
}

inline void killWorkersOf(const Path& runtimeFolder) {
  for (const int worker : workersOf(runtimeFolder))
    ::kill(worker, SIGKILL);
}

} // namespace spondyl::test
