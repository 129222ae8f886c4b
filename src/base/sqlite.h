// SQLite: connection, statement, transaction and migrations. The only door to sqlite3.
//
// Every database is opened with journal_mode=WAL, synchronous=FULL, a busy timeout and no mmap
// (storage-and-cluster.md §6). A connection belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/errors.h"

struct sqlite3;
struct sqlite3_stmt;

namespace festina {

class Statement;

class Database {
 public:
  // Opens or creates the file and applies the migrations it has not seen, each in its own
  // transaction. The number of applied migrations is the file's schema version.
  // Errors: io (self); unsupported (self) when the file's version is newer than this program knows.
  static Result<Database> open(
      const std::string& path, std::span<const std::string_view> migrations
  );

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Runs statements that return no rows.
  // Errors: io (self), conflict (self) for a violated constraint.
  Result<> execute(std::string_view sql);
  // Errors: io (self) for SQL that does not compile.
  Result<Statement> prepare(std::string_view sql);
  std::int64_t last_insert_id() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

// Calls: (bind* step+ column* reset)*. Parameters and columns count from 0.
class Statement {
 public:
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, std::int64_t number);
  Statement& bind_null(int index);
  // True: a row is there. False: done. Errors: io (self), conflict (self) for a violated
  // constraint.
  Result<bool> step();
  // Valid until the next step or reset.
  std::string_view text(int column) const;
  std::int64_t number(int column) const;
  bool is_null(int column) const;
  void reset();

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle_;
};

// Rolls back on destruction unless commit() succeeded.
// Requires: the database is neither moved nor destroyed before.
class Transaction {
 public:
  static Result<Transaction> begin(Database&);
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace festina
