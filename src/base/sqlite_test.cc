#include "base/sqlite.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace festina {
namespace {

constexpr std::string_view kMigrations[] = {
    "CREATE TABLE zone (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL)",
    "ALTER TABLE zone ADD COLUMN note TEXT",
    "CREATE TABLE host (zone INTEGER NOT NULL REFERENCES zone (id)); INSERT INTO zone (name) "
    "VALUES ('first')",
};
constexpr std::span<const std::string_view> kAll = kMigrations;

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() {
    std::string name = (std::filesystem::temp_directory_path() / "festina-sqlite-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    path_ = (directory_ / "state.db").string();
  }
  ~DatabaseTest() override { std::filesystem::remove_all(directory_); }

  // The single value a query gives.
  static std::string value(Database& database, std::string_view sql) {
    auto statement = database.prepare(sql).value();
    check(statement.step().value(), "the query gives a row");
    return std::string(statement.text(0));
  }

  std::filesystem::path directory_;
  std::string path_;
};

TEST_F(DatabaseTest, IsOpenedDurablyAndStrictly) {
  auto database = Database::open(path_, kAll).value();
  EXPECT_EQ(value(database, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(value(database, "PRAGMA synchronous"), "2");
  EXPECT_EQ(value(database, "PRAGMA foreign_keys"), "1");
  EXPECT_EQ(value(database, "PRAGMA busy_timeout"), "5000");
  EXPECT_EQ(database.execute("INSERT INTO host VALUES (99)").error().code, ErrorCode::conflict);
}

TEST_F(DatabaseTest, AppliesEachMigrationOnce) {
  {
    auto database = Database::open(path_, kAll.first(1)).value();
    EXPECT_EQ(value(database, "PRAGMA user_version"), "1");
    ASSERT_TRUE(database.execute("INSERT INTO zone (name) VALUES ('old')"));
  }
  for (int time = 0; time < 2; ++time) {
    auto database = Database::open(path_, kAll).value();
    EXPECT_EQ(value(database, "PRAGMA user_version"), "3");
    EXPECT_EQ(value(database, "SELECT count(*) FROM zone"), "2");
  }
}

TEST_F(DatabaseTest, RefusesAFileOfANewerProgram) {
  ASSERT_TRUE(Database::open(path_, kAll));
  const auto database = Database::open(path_, kAll.first(2));
  ASSERT_FALSE(database);
  const std::string detail = path_ + ": schema version 3 is newer than this program knows (2)";
  EXPECT_EQ(database.error(), (Error{ErrorCode::unsupported, Side::self, detail}));
}

TEST_F(DatabaseTest, KeepsTheLastGoodVersionWhenAMigrationFails) {
  const std::string_view broken[] = {kMigrations[0], "CREATE TABLE half (id); CREATE NONSENSE"};
  const auto failed = Database::open(path_, broken);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::io);
  EXPECT_TRUE(failed.error().detail.starts_with("migration 2: " + path_)) << failed.error().detail;

  auto database = Database::open(path_, kAll.first(1)).value();
  EXPECT_EQ(value(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), "0");
}

TEST_F(DatabaseTest, NamesAFileItCannotOpen) {
  const auto missing = Database::open((directory_ / "none" / "state.db").string(), {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_NE(missing.error().detail.find("none/state.db"), std::string::npos);

  std::ofstream(path_) << "This is a letter and no database, whatever its name may say.";
  const auto letter = Database::open(path_, kAll);
  ASSERT_FALSE(letter);
  EXPECT_EQ(letter.error().code, ErrorCode::io);
  EXPECT_NE(letter.error().detail.find(path_), std::string::npos);
}

TEST_F(DatabaseTest, PrepareRefusesBrokenSql) {
  auto database = Database::open(path_, kAll).value();
  const auto statement = database.prepare("SELEKT 1");
  ASSERT_FALSE(statement);
  EXPECT_EQ(statement.error().code, ErrorCode::io);
}

TEST_F(DatabaseTest, StatementsBindStepAndReadRows) {
  auto database = Database::open(path_, kAll.first(2)).value();
  auto insert = database.prepare("INSERT INTO zone (id, name, note) VALUES (?, ?, ?)").value();
  const std::string name("a\0b", 3);
  EXPECT_EQ(insert.bind(0, 7).bind(1, name).bind_null(2).step(), Result<bool>(false));
  insert.reset();
  insert.bind(0, std::int64_t{1} << 40).bind(1, std::string_view()).bind(2, "note");
  EXPECT_EQ(insert.step(), Result<bool>(false));
  EXPECT_EQ(database.last_insert_id(), std::int64_t{1} << 40);

  auto select = database.prepare("SELECT id, name, note FROM zone ORDER BY id").value();
  ASSERT_EQ(select.step(), Result<bool>(true));
  EXPECT_EQ(select.number(0), 7);
  EXPECT_EQ(select.text(1), name);
  EXPECT_TRUE(select.is_null(2));
  EXPECT_EQ(select.text(2), "");
  ASSERT_EQ(select.step(), Result<bool>(true));
  EXPECT_EQ(select.number(0), std::int64_t{1} << 40);
  EXPECT_FALSE(select.is_null(1));
  EXPECT_EQ(select.text(1), "");
  EXPECT_EQ(select.text(2), "note");
  EXPECT_EQ(select.step(), Result<bool>(false));
}

TEST_F(DatabaseTest, AViolatedConstraintIsAConflict) {
  auto database = Database::open(path_, kAll).value();
  auto insert = database.prepare("INSERT INTO zone (name) VALUES (?)").value();
  const auto again = insert.bind(0, "first").step();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  insert.reset();
  EXPECT_TRUE(insert.bind(0, "second").step());
}

TEST_F(DatabaseTest, AStatementMayOutliveItsDatabase) {
  std::optional<Statement> select;
  {
    auto database = Database::open(path_, kAll).value();
    select = database.prepare("SELECT name FROM zone").value();
  }
  ASSERT_EQ(select->step(), Result<bool>(true));
  EXPECT_EQ(select->text(0), "first");
}

TEST_F(DatabaseTest, ATransactionKeepsItsChangesOnlyWhenCommitted) {
  auto database = Database::open(path_, kAll).value();
  {
    const auto dropped = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO zone (name) VALUES ('dropped')"));
  }
  {
    auto kept = Transaction::begin(database).value();
    ASSERT_TRUE(database.execute("INSERT INTO zone (name) VALUES ('kept')"));
    ASSERT_TRUE(kept.commit());
  }
  EXPECT_EQ(value(database, "SELECT count(*) FROM zone WHERE name = 'kept'"), "1");
  EXPECT_EQ(value(database, "SELECT count(*) FROM zone WHERE name = 'dropped'"), "0");
}

}  // namespace
}  // namespace festina
