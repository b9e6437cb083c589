#include "inference/engine/device_problem.h"

#include <array>
#include <sstream>

namespace spondyl::inference {
namespace {

/// LibTorch's own messages carry its source lines; the first line says what happened. Where its interpreter
/// ran the network, that is the last line.
std::string essence(std::string text) {
  if (!text.starts_with("The following operation failed"))
    return text.substr(0, text.find('\n'));
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

/// The line that holds `what`; a CUDA error has lines of advice behind it.
std::string lineWith(const std::string& words, const char* what) {
  const std::size_t at = words.find(what);
  if (at == std::string::npos)
    return {};
  const std::size_t before = words.rfind('\n', at);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  return words.substr(begin, words.find('\n', at) - begin);
}

/// The amount behind `before`, as in "total capacity of 79.11 GiB"; 0: not told.
double mebibytesBehind(const std::string& line, const char* before) {
  const std::size_t at = line.find(before);
  if (at == std::string::npos)
    return 0;
  std::istringstream stream(line.substr(at + std::char_traits<char>::length(before)));
  double amount = 0;
  std::string unit;
  if (!(stream >> amount >> unit))
    return 0;
  if (unit.starts_with("GiB"))
    return amount * 1024;
  if (unit.starts_with("MiB"))
    return amount;
  return amount / (unit.starts_with("KiB") ? 1024.0 : 1024.0 * 1024.0);
}

std::string withoutKind(std::string line) {
  constexpr std::string_view kind = "RuntimeError: ";
  return line.starts_with(kind) ? line.substr(kind.size()) : line;
}

} // namespace

DeviceProblem understood(const std::string& words, bool onDevice) {
  DeviceProblem problem{ProblemKind::Network, withoutKind(essence(words))};
  if (!onDevice)
    return problem;
  constexpr std::array<const char*, 4> memory{"CUDA out of memory", "CUDA error: out of memory",
                                              "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"};
  constexpr std::array<const char*, 4> device{"CUDA error", "CUDA driver", "CUBLAS_STATUS_", "CUDNN_STATUS_"};
  for (const char* sign : memory)
    if (const std::string line = lineWith(words, sign); !line.empty()) {
      problem = {ProblemKind::DeviceMemory, withoutKind(line)};
      problem.capacityMiB = mebibytesBehind(line, "total capacity of ");
      const double freeMiB = mebibytesBehind(line, "of which ");
      problem.neededMiB = problem.capacityMiB - freeMiB + mebibytesBehind(line, "Tried to allocate ");
      return problem;
    }
  for (const char* sign : device)
    if (const std::string line = lineWith(words, sign); !line.empty())
      return {ProblemKind::Device, withoutKind(line)};
  // Also: "cuDNN error: ...", "NVRTC ...", "NCCL ..." name themselves in the first line.
  for (const char* sign : {"cuDNN error", "nvrtc"})
    if (const std::string line = lineWith(words, sign); !line.empty())
      return {ProblemKind::Device, withoutKind(line)};
  return problem;
}

} // namespace spondyl::inference
