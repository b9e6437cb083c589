#include "inference/engine/allocator.h"

#include "core/base/process.h"

#include <algorithm>
#include <c10/core/CPUAllocator.h>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <torch/version.h>
#include <unordered_map>
#include <utility>

namespace spondyl::inference {
namespace {

constexpr std::size_t hugePage = std::size_t(2) << 20;
constexpr std::size_t cachedFrom = std::size_t(1) << 20; ///< smaller ones are left to the C library
constexpr std::size_t alignment = 64;

class Cache {
 public:
  void* take(std::size_t bytes) {
    const std::size_t rounded = (bytes + hugePage - 1) / hugePage * hugePage;
    const std::lock_guard lock(m_mutex);
    // Best fit, at most a quarter too large.
    if (const auto found = m_free.lower_bound(rounded);
        found != m_free.end() && found->first <= rounded + rounded / 4) {
      void* block = found->second;
      m_used.emplace(block, found->first);
      m_inUse += found->first;
      m_cached -= found->first;
      m_free.erase(found);
      noteMost();
      return block;
    }
    // Blocks that fit nothing any more go, so that what we hold stays near what is needed at the most.
    while (!m_free.empty() && m_inUse + m_cached + rounded > allowedToHold(m_inUse + rounded))
      dropLargest();
    if (m_limit && m_inUse + rounded > m_limit)
      refuse(rounded);
    void* block = allocateHugePages(rounded);
    if (!block) {
      releaseLocked();
      block = allocateHugePages(rounded);
    }
    if (!block)
      refuse(rounded);
    m_used.emplace(block, rounded);
    m_inUse += rounded;
    noteMost();
    return block;
  }
  /// False if the block is none of ours.
  bool giveBack(void* block) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_used.find(block);
    if (found == m_used.end())
      return false;
    m_inUse -= found->second;
    m_cached += found->second;
    m_free.emplace(found->second, block);
    m_used.erase(found);
    return true;
  }
  void release() {
    const std::lock_guard lock(m_mutex);
    releaseLocked();
  }
  void setLimit(std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    m_limit = bytes;
  }
  std::size_t limit() {
    const std::lock_guard lock(m_mutex);
    return m_limit;
  }
  TensorMemory state() {
    const std::lock_guard lock(m_mutex);
    return {m_inUse, m_cached, m_mostUsed, m_mostHeld};
  }
  std::size_t takeRefused() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_refused, 0);
  }

 private:
  std::size_t allowedToHold(std::size_t needed) const {
    const std::size_t most = std::max(m_mostUsed, needed), slack = most + most / 10;
    return m_limit ? std::min(slack, m_limit) : slack;
  }
  void noteMost() {
    m_mostUsed = std::max(m_mostUsed, m_inUse);
    m_mostHeld = std::max(m_mostHeld, m_inUse + m_cached);
  }
  void dropLargest() {
    const auto last = std::prev(m_free.end());
    m_cached -= last->first;
    freeHugePages(last->second, last->first);
    m_free.erase(last);
  }
  [[noreturn]] void refuse(std::size_t bytes) {
    m_refused = m_inUse + bytes;
    throw std::bad_alloc();
  }
  void releaseLocked() {
    for (const auto& [bytes, block] : m_free)
      freeHugePages(block, bytes);
    m_free.clear();
    m_cached = 0;
    m_mostUsed = m_mostHeld = m_inUse;
  }
  std::mutex m_mutex;
  std::multimap<std::size_t, void*> m_free;
  std::unordered_map<void*, std::size_t> m_used;
  std::size_t m_inUse = 0, m_cached = 0, m_mostUsed = 0, m_mostHeld = 0, m_limit = 0, m_refused = 0;
};

// Never destroyed: tensors in static storage are freed after everything else.
Cache& cache() {
  static auto* const one = new Cache;
  return *one;
}

void freeBlock(void* block) {
  if (block && !cache().giveBack(block))
    std::free(block);
}

struct CachingAllocator final : c10::Allocator {
#if TORCH_VERSION_MAJOR >= 2
  c10::DataPtr allocate(std::size_t bytes) override {
    return make(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t count) const override {
    std::memcpy(to, from, count);
  }
#else
  c10::DataPtr allocate(std::size_t bytes) const override {
    return make(bytes);
  }
#endif
  c10::DeleterFnPtr raw_deleter() const override {
    return &freeBlock;
  }

 private:
  static c10::DataPtr make(std::size_t bytes) {
    const c10::Device cpu(c10::DeviceType::CPU);
    if (bytes == 0)
      return {nullptr, nullptr, &freeBlock, cpu};
    void* block = nullptr;
    if (bytes >= cachedFrom)
      block = cache().take(bytes);
    else
      block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
    if (!block)
      throw std::bad_alloc();
    return {block, block, &freeBlock, cpu};
  }
};

} // namespace

void installCachingAllocator() {
  static CachingAllocator allocator;
  c10::SetCPUAllocator(&allocator, 1);
}

void setTensorMemoryLimit(std::size_t bytes) {
  cache().setLimit(bytes);
}
void releaseCachedMemory() {
  cache().release();
}
TensorMemory tensorMemory() {
  return cache().state();
}
std::size_t takeRefusedMemory() {
  return cache().takeRefused();
}
std::size_t tensorMemoryLimit() {
  return cache().limit();
}

} // namespace spondyl::inference
