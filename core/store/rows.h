#pragma once
// The rows of a journal and of a .spondyl file, and the schema that both share; internal to core/store.

#include "core/store/database.h"
#include "core/store/journal.h"

namespace spondyl::detail {

constexpr int schemaVersion = 1;
constexpr std::int64_t applicationId = 0x53504459; ///< "SPDY"

struct Row {
  AuditEntry entry;
  std::int64_t revision = 0;
  std::string content;  ///< a delta; of a snapshot: from nothing
  std::string previous; ///< hash of the row before; empty for the first
  std::string hash;
};

/// SHA-256 over everything else in the row, the row before's hash included.
std::string hashOf(const Row& row);

/// Tables of an empty file.
Status createSchema(Database& database);
/// Refuses what is not ours or newer; brings older versions forward (`readOnly`: refuses those instead).
Status checkSchema(Database& database, const Path& file, bool readOnly);

Status insertRow(Database& database, const Row& row);
/// nullopt: there is no such row. Errors: CaseDamaged where its page cannot be read.
Result<std::optional<Row>> readRow(Database& database, std::int64_t number);

Status setMeta(Database& database, const std::string& key, const std::string& value);
Result<std::string> meta(Database& database, const std::string& key); ///< empty if absent

/// "Jane Doe · 2024-05-01": for lists.
std::string titleOf(const Case& c);

/// The furthest state that undamaged rows lead to.
struct Restored {
  CasePtr state;
  Row last;
  JournalReplay replay;
};
Result<Restored> restore(Database& database, const Path& file);

} // namespace spondyl::detail
