#include "base/sqlite.h"

#include <sqlite3.h>
#include <utility>

namespace festina {
namespace {

constexpr int kBusyTimeoutMilliseconds = 5000;

// With WAL, only synchronous=FULL puts a commit on the disk before it returns. A mapped file would
// turn a read error into a signal.
constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA mmap_size = 0;";

std::string file_name(sqlite3* handle) {
  const char* name = sqlite3_db_filename(handle, "main");
  return name && *name ? name : "database";
}

Error last_error(sqlite3* handle) {
  const bool constraint = (sqlite3_errcode(handle) & 0xff) == SQLITE_CONSTRAINT;
  const ErrorCode code = constraint ? ErrorCode::conflict : ErrorCode::io;
  return {code, Side::self, file_name(handle) + ": " + sqlite3_errmsg(handle)};
}

Result<std::int64_t> schema_version(Database& database) {
  auto statement = database.prepare("PRAGMA user_version");
  if (!statement) return statement.error();
  const auto row = statement->step();
  if (!row) return row.error();
  return statement->number(0);
}

// Applies the first migration the file has not seen; false when it has seen them all.
// The version is read inside the transaction, so two processes do not apply the same one twice.
Result<bool> migrate_once(
    Database& database, const std::string& path, std::span<const std::string_view> migrations
) {
  auto transaction = Transaction::begin(database);
  if (!transaction) return transaction.error();
  const auto version = schema_version(database);
  if (!version) return version.error();
  const auto newest = static_cast<std::int64_t>(migrations.size());
  if (*version == newest) return false;
  if (*version < 0 || *version > newest) {
    return Error{
        ErrorCode::unsupported,
        Side::self,
        path + ": schema version " + std::to_string(*version) +
            " is newer than this program knows (" + std::to_string(newest) + ")"
    };
  }
  const auto step = static_cast<std::size_t>(*version);
  const std::string context = "migration " + std::to_string(step + 1);
  const auto applied = database.execute(migrations[step]);
  if (!applied) return with_detail(applied.error(), context);
  const auto marked = database.execute("PRAGMA user_version = " + std::to_string(step + 1));
  if (!marked) return with_detail(marked.error(), context);
  const auto committed = transaction->commit();
  if (!committed) return with_detail(committed.error(), context);
  return true;
}

}  // namespace

Result<Database> Database::open(
    const std::string& path, std::span<const std::string_view> migrations
) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  check(handle != nullptr, "there is memory for a database connection");
  Database database(handle);
  if (opened != SQLITE_OK)
    return Error{ErrorCode::io, Side::self, path + ": " + sqlite3_errmsg(handle)};

  sqlite3_busy_timeout(handle, kBusyTimeoutMilliseconds);
  const auto set = database.execute(kSettings);
  if (!set) return set.error();
  for (;;) {
    const auto migrated = migrate_once(database, path, migrations);
    if (!migrated) return migrated.error();
    if (!*migrated) return database;
  }
}

Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

// Statements may still be there: close_v2 waits for the last of them.
Database::~Database() { sqlite3_close_v2(handle_); }

Result<> Database::execute(std::string_view sql) {
  const std::string terminated(sql);
  const int done = sqlite3_exec(handle_, terminated.c_str(), nullptr, nullptr, nullptr);
  if (done != SQLITE_OK) return last_error(handle_);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int done =
      sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (done != SQLITE_OK) return last_error(handle_);
  check(statement != nullptr, "the SQL holds a statement");
  return Statement(statement);
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_); }

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

Statement& Statement::bind(int index, std::string_view text) {
  const char* data = text.data() ? text.data() : "";  // a null pointer would bind NULL
  const int done =
      sqlite3_bind_text64(handle_, index + 1, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  check(done == SQLITE_OK, "the statement has this parameter");
  return *this;
}

Statement& Statement::bind(int index, std::int64_t number) {
  const int done = sqlite3_bind_int64(handle_, index + 1, number);
  check(done == SQLITE_OK, "the statement has this parameter");
  return *this;
}

Statement& Statement::bind_null(int index) {
  const int done = sqlite3_bind_null(handle_, index + 1);
  check(done == SQLITE_OK, "the statement has this parameter");
  return *this;
}

Result<bool> Statement::step() {
  const int done = sqlite3_step(handle_);
  if (done == SQLITE_ROW) return true;
  if (done == SQLITE_DONE) return false;
  return last_error(sqlite3_db_handle(handle_));
}

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (!text) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::int64_t Statement::number(int column) const { return sqlite3_column_int64(handle_, column); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void Statement::reset() { sqlite3_reset(handle_); }

// IMMEDIATE takes the write lock now, when waiting for it is still possible.
Result<Transaction> Transaction::begin(Database& database) {
  const auto begun = database.execute("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

// A rollback that fails leaves a transaction that SQLite has rolled back itself already.
Transaction::~Transaction() {
  if (database_) static_cast<void>(database_->execute("ROLLBACK"));
}

Result<> Transaction::commit() {
  const auto committed = database_->execute("COMMIT");
  if (!committed) return committed.error();
  database_ = nullptr;
  return {};
}

}  // namespace festina
