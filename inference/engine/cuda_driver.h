#pragma once
// What the NVIDIA driver says about the machine, asked without LibTorch: also where ours computes on the CPU
// only.

#include <string>
#include <vector>

namespace spondyl::inference {

struct Gpu {
  std::string name;
  double memoryMiB = 0; ///< all of it, used or not
};

/// By CUDA index; empty without a driver or where it refuses. `driver`: the library's name.
std::vector<Gpu> installedGpus(const std::string& driver = "libcuda.so.1");

} // namespace spondyl::inference
