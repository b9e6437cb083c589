#pragma once
// LibTorch's CPU memory: large blocks in 2 MiB pages, kept for the next layer. Half of a network's time on
// the CPU is page faults without it.

#include <cstddef>

namespace spondyl::inference {

/// For the whole process; once, before the first tensor.
void installCachingAllocator();
/// Most bytes that tensors may hold at a time; beyond it allocation fails. 0: no limit.
void setTensorMemoryLimit(std::size_t bytes);
/// Gives cached blocks back to the system.
void releaseCachedMemory();
/// Bytes in use and cached.
struct TensorMemory {
  std::size_t used = 0, cached = 0;
};
TensorMemory tensorMemory();

} // namespace spondyl::inference
