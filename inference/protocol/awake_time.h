#pragma once
// Waiting for another process in time that this one lived through: a machine that slept, or a process that
// was stopped for a while, makes nobody late.

#include <algorithm>
#include <chrono>

namespace spondyl::inference {

class AwakeTime {
 public:
  using Clock = std::chrono::steady_clock;
  explicit AwakeTime(Clock::time_point now = Clock::now()) : m_last(now) {}
  /// Call at least twice a second. Time since the last call, but not more than `mostAtOnce`.
  Clock::duration tick(Clock::time_point now = Clock::now()) {
    const auto passed = std::clamp(now - m_last, Clock::duration::zero(), Clock::duration(mostAtOnce));
    m_last = now;
    return passed;
  }
  static constexpr std::chrono::seconds mostAtOnce{1};

 private:
  Clock::time_point m_last;
};

} // namespace spondyl::inference
