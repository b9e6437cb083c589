#pragma once
// What LibTorch's words about a failure mean. Its interpreter passes on the words only, not the exception's
// type.

#include <cstddef>
#include <string>

namespace spondyl::inference {

enum class ProblemKind { Network, Device, DeviceMemory };

struct DeviceProblem {
  ProblemKind kind = ProblemKind::Network;
  std::string line;       ///< the one line that says what happened
  double neededMiB = 0;   ///< DeviceMemory, where LibTorch tells: what would have been in use with it
  double capacityMiB = 0; ///< and what the device has
};

/// `onDevice`: it was computing on a GPU; else its words are the network's own.
DeviceProblem understood(const std::string& words, bool onDevice);

} // namespace spondyl::inference
