#pragma once
// Where networks run; chosen when the work arrives, not when we were built.

#include "core/base/result.h"

#include <string>

namespace spondyl::inference {

struct Device {
  bool cuda = false;
  int index = 0;
  std::string name() const { return cuda ? "cuda:" + std::to_string(index) : "cpu"; }
  bool operator==(const Device&) const = default;
};

/// "auto" (a CUDA device if there is one), "cpu", "cuda", "cuda:N". Errors: DeviceUnavailable.
Result<Device> chooseDevice(const std::string& wish);

} // namespace spondyl::inference
