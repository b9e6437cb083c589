#include "core/store/journal_worker.h"

namespace spondyl {
namespace {

constexpr std::size_t bytesPerSnapshot = std::size_t(32) << 20; ///< deltas beyond this make opening slow
constexpr int forcedAfter = 4; ///< times the usual interval: then a snapshot does not wait for a pause
constexpr std::chrono::seconds retryAfter{1};

} // namespace

Journal::Worker::Worker(detail::Database database, JournalOptions options, detail::Row last, CasePtr state)
    : m_options(std::move(options)), m_database(std::move(database)), m_number(last.entry.number),
      m_hash(std::move(last.hash)) {
  m_encoder.startFrom(std::move(state));
  m_thread = std::thread([this] { run(); });
}

Journal::Worker::~Worker() {
  {
    const std::lock_guard lock(m_mutex);
    m_stop = true;
  }
  m_wake.notify_one();
  if (m_thread.joinable())
    m_thread.join();
}

void Journal::Worker::append(const Step& step) {
  {
    const std::lock_guard lock(m_mutex);
    m_queue.push_back(step);
    m_closing = false;
  }
  m_wake.notify_one();
}

Status Journal::Worker::flush() {
  std::unique_lock lock(m_mutex);
  const std::uint64_t ticket = ++m_asked;
  m_wake.notify_one();
  m_written.wait(lock, [&] { return m_answered >= ticket; });
  return m_status;
}

Status Journal::Worker::close() {
  {
    const std::lock_guard lock(m_mutex);
    m_closing = true;
  }
  return flush();
}

Revision Journal::Worker::durableRevision() const {
  const std::lock_guard lock(m_mutex);
  return m_durable;
}

void Journal::Worker::run() {
  Clock::time_point lastWork = Clock::now();
  for (;;) {
    std::vector<Step> steps;
    std::uint64_t asked = 0;
    bool stop = false;
    {
      std::unique_lock lock(m_mutex);
      const auto pause = m_pending.empty() ? std::chrono::milliseconds(std::max(1, m_options.snapshotIdleMs))
                                           : std::chrono::milliseconds(retryAfter);
      const auto ready = [&] { return m_stop || !m_queue.empty() || m_asked > m_answered; };
      if (m_pending.empty() && m_stepsSinceSnapshot < m_options.stepsPerSnapshot &&
          m_bytesSinceSnapshot < bytesPerSnapshot)
        m_wake.wait(lock, ready);
      else
        m_wake.wait_for(lock, pause, ready);
      steps.swap(m_queue);
      asked = m_asked;
      stop = m_stop;
    }
    if (!steps.empty())
      lastWork = Clock::now();
    for (const Step& step : steps)
      encode(step);
    addSnapshotIfDue(Clock::now() - lastWork >= std::chrono::milliseconds(m_options.snapshotIdleMs));
    const Revision written = m_pending.empty() ? 0 : Revision(m_pending.back().revision);
    const bool anything = !m_pending.empty();
    const Status status = write();
    if (anything && status.ok() && m_options.onDurable)
      m_options.onDurable(written);
    if (!status.ok() && m_options.onError)
      m_options.onError(status.error());
    {
      const std::lock_guard lock(m_mutex);
      m_status = status;
      if (status.ok() && anything)
        m_durable = std::max(m_durable, written);
      m_answered = asked;
    }
    m_written.notify_all();
    if (stop && steps.empty())
      return; // a last look was taken; what the disk refused is lost with the process only
  }
}

void Journal::Worker::pushRow(detail::Row row) {
  row.entry.number = ++m_number;
  row.previous = m_hash;
  row.hash = m_hash = detail::hashOf(row);
  m_pending.push_back(std::move(row));
}

void Journal::Worker::encode(const Step& step) {
  detail::Row row;
  row.entry.kind = step.kind == Step::Kind::Undo   ? AuditEntry::Kind::Undo
                   : step.kind == Step::Kind::Redo ? AuditEntry::Kind::Redo
                                                   : AuditEntry::Kind::Apply;
  row.entry.verb = step.verb;
  row.entry.person = step.context.person;
  row.entry.when = step.context.when;
  row.revision = static_cast<std::int64_t>(step.revision);
  row.content = m_encoder.encode(step.after);
  ++m_stepsSinceSnapshot;
  m_bytesSinceSnapshot += row.content.size();
  pushRow(std::move(row));
}

void Journal::Worker::addSnapshotIfDue(bool idle) {
  const int every = std::max(1, m_options.stepsPerSnapshot) * (idle ? 1 : forcedAfter);
  const std::size_t bytes = bytesPerSnapshot * (idle ? 1 : forcedAfter);
  if (m_stepsSinceSnapshot < every && m_bytesSinceSnapshot < bytes)
    return;
  detail::Row row;
  row.entry.kind = AuditEntry::Kind::Snapshot;
  row.entry.when = utcNow();
  row.revision = m_pending.empty() ? static_cast<std::int64_t>(durableRevision()) : m_pending.back().revision;
  row.content = m_encoder.snapshot();
  m_stepsSinceSnapshot = 0;
  m_bytesSinceSnapshot = 0;
  pushRow(std::move(row));
}

Status Journal::Worker::write() {
  bool closing = false;
  {
    const std::lock_guard lock(m_mutex);
    closing = m_closing;
  }
  if (m_pending.empty() && !closing)
    return {};
  SPONDYL_CHECK(m_database.execute("BEGIN IMMEDIATE"));
  const auto all = [&]() -> Status {
    for (const detail::Row& row : m_pending)
      SPONDYL_CHECK(detail::insertRow(m_database, row));
    const std::string title = detail::titleOf(*m_encoder.state());
    if (title != m_title)
      SPONDYL_CHECK(detail::setMeta(m_database, "title", title));
    SPONDYL_CHECK(detail::setMeta(m_database, "changed", utcNow()));
    SPONDYL_CHECK(detail::setMeta(m_database, "closed", closing ? "1" : "0"));
    SPONDYL_CHECK(m_database.execute("COMMIT"));
    m_title = title;
    return {};
  };
  const Status status = all();
  if (!status.ok()) {
    (void)m_database.execute("ROLLBACK").ok(); // a full disk may have rolled back already
    return status;
  }
  m_pending.clear();
  return {};
}

} // namespace spondyl
