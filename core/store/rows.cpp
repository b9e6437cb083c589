#include "core/store/rows.h"

#include "core/store/delta.h"

#include <charconv>

namespace spondyl::detail {
namespace {

constexpr int unreadableInARow = 64; ///< after so many missing rows no more are looked for

/// What is known of one row after looking at it.
struct Seen {
  AuditEntry entry;
  bool good = false;    ///< its own checksum holds
  bool follows = false; ///< and it names the row before
};

Result<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::CaseDamaged, {"", "not a number"}, "number");
  return value;
}

} // namespace

std::string hashOf(const Row& row) {
  std::string all = row.previous;
  const auto add = [&](std::string_view text) { (all += std::to_string(text.size()) + ":").append(text); };
  add(std::to_string(row.entry.number));
  add(std::to_string(static_cast<int>(row.entry.kind)));
  add(std::to_string(row.revision));
  add(row.entry.verb);
  add(row.entry.person);
  add(row.entry.when);
  add(row.content);
  return sha256Hex(all);
}

Status createSchema(Database& database) {
  const std::string version = "PRAGMA user_version = " + std::to_string(schemaVersion);
  const std::string application = "PRAGMA application_id = " + std::to_string(applicationId);
  SPONDYL_CHECK(database.execute(application.c_str()));
  SPONDYL_CHECK(database.execute(
      "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
      "CREATE TABLE step(number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, revision INTEGER NOT NULL,"
      " verb TEXT NOT NULL, person TEXT NOT NULL, at TEXT NOT NULL, previous TEXT NOT NULL,"
      " hash TEXT NOT NULL, content BLOB NOT NULL);"));
  return database.execute(version.c_str());
}

Status checkSchema(Database& database, const Path& file, bool readOnly) {
  SPONDYL_TRY(const std::string application, database.pragma("PRAGMA application_id"));
  SPONDYL_TRY(const std::string version, database.pragma("PRAGMA user_version"));
  SPONDYL_TRY(const std::int64_t found, number(version));
  if (application != std::to_string(applicationId) || found < 1)
    return fail(ErrorCode::CaseDamaged, {file.string(), "not a case of this program"}, "checkSchema");
  if (found > schemaVersion)
    return fail(ErrorCode::CaseNewerVersion, {file.string(), version, std::to_string(schemaVersion)},
                "checkSchema");
  // Version 1 is the first: there is nothing to bring forward yet. A migration is one transaction per version
  // here.
  if (found < schemaVersion && readOnly)
    return fail(ErrorCode::CaseDamaged, {file.string(), "an older version"}, "checkSchema");
  return {};
}

Status insertRow(Database& database, const Row& row) {
  SPONDYL_TRY(
      Statement insert,
      database.prepare("INSERT INTO step(number, kind, revision, verb, person, at, previous, hash, content)"
                       " VALUES(?,?,?,?,?,?,?,?,?)"));
  insert.bind(1, row.entry.number).bind(2, static_cast<std::int64_t>(row.entry.kind)).bind(3, row.revision);
  insert.bind(4, row.entry.verb).bind(5, row.entry.person).bind(6, row.entry.when);
  insert.bind(7, row.previous).bind(8, row.hash).bindBlob(9, row.content);
  SPONDYL_CHECK(insert.run());
  return setMeta(database, "rows", std::to_string(row.entry.number));
}

Result<std::optional<Row>> readRow(Database& database, std::int64_t wanted) {
  SPONDYL_TRY(Statement select,
              database.prepare("SELECT kind, revision, verb, person, at, previous, hash, content"
                               " FROM step WHERE number = ?"));
  select.bind(1, wanted);
  SPONDYL_TRY(const bool found, select.step());
  if (!found)
    return std::optional<Row>();
  Row row;
  row.entry.number = wanted;
  row.entry.kind = static_cast<AuditEntry::Kind>(select.integer(0));
  row.revision = select.integer(1);
  row.entry.verb = select.text(2);
  row.entry.person = select.text(3);
  row.entry.when = select.text(4);
  row.previous = select.text(5);
  row.hash = select.text(6);
  row.content = select.text(7);
  return std::optional(std::move(row));
}

Status setMeta(Database& database, const std::string& key, const std::string& value) {
  SPONDYL_TRY(Statement put, database.prepare("INSERT INTO meta(key, value) VALUES(?,?)"
                                              " ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
  return put.bind(1, key).bind(2, value).run();
}

Result<std::string> meta(Database& database, const std::string& key) {
  SPONDYL_TRY(Statement get, database.prepare("SELECT value FROM meta WHERE key = ?"));
  get.bind(1, key);
  SPONDYL_TRY(const bool found, get.step());
  return found ? get.text(0) : std::string();
}

std::string titleOf(const Case& c) {
  std::string title = displayName(c.patient);
  for (const Study& study : c.studies) {
    if (title.empty())
      title = displayName(study.patient);
    if (study.date.empty() && !title.empty())
      continue;
    return title + (title.empty() ? study.name : " \xc2\xb7 " + study.date);
  }
  return title;
}

Result<Restored> restore(Database& database, const Path& file) {
  Restored out;
  std::int64_t highest = 0;
  if (auto select = database.prepare("SELECT max(number) FROM step"); select.ok())
    if (const auto row = select->step(); row.ok() && *row)
      highest = select->integer(0);
  if (const auto written = meta(database, "rows");
      written.ok() && !written->empty()) // rows cut off at the end are missed, too
    if (const auto count = number(*written); count.ok())
      highest = std::max(highest, *count);

  std::vector<Seen> rows; // rows[n - 1] is row n
  std::string lastHash, reason;
  for (std::int64_t n = 1, missing = 0; n <= highest || (highest == 0 && missing < unreadableInARow); ++n) {
    Seen seen;
    seen.entry.number = n;
    auto row = readRow(database, n);
    if (row.ok() && *row) {
      seen.entry = (*row)->entry;
      seen.good = hashOf(**row) == (*row)->hash;
      seen.follows = seen.good && (*row)->previous == lastHash && (n == 1 || rows.back().good);
      lastHash = (*row)->hash;
      missing = 0;
    } else {
      ++missing;
      lastHash.clear();
    }
    if (!seen.good && reason.empty()) {
      reason = "step " + std::to_string(n) + ": ";
      reason += !row.ok() ? "its page cannot be read" : *row ? "its checksum does not hold" : "it is missing";
    } else if (seen.good && !seen.follows && reason.empty()) {
      reason = "step " + std::to_string(n) + " does not follow the one before";
    }
    rows.push_back(std::move(seen));
  }
  while (highest == 0 && !rows.empty() && !rows.back().good)
    rows.pop_back();

  // Of all snapshots the one from which undamaged rows lead furthest.
  std::size_t start = 0, end = 0; // 1-based; 0: none
  for (std::size_t s = 1; s <= rows.size(); ++s) {
    if (!rows[s - 1].good || rows[s - 1].entry.kind != AuditEntry::Kind::Snapshot)
      continue;
    std::size_t to = s;
    while (to < rows.size() && rows[to].follows)
      ++to;
    if (to >= end) {
      start = s;
      end = to;
    }
  }
  if (start == 0)
    return fail(ErrorCode::CaseDamaged, {file.string(), reason.empty() ? "no step" : reason}, "restore");

  Case state;
  for (std::size_t n = start; n <= end; ++n) {
    auto row = readRow(database, std::int64_t(n));
    if (n > start && rows[n - 1].entry.kind == AuditEntry::Kind::Snapshot) { // nothing new
      if (row.ok() && *row)
        out.last = std::move(**row);
      continue;
    }
    Case next = state;
    const Status applied = !row.ok() ? Status(row.error())
                           : !*row   ? Status(fail(ErrorCode::CaseDamaged))
                                     : applyDelta(next, (*row)->content);
    if (!applied.ok()) {
      if (n == start)
        return fail(ErrorCode::CaseDamaged, {file.string(), "step " + std::to_string(n)}, "restore");
      reason = "step " + std::to_string(n) + ": its content cannot be read";
      end = n - 1;
      break;
    }
    state = std::move(next);
    out.last = std::move(**row);
    out.last.content.clear();
  }
  out.state = std::make_shared<const Case>(std::move(state));
  for (std::size_t n = 1; n <= rows.size(); ++n) {
    const Seen& seen = rows[n - 1];
    if (seen.good && seen.entry.kind == AuditEntry::Kind::Snapshot)
      continue;
    if (n > end)
      out.replay.lost.push_back(seen.entry);
    else if (seen.good)
      out.replay.steps.push_back(seen.entry); // else: a later snapshot holds what it did
  }
  out.replay.damage = reason;
  return out;
}

} // namespace spondyl::detail
