#include "core/store/database.h"

#include <sqlite3.h>
#include <utility>

namespace spondyl::detail {
namespace {

Error databaseError(int code, const char* message, const Path& file, const char* where) {
  const std::string path = file.string();
  const std::string what = message ? message : "";
  switch (code & 0xff) {
  case SQLITE_FULL:
    return fail(ErrorCode::DiskFull, {path}, where);
  case SQLITE_NOMEM:
    return fail(ErrorCode::OutOfMemory, {"?", "?"}, where);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return fail(ErrorCode::CaseLocked, {path, "another program"}, where);
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return fail(ErrorCode::FileNotWritable, {path, what}, where);
  case SQLITE_CANTOPEN:
    return fail(ErrorCode::FileUnreadable, {path, what}, where);
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return fail(ErrorCode::CaseDamaged, {path, what}, where);
  case SQLITE_IOERR: {
    const bool reading = code == SQLITE_IOERR_READ || code == SQLITE_IOERR_SHORT_READ;
    return fail(reading ? ErrorCode::FileUnreadable : ErrorCode::FileNotWritable, {path, what}, where);
  }
  default:
    return fail(ErrorCode::CaseDamaged, {path, what}, where);
  }
}

} // namespace

Statement::Statement(sqlite3_stmt* statement, Path file) : m_statement(statement), m_file(std::move(file)) {}
Statement::Statement(Statement&& other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr)), m_file(std::move(other.m_file)) {}
Statement::~Statement() {
  sqlite3_finalize(m_statement);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  sqlite3_bind_int64(m_statement, parameter, value);
  return *this;
}

Statement& Statement::bind(int parameter, const std::string& text) {
  sqlite3_bind_text64(m_statement, parameter, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  return *this;
}

Statement& Statement::bindBlob(int parameter, std::string_view bytes) {
  sqlite3_bind_blob64(m_statement, parameter, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(m_statement);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  sqlite3* handle = sqlite3_db_handle(m_statement);
  return databaseError(sqlite3_extended_errcode(handle), sqlite3_errmsg(handle), m_file, "Statement::step");
}

Status Statement::run() {
  for (;;) {
    SPONDYL_TRY(const bool more, step());
    if (!more)
      return {};
  }
}

void Statement::reset() {
  sqlite3_reset(m_statement);
  sqlite3_clear_bindings(m_statement);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(m_statement, column);
}
std::string Statement::text(int column) const {
  return std::string(blob(column));
}
std::string_view Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(m_statement, column);
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column))};
}

Result<Database> Database::open(const Path& file, OpenMode mode, const std::string& vfs) {
  const int flags = mode == OpenMode::ReadOnly    ? SQLITE_OPEN_READONLY
                    : mode == OpenMode::ReadWrite ? SQLITE_OPEN_READWRITE
                                                  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database(handle, file);
  if (code != SQLITE_OK)
    return databaseError(code, handle ? sqlite3_errmsg(handle) : "", file, "Database::open");
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 200);
  // A case may come from anyone: no code from the file's schema runs.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

Database::Database(Database&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr)), m_file(std::move(other.m_file)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(m_handle, other.m_handle);
  std::swap(m_file, other.m_file);
  return *this;
}

Database::~Database() {
  sqlite3_close_v2(m_handle);
}

Status Database::execute(const char* sql) {
  const int code = sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK)
    return {};
  return databaseError(sqlite3_extended_errcode(m_handle), sqlite3_errmsg(m_handle), m_file,
                       "Database::execute");
}

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(m_handle, sql, -1, &statement, nullptr);
  if (code == SQLITE_OK)
    return Statement(statement, m_file);
  return databaseError(sqlite3_extended_errcode(m_handle), sqlite3_errmsg(m_handle), m_file,
                       "Database::prepare");
}

Result<std::string> Database::pragma(const char* sql) {
  SPONDYL_TRY(Statement statement, prepare(sql));
  SPONDYL_TRY(const bool row, statement.step());
  return row ? statement.text(0) : std::string();
}

void Database::keepLogOnClose() {
  sqlite3_db_config(m_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Status Database::close() {
  if (!m_handle)
    return {};
  const int code = sqlite3_close(m_handle);
  if (code != SQLITE_OK)
    return databaseError(code, sqlite3_errmsg(m_handle), m_file, "Database::close");
  m_handle = nullptr;
  return {};
}

} // namespace spondyl::detail
