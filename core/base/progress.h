#pragma once
// How a long piece of work tells where it is and learns that it should stop.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace spondyl {

struct ProgressReport {
  std::string stage;     ///< a stable short key: "read", "decode", "segment", "label", ...
  double fraction = 0.0; ///< of the whole job, 0 to 1, never falling
};

/// Cheap to copy; may be called from any thread; a default one goes nowhere.
class Progress {
 public:
  using Sink = std::function<void(const ProgressReport&)>;
  Progress() = default;
  explicit Progress(Sink sink) : m_sink(std::make_shared<Sink>(std::move(sink))) {}

  void report(std::string_view stage, double fraction) const {
    if (m_sink && *m_sink)
      (*m_sink)({std::string(stage), m_from + (m_to - m_from) * fraction});
  }
  /// A progress whose 0 to 1 is [from, to] of this one: hand it to a sub-task.
  Progress part(double from, double to) const {
    Progress p = *this;
    p.m_from = m_from + (m_to - m_from) * from;
    p.m_to = m_from + (m_to - m_from) * to;
    return p;
  }

 private:
  std::shared_ptr<Sink> m_sink;
  double m_from = 0.0, m_to = 1.0;
};

/// What every job gets. Work polls `stop` at least every 100 ms and returns ErrorCode::Cancelled.
struct JobContext {
  std::stop_token stop;
  Progress progress;
  bool stopRequested() const { return stop.stop_requested(); }
};

} // namespace spondyl
