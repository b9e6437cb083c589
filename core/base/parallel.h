#pragma once
// Loops over own threads. (Not vtkSMPTools: it does not compile as C++20 here; not TBB: one dependency less.)

#include <cstddef>
#include <functional>

namespace spondyl {

/// Threads that parallelFor uses, the caller included; set once at start (--threads), default: hardware
/// threads.
int threadCount();
void setThreadCount(int threads);

/// Calls body(begin, end) on pieces of [0, count) of at most `grain` items, on several threads; returns when
/// all are done. Bodies must not throw. Nested calls run on the calling thread.
void parallelFor(std::size_t count, std::size_t grain,
                 const std::function<void(std::size_t, std::size_t)>& body);

} // namespace spondyl
