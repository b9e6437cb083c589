#include "inference/engine/allocator.h"

#include <c10/core/CPUAllocator.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <new>

using namespace spondyl::inference;

TEST_CASE("tensor memory is kept for the next tensor, bounded and given back") {
  installCachingAllocator();
  c10::Allocator* const allocator = c10::GetCPUAllocator();
  constexpr std::size_t mib = std::size_t(1) << 20;
  releaseCachedMemory();
  const auto before = tensorMemory();
  void* first = nullptr;
  {
    const c10::DataPtr block = allocator->allocate(5 * mib);
    first = block.get();
    std::memset(first, 1, 5 * mib);
    CHECK(tensorMemory().used - before.used == 6 * mib); // whole 2 MiB pages
  }
  CHECK(tensorMemory().used == before.used);
  CHECK(tensorMemory().cached == 6 * mib);
  {
    const c10::DataPtr block = allocator->allocate(5 * mib);
    CHECK(block.get() == first);
    const c10::DataPtr small = allocator->allocate(100);
    CHECK(small.get() != nullptr);
    CHECK(allocator->allocate(0).get() == nullptr);
  }
  {
    const c10::DataPtr much = allocator->allocate(2 * mib); // 6 MiB would be a waste
    CHECK(much.get() != first);
  }
  releaseCachedMemory();
  CHECK(tensorMemory().cached == 0);
  setTensorMemoryLimit(8 * mib);
  CHECK_THROWS_AS(allocator->allocate(20 * mib), std::bad_alloc);
  CHECK(allocator->allocate(4 * mib).get() != nullptr);
  setTensorMemoryLimit(0);
  CHECK(allocator->allocate(20 * mib).get() != nullptr);
}
