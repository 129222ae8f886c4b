#include "store/local_log.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <thread>
#include <vector>

#include "base/sqlite.h"

namespace festina::store {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Answer = Result<std::uint64_t>;

Change purge(std::string request_id, std::string body = R"({"everything":true})") {
  return {
      .sequence = 0,
      .at = {},
      .kind = ChangeKind::purge,
      .scope = "zone-1",
      .body = std::move(body),
      .request_id = std::move(request_id),
  };
}

Awaitable<> append_each(ChangeLog& log, std::vector<Change> changes, std::vector<Answer>& answers) {
  for (Change& change : changes) answers.push_back(co_await log.append(std::move(change)));
}

Awaitable<> note_thread(ChangeLog& log, Change change, std::thread::id& resumed_on) {
  (void)co_await log.append(std::move(change));
  resumed_on = std::this_thread::get_id();
}

// One after the other, on a loop of the calling thread's own.
std::vector<Answer> append(ChangeLog& log, std::vector<Change> changes) {
  std::vector<Answer> answers;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), append_each(log, std::move(changes), answers));
  context.run();
  return answers;
}

Answer append(ChangeLog& log, Change change) {
  return append(log, std::vector<Change>{std::move(change)}).front();
}

class LocalLogTest : public testing::Test {
 protected:
  LocalLogTest() {
    std::string name = (std::filesystem::temp_directory_path() / "festina-log-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    path_ = (directory_ / "control.db").string();
  }
  ~LocalLogTest() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<LocalLog> open() { return LocalLog::open(path_, clock_).value(); }

  // The request ids of all changes after `from`, as they are followed.
  static std::vector<std::string> followed(ChangeLog& log, std::uint64_t from) {
    std::vector<std::string> ids;
    auto note = [&ids](const Change& change) { ids.push_back(change.request_id); };
    check(log.follow(from, note).has_value(), "the log can be read");
    return ids;
  }

  // The same file, past the log.
  Database another_connection() {
    const std::vector<std::string_view> as_many_migrations_as_applied(2);
    return Database::open(path_, as_many_migrations_as_applied).value();
  }

  ManualClock clock_{TimePoint(1'700'000'000'000ms)};
  std::filesystem::path directory_;
  std::string path_;
};

TEST_F(LocalLogTest, BeginsEmpty) {
  const auto log = open();
  EXPECT_EQ(log->head(), 0u);
  EXPECT_EQ(log->first(), 0u);
}

TEST_F(LocalLogTest, CountsFromOneWithoutGaps) {
  const auto log = open();
  EXPECT_THAT(append(*log, {purge("a"), purge("b"), purge("c")}), ElementsAre(1u, 2u, 3u));
  EXPECT_EQ(log->head(), 3u);
  EXPECT_EQ(log->first(), 1u);
}

TEST_F(LocalLogTest, KeepsSequenceAndIncarnationOverARestart) {
  std::string incarnation;
  {
    const auto log = open();
    incarnation = log->incarnation();
    append(*log, {purge("a"), purge("b")});
  }
  const auto log = open();
  EXPECT_EQ(log->incarnation(), incarnation);
  EXPECT_EQ(incarnation.size(), 32u);
  EXPECT_EQ(log->head(), 2u);
  EXPECT_EQ(append(*log, purge("c")), Answer(3u));
}

TEST_F(LocalLogTest, GivesARepeatedRequestIdTheSequenceItHas) {
  const auto log = open();
  int calls = 0;
  ASSERT_TRUE(log->follow(0, [&calls](const Change&) { ++calls; }));
  EXPECT_THAT(append(*log, {purge("a"), purge("b"), purge("a")}), ElementsAre(1u, 2u, 1u));
  EXPECT_EQ(log->head(), 2u);
  EXPECT_EQ(calls, 2);
}

TEST_F(LocalLogTest, ShowsAFollowerEveryChangeAsItWasAppended) {
  const auto log = open();
  std::vector<Change> seen;
  ASSERT_TRUE(log->follow(0, [&seen](const Change& change) { seen.push_back(change); }));
  append(*log, purge("a", R"({"keys":["https://example.com/ü"]})"));
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].sequence, 1u);
  EXPECT_EQ(seen[0].at, clock_.now());
  EXPECT_EQ(seen[0].kind, ChangeKind::purge);
  EXPECT_EQ(seen[0].scope, "zone-1");
  EXPECT_EQ(seen[0].body, R"({"keys":["https://example.com/ü"]})");
  EXPECT_EQ(seen[0].request_id, "a");
}

TEST_F(LocalLogTest, ShowsAFollowerWhatIsThereAndWhatComes) {
  const auto log = open();
  append(*log, {purge("a"), purge("b")});
  std::vector<std::string> seen;
  ASSERT_TRUE(log->follow(1, [&seen](const Change& change) { seen.push_back(change.request_id); }));
  EXPECT_THAT(seen, ElementsAre("b"));
  append(*log, purge("c"));
  EXPECT_THAT(seen, ElementsAre("b", "c"));
}

TEST_F(LocalLogTest, ReplaysTheSameChangesAfterARestart) {
  {
    append(*open(), {purge("a"), purge("b")});
  }
  EXPECT_THAT(followed(*open(), 0), ElementsAre("a", "b"));
}

TEST_F(LocalLogTest, OrdersAppendsOfSeveralThreads) {
  constexpr std::size_t each = 50;
  const auto log = open();
  std::vector<std::uint64_t> seen;
  ASSERT_TRUE(log->follow(0, [&seen](const Change& change) { seen.push_back(change.sequence); }));
  const auto append_many = [&log](const std::string& prefix) {
    std::vector<Change> changes;
    changes.reserve(each);
    for (std::size_t i = 0; i < each; ++i) changes.push_back(purge(prefix + std::to_string(i)));
    const std::vector<Answer> answers = append(*log, std::move(changes));
    for (std::size_t i = 1; i < each; ++i) EXPECT_LT(*answers[i - 1], *answers[i]);
  };
  std::thread first(append_many, "a");
  std::thread second(append_many, "b");
  first.join();
  second.join();
  ASSERT_EQ(seen.size(), 2 * each);
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i + 1);
}

TEST_F(LocalLogTest, WritesMoreThanOneGroupThatWaits) {
  const auto log = open();
  std::vector<std::vector<Answer>> answers(2 * kMaxGroupedAppends + 1);
  asio::io_context context;
  TaskGroup group;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    std::vector<Change> one{purge(std::to_string(i))};
    group.spawn(context.get_executor(), append_each(*log, std::move(one), answers[i]));
  }
  context.run();
  for (const auto& answer : answers) EXPECT_TRUE(answer.front().has_value());
  EXPECT_EQ(log->head(), answers.size());
}

TEST_F(LocalLogTest, ResumesWhereItWasAwaited) {
  const auto log = open();
  std::thread::id resumed_on;
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), note_thread(*log, purge("a"), resumed_on));
  context.run();
  EXPECT_EQ(resumed_on, std::this_thread::get_id());
}

TEST_F(LocalLogTest, RefusesANewerSchemaByTheFilesName) {
  open();
  {
    auto database = another_connection();
    ASSERT_TRUE(database.execute("PRAGMA user_version = 3"));
  }
  const auto refused = LocalLog::open(path_, clock_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  EXPECT_THAT(refused.error().detail, HasSubstr(path_));
}

TEST_F(LocalLogTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(path_) << std::string(8192, 'x');
  const auto refused = LocalLog::open(path_, clock_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_THAT(refused.error().detail, HasSubstr(path_));
}

TEST_F(LocalLogTest, ReportsADamagedPageWhenFollowed) {
  {
    const auto log = open();
    std::vector<Change> changes;
    changes.reserve(30);
    for (int i = 0; i < 30; ++i)
      changes.push_back(purge(std::to_string(i), std::string(3000, 'b')));
    append(*log, std::move(changes));
  }
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0, std::ios::end);
    const auto size = file.tellp();
    constexpr std::streamoff page = 4096;
    for (std::streamoff at = 4 * page; at < size; at += page) {
      file.seekp(at);
      file << std::string(64, '\xff');
    }
  }
  const auto log = LocalLog::open(path_, clock_);
  const auto followed = log ? (*log)->follow(0, [](const Change&) {}) : Result<>(log.error());
  ASSERT_FALSE(followed);
  EXPECT_EQ(followed.error().code, ErrorCode::io);
}

TEST_F(LocalLogTest, RefusesAChangeOfAKindItDoesNotKnow) {
  open();
  {
    auto database = another_connection();
    ASSERT_TRUE(database.execute("INSERT INTO change VALUES (1, 0, 'flood', 'z', '{}', 'a')"));
  }
  const auto log = open();
  int calls = 0;
  const auto followed = log->follow(0, [&calls](const Change&) { ++calls; });
  ASSERT_FALSE(followed);
  EXPECT_EQ(followed.error().code, ErrorCode::malformed);
  EXPECT_EQ(calls, 0);
}

TEST_F(LocalLogTest, AnswersAnErrorAndKeepsCountingWhenTheDiskRefuses) {
  const auto log = open();
  ASSERT_EQ(append(*log, purge("a")), Answer(1u));
  {
    auto database = another_connection();
    ASSERT_TRUE(database.execute(
        "CREATE TRIGGER full BEFORE INSERT ON change WHEN new.request_id = 'refused'"
        " BEGIN SELECT raise(ABORT, 'disk full'); END"
    ));
  }
  const Answer refused = append(*log, purge("refused"));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("disk full"));
  EXPECT_EQ(append(*log, purge("b")), Answer(2u));
}

}  // namespace
}  // namespace festina::store
