#pragma once
// LibTorch's CPU memory: large blocks in 2 MiB pages, kept for the next layer. Half of a network's time on
// the CPU is page faults without it.

#include <cstddef>

namespace spondyl::inference {

/// For the whole process; once, before the first tensor.
void installCachingAllocator();
/// Most bytes that tensors may hold at a time; beyond it allocation fails. 0: no limit.
void setTensorMemoryLimit(std::size_t bytes);
std::size_t tensorMemoryLimit();
/// Gives cached blocks back to the system.
void releaseCachedMemory();
/// Bytes in use and cached; the most that were in use, and the most in use and cached together.
struct TensorMemory {
  std::size_t used = 0, cached = 0, mostUsed = 0, mostHeld = 0;
};
TensorMemory tensorMemory();
/// Bytes that would have been in use if the last refused allocation had been granted, and forgets them; 0:
/// none was refused. LibTorch's interpreter turns std::bad_alloc into an error like any other.
std::size_t takeRefusedMemory();

} // namespace spondyl::inference
