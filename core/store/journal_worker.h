#pragma once
// The journal's own thread; internal to core/store.

#include "core/store/delta.h"
#include "core/store/rows.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace spondyl {

class Journal::Worker {
 public:
  /// `last` is the row that the file ends with, `state` what it leads to.
  Worker(detail::Database database, JournalOptions options, detail::Row last, CasePtr state);
  ~Worker();

  void append(const Step& step);
  Status flush();
  Status close();
  Revision durableRevision() const;

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void encode(const Step& step);
  void addSnapshotIfDue(bool idle);
  void pushRow(detail::Row row);
  Status write();

  JournalOptions m_options;

  mutable std::mutex m_mutex; ///< guards what follows
  std::condition_variable m_wake, m_written;
  std::vector<Step> m_queue;
  bool m_stop = false, m_closing = false, m_busy = false;
  std::uint64_t m_asked = 0, m_answered = 0; ///< flush() calls, and how many the thread has dealt with
  Status m_status;
  Revision m_durable = 0;

  // Only the thread touches these once it runs.
  detail::Database m_database;
  detail::DeltaEncoder m_encoder;
  std::vector<detail::Row> m_pending; ///< encoded, not yet on disk
  std::int64_t m_number;
  std::string m_hash, m_title;
  int m_stepsSinceSnapshot = 0;
  std::size_t m_bytesSinceSnapshot = 0;

  std::thread m_thread; ///< last: starts when all else is there
};

} // namespace spondyl
