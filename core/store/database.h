#pragma once
// A thin layer over SQLite; internal to core/store. Not thread-safe: one thread at a time.

#include "core/base/file.h"

#include <cstdint>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace spondyl::detail {

/// One prepared statement. Parameters count from 1, columns from 0. The database must outlive it.
class Statement {
 public:
  Statement(sqlite3_stmt* statement, Path file);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, const std::string& text);
  /// The bytes must live until the statement was stepped.
  Statement& bindBlob(int parameter, std::string_view bytes);
  /// True: a row is there; false: done. Errors as Database.
  Result<bool> step();
  Status run(); ///< steps to the end, ignoring rows
  void reset();

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view blob(int column) const; ///< until the next step

 private:
  sqlite3_stmt* m_statement;
  Path m_file;
};

enum class OpenMode : unsigned char { Create, ReadWrite, ReadOnly };

/// Errors: DiskFull, FileNotWritable, FileUnreadable, CaseLocked, CaseDamaged (a page cannot be read or the
/// file is no database), OutOfMemory.
class Database {
 public:
  static Result<Database> open(const Path& file, OpenMode mode, const std::string& vfs = {});
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  ~Database();

  Status execute(const char* sql);
  Result<Statement> prepare(const char* sql);
  Result<std::string> pragma(const char* sql); ///< first column of the first row as text, empty if none
  /// Closing leaves the write-ahead log as it is: for looking without touching.
  void keepLogOnClose();
  /// Closes; the destructor does the same without saying what went wrong.
  Status close();

 private:
  Database(sqlite3* handle, Path file) : m_handle(handle), m_file(std::move(file)) {}
  sqlite3* m_handle = nullptr;
  Path m_file;
};

} // namespace spondyl::detail
