#include "core/store/journal.h"

#include "core/store/journal_worker.h"
#include "core/store/log_check.h"

namespace spondyl {
namespace {

using detail::Database;
using detail::OpenMode;

Path beside(const Path& file, const std::string& suffix) {
  Path out = file;
  out += suffix;
  return out;
}

Result<Medium> mediumFor(const Path& file, const JournalOptions& options) {
  if (options.medium)
    return *options.medium;
  if (!options.vfs.empty())
    return Medium::Local;
  return mediumOf(file.parent_path());
}

/// One process at a time owns the file: no shared memory is needed, and a second window learns that it is
/// taken.
Status configure(Database& database, Medium medium) {
  SPONDYL_TRY(const std::string locking, database.pragma("PRAGMA locking_mode = EXCLUSIVE"));
  // On a network drive a log that is read back by position is not safe; the rollback journal is.
  SPONDYL_TRY(const std::string mode,
              database.pragma(medium == Medium::Network ? "PRAGMA journal_mode = TRUNCATE"
                                                        : "PRAGMA journal_mode = WAL"));
  SPONDYL_CHECK(database.execute("PRAGMA synchronous = FULL"));
  return database.execute("BEGIN EXCLUSIVE; COMMIT");
}

/// File and log as they are, so that whatever opening does can be looked at again. A failure costs only the
/// copy. The file must not be open here: closing any descriptor of it would give up SQLite's locks.
void copyFiles(const Path& file, const Path& to) {
  std::error_code ignored;
  const auto replace = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(file, to, replace, ignored);
  std::filesystem::remove(beside(to, "-wal"), ignored);
  if (std::filesystem::exists(beside(file, "-wal"), ignored))
    std::filesystem::copy_file(beside(file, "-wal"), beside(to, "-wal"), replace, ignored);
}

/// Moves the damaged file away under a name that is free.
Path keepAside(const Path& file) {
  std::error_code ignored;
  Path aside;
  for (int n = 1; aside.empty() || std::filesystem::exists(aside, ignored); ++n)
    aside = beside(file, ".damaged-" + std::to_string(n));
  std::filesystem::rename(file, aside, ignored);
  if (std::filesystem::exists(beside(file, "-wal"), ignored))
    std::filesystem::rename(beside(file, "-wal"), beside(aside, "-wal"), ignored);
  return aside;
}

struct Begun {
  Database database;
  detail::Row first;
};

Result<Begun> begin(const Path& file, const CasePtr& initial, const JournalOptions& options, Medium medium) {
  if (options.vfs.empty())
    SPONDYL_CHECK(createPrivateFile(file));
  SPONDYL_TRY(Database database, Database::open(file, OpenMode::Create, options.vfs));
  SPONDYL_CHECK(configure(database, medium));
  SPONDYL_CHECK(database.execute("BEGIN IMMEDIATE"));
  SPONDYL_CHECK(detail::createSchema(database));
  detail::Row first;
  first.entry = {AuditEntry::Kind::Snapshot, 1, "", "", utcNow()};
  first.content = [&] {
    detail::DeltaEncoder encoder;
    return encoder.encode(initial);
  }();
  first.hash = detail::hashOf(first);
  SPONDYL_CHECK(detail::insertRow(database, first));
  SPONDYL_CHECK(detail::setMeta(database, "case", initial->id));
  SPONDYL_CHECK(detail::setMeta(database, "title", detail::titleOf(*initial)));
  SPONDYL_CHECK(detail::setMeta(database, "changed", first.entry.when));
  SPONDYL_CHECK(detail::setMeta(database, "closed", "0"));
  SPONDYL_CHECK(detail::setMeta(database, "program", SPONDYL_VERSION));
  SPONDYL_CHECK(database.execute("COMMIT"));
  first.content.clear();
  return Begun{std::move(database), std::move(first)};
}

struct Read {
  Database database;
  detail::Restored restored;
};

/// Makes the copy, if no other process has the file.
Status copyBeforeOpening(const Path& file, Medium medium) {
  SPONDYL_TRY(Database probe, Database::open(file, OpenMode::ReadWrite));
  probe.keepLogOnClose();
  const Status status = configure(probe, medium);
  SPONDYL_CHECK(probe.close());
  if (!status.ok() && status.error().code == ErrorCode::CaseLocked)
    return status;
  if (status.ok())
    copyFiles(file, beside(file, ".copy")); // what cannot be read does not replace an older copy
  return {};
}

Result<Read> readAll(const Path& file, const JournalOptions& options, Medium medium) {
  int behindDamage = 0;
  if (options.vfs.empty()) {
    behindDamage = detail::transactionsBehindDamage(beside(file, "-wal"));
    SPONDYL_CHECK(copyBeforeOpening(file, medium));
  }
  SPONDYL_TRY(Database database, Database::open(file, OpenMode::ReadWrite, options.vfs));
  SPONDYL_CHECK(configure(database, medium));
  SPONDYL_CHECK(detail::checkSchema(database, file, false));
  const auto closed = detail::meta(database, "closed");
  SPONDYL_TRY(detail::Restored restored, detail::restore(database, file));
  restored.replay.closedCleanly = closed.ok() && *closed == "1";
  restored.replay.tornTail = behindDamage == 1;
  if (behindDamage > 1 && restored.replay.damage.empty()) {
    restored.replay.damage = "the log behind step " + std::to_string(restored.last.entry.number);
    for (int n = 1; n <= behindDamage; ++n) {
      AuditEntry lost;
      lost.number = restored.last.entry.number + n;
      restored.replay.lost.push_back(lost);
    }
  }
  return Read{std::move(database), std::move(restored)};
}

} // namespace

Journal::Journal(Path file, Medium medium, std::unique_ptr<Worker> worker)
    : m_file(std::move(file)), m_medium(medium), m_worker(std::move(worker)) {}
Journal::~Journal() = default;
void Journal::append(const Step& step) {
  m_worker->append(step);
}
Status Journal::flush() {
  return m_worker->flush();
}
Status Journal::close() {
  return m_worker->close();
}
Revision Journal::durableRevision() const {
  return m_worker->durableRevision();
}

Result<std::unique_ptr<Journal>> Journal::create(const Path& file, CasePtr initial, JournalOptions options) {
  std::error_code ignored;
  if (options.vfs.empty() && std::filesystem::exists(file, ignored))
    return fail(ErrorCode::ResultExists, {file.string()}, "Journal::create");
  SPONDYL_TRY(const Medium medium, mediumFor(file, options));
  if (medium == Medium::ReadOnly)
    return fail(ErrorCode::FileNotWritable, {file.string(), "the medium is read-only"}, "Journal::create");
  auto begun = begin(file, initial, options, medium);
  if (!begun.ok()) {
    if (options.vfs.empty())
      for (const char* suffix : {"", "-wal", "-journal"})
        std::filesystem::remove(beside(file, suffix), ignored);
    return std::move(begun).error();
  }
  auto worker = std::make_unique<Worker>(std::move(begun->database), std::move(options),
                                         std::move(begun->first), std::move(initial));
  return std::unique_ptr<Journal>(new Journal(file, medium, std::move(worker)));
}

Result<Journal::Opened> Journal::open(const Path& file, JournalOptions options) {
  std::error_code ignored;
  if (options.vfs.empty() && !std::filesystem::exists(file, ignored))
    return fail(ErrorCode::FileNotFound, {file.string()}, "Journal::open");
  SPONDYL_TRY(const Medium medium, mediumFor(file, options));
  if (medium == Medium::ReadOnly)
    return fail(ErrorCode::FileNotWritable, {file.string(), "the medium is read-only"}, "Journal::open");

  auto read = readAll(file, options, medium);
  bool fromCopy = false;
  std::string damage;
  if (!read.ok() && read.error().code == ErrorCode::CaseDamaged && options.vfs.empty() &&
      std::filesystem::exists(beside(file, ".copy"), ignored)) {
    // Not even the schema can be read: what was there when it was last opened is better than nothing.
    JournalOptions quiet = options;
    const Path work = beside(file, ".copy-work");
    copyFiles(beside(file, ".copy"), work);
    auto older = readAll(work, quiet, medium);
    if (older.ok()) {
      damage = read.error().arguments.size() > 1 ? read.error().arguments[1] : "it cannot be read";
      read = std::move(older);
      fromCopy = true;
    }
    for (const char* suffix : {"", "-wal", ".copy", ".copy-wal"})
      std::filesystem::remove(beside(work, suffix), ignored);
  }
  if (!read.ok())
    return std::move(read).error();

  Opened out;
  out.state = read->restored.state;
  out.replay = std::move(read->restored.replay);
  out.replay.fromCopy = fromCopy;
  if (!damage.empty())
    out.replay.damage = damage;
  Database database = std::move(read->database);
  detail::Row last = std::move(read->restored.last);
  if (!out.replay.damage.empty()) {
    if (!options.vfs.empty())
      return fail(ErrorCode::CaseDamaged, {file.string(), out.replay.damage}, "Journal::open");
    (void)database.close().ok();
    out.replay.keptAside = keepAside(file);
    SPONDYL_TRY(Begun begun, begin(file, out.state, options, medium));
    database = std::move(begun.database);
    last = std::move(begun.first);
  } else {
    SPONDYL_CHECK(detail::setMeta(database, "closed", "0"));
  }
  auto worker = std::make_unique<Worker>(std::move(database), std::move(options), std::move(last), out.state);
  out.journal = std::unique_ptr<Journal>(new Journal(file, medium, std::move(worker)));
  return out;
}

JournalSummary summariseJournal(const Path& file) {
  JournalSummary out;
  auto database = Database::open(file, OpenMode::ReadWrite);
  const auto readInto = [&](const char* key, std::string& text) {
    auto value = detail::meta(*database, key);
    if (value.ok())
      text = std::move(*value);
    else if (value.error().code == ErrorCode::CaseLocked)
      out.inUse = true;
    else
      out.damaged = true;
  };
  if (!database.ok()) {
    out.damaged = true;
    return out;
  }
  database->keepLogOnClose();
  (void)database->pragma("PRAGMA locking_mode = EXCLUSIVE").ok();
  std::string closed;
  readInto("case", out.caseId);
  readInto("title", out.title);
  readInto("changed", out.when);
  readInto("closed", closed);
  out.closedCleanly = closed == "1";
  return out;
}

} // namespace spondyl
