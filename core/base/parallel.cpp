#include "core/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace spondyl {
namespace {
std::atomic<int> g_threads{0};
thread_local bool t_inside = false;
} // namespace

int threadCount() {
  const int set = g_threads.load();
  return set > 0 ? set : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void setThreadCount(int threads) {
  g_threads = std::max(0, threads);
}

void parallelFor(std::size_t count, std::size_t grain,
                 const std::function<void(std::size_t, std::size_t)>& body) {
  if (count == 0)
    return;
  grain = std::max<std::size_t>(1, grain);
  const std::size_t pieces = (count + grain - 1) / grain;
  const std::size_t threads = std::min<std::size_t>(static_cast<std::size_t>(threadCount()), pieces);
  if (threads <= 1 || t_inside) {
    for (std::size_t b = 0; b < count; b += grain)
      body(b, std::min(count, b + grain));
    return;
  }
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    t_inside = true;
    for (std::size_t piece = next++; piece < pieces; piece = next++)
      body(piece * grain, std::min(count, (piece + 1) * grain));
    t_inside = false;
  };
  std::vector<std::jthread> helpers;
  helpers.reserve(threads - 1);
  for (std::size_t t = 1; t < threads; ++t)
    helpers.emplace_back(run);
  run();
}

} // namespace spondyl
