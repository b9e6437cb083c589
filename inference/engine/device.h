#pragma once
// Where networks run; chosen when the work arrives, not when we were built.

#include "core/base/result.h"

#include <string>
#include <vector>

namespace spondyl::inference {

struct Device {
  bool cuda = false;
  int index = 0;
  std::string name() const { return cuda ? "cuda:" + std::to_string(index) : "cpu"; }
  bool operator==(const Device&) const = default;
};

/// GPUs that LibTorch can compute on. The first call loads its CUDA library, where it is installed and there
/// is a GPU.
int usableGpus();

/// The devices that a wish means, in the order in which to try them: "auto" is the first GPU (if there is
/// one), then the CPU; "cpu", "cuda" and "cuda:N" are that one alone. Errors: DeviceUnavailable.
Result<std::vector<Device>> devicesFor(const std::string& wish, int gpus);

struct DeviceInfo {
  Device device;
  std::string description; ///< the product's name
  double memoryMiB = 0;
  std::string unusable; ///< why no network can run on it; empty: it can
};
/// Every GPU that the machine has, usable or not, then the CPU.
std::vector<DeviceInfo> listDevices();

} // namespace spondyl::inference
