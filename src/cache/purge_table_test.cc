// The first tests are the model of races (storage-and-cluster.md §4.3): whatever the order of their steps, nothing that
// began before a purge passes the check after it.
#include "cache/purge_table.h"

#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace festina::cache {
namespace {

PurgeFact everything() { return {}; }
PurgeFact key(std::string text) { return {.kind = PurgeKind::key, .value = std::move(text)}; }

EntryRef entry(const std::string& text, std::uint64_t born, const std::string& zone = "z") {
  EntryHead head;
  head.key = {.text = text, .zone = zone};
  head.born = {.sequence = born, .deletions = 0};
  return Entry::make(std::move(head), std::make_shared<StoredBody>());
}

class PurgeTableTest : public testing::Test {
 protected:
  EntryRef watched(const std::string& text, std::uint64_t born, const std::string& zone = "z") {
    EntryRef made = entry(text, born, zone);
    table_.watch(*made);
    return made;
  }
  bool is_gone(const std::string& text, std::uint64_t born, const std::string& zone = "z") {
    const Birth birth{.sequence = born, .deletions = 0};
    const bool gone = table_.has_purged(*watched(text, born, zone));
    EXPECT_EQ(table_.has_purged(policy::CacheKey{.text = text, .zone = zone}, birth), gone);
    return gone;
  }

  PurgeTable table_{KeyedHash(42)};
};

// Born, purged and checked in every order; a purge has a number before it takes effect.
TEST_F(PurgeTableTest, JudgesByTheOrderOfBirthAndPurgeInEveryInterleaving) {
  struct Case {
    std::uint64_t born;
    std::vector<std::uint64_t> purges;
    bool gone;
    const char* why;
  };
  const Case cases[] = {
      {5, {}, false, "no purge"},
      {5, {6}, true, "born before the purge"},
      {6, {6}, false, "the purge had been applied when it was born"},
      {7, {6}, false, "born after"},
      {5, {4, 5}, false, "only older purges"},
      {5, {4, 6, 7}, true, "the latest counts"},
      {5, {6, 4}, true, "an older purge applied again takes nothing back"},
      {5, {6, 6}, true, "the same purge twice"},
  };
  for (const Case& at : cases) {
    PurgeTable table(KeyedHash(42));
    const EntryRef checked_before = entry("k", at.born);
    table.watch(*checked_before);
    EXPECT_FALSE(table.has_purged(*checked_before)) << at.why;
    for (const std::uint64_t sequence : at.purges) table.apply("z", {key("k")}, sequence);
    const EntryRef watched_after = entry("k", at.born);
    table.watch(*watched_after);
    EXPECT_EQ(table.has_purged(*checked_before), at.gone) << at.why;
    EXPECT_EQ(table.has_purged(*watched_after), at.gone) << at.why;
  }
}

// Checks one entry after the other all the time, each until the purge that takes it is applied: what an entry remembers
// of a check must not outlast that purge.
struct Checker {
  void run(const std::string& text, std::uint64_t purges) {
    std::uint64_t born = 0;
    while (born < purges) {
      const EntryRef held = entry(text, born);
      table.watch(*held);
      while (applied == born) {
        table.has_purged(*held);
        ++checks;
      }
      if (!table.has_purged(*held)) ++violations;
      born = applied;
    }
  }

  PurgeTable& table;
  std::atomic<std::uint64_t> applied{0};
  std::atomic<std::uint64_t> checks{0};
  std::atomic<int> violations{0};
};

TEST_F(PurgeTableTest, LetsNothingOlderPassOnceAPurgeIsApplied) {
  constexpr std::uint64_t purges = 1000;
  Checker checker{table_};
  std::thread one([&checker] { checker.run("a", purges); });
  std::thread two([&checker] { checker.run("b", purges); });
  for (std::uint64_t sequence = 1; sequence <= purges; ++sequence) {
    const std::uint64_t checked = checker.checks;
    while (sequence % 8 == 0 && checker.checks == checked) std::this_thread::yield();
    const bool by_key = sequence % 2 == 0;
    table_.apply(
        "z", by_key ? std::vector{key("a"), key("b")} : std::vector{everything()}, sequence
    );
    checker.applied = sequence;
  }
  one.join();
  two.join();
  EXPECT_EQ(checker.violations, 0);
}

TEST_F(PurgeTableTest, TakesTheKeysOfAPurgeAndNoOthers) {
  table_.apply("z", {key("a"), key("b")}, 10);
  EXPECT_TRUE(is_gone("a", 9));
  EXPECT_TRUE(is_gone("b", 9));
  EXPECT_FALSE(is_gone("c", 9));
}

TEST_F(PurgeTableTest, TakesEverythingOfTheZoneOnly) {
  table_.apply("z", {everything()}, 10);
  EXPECT_TRUE(is_gone("a", 9));
  EXPECT_FALSE(is_gone("a", 10));
  EXPECT_FALSE(is_gone("a", 9, "other"));
}

TEST_F(PurgeTableTest, ChecksAnEntryAgainAfterTheNextPurge) {
  const EntryRef held = watched("a", 1);
  table_.apply("z", {key("b")}, 2);
  EXPECT_FALSE(table_.has_purged(*held));
  EXPECT_EQ(held->checked_sequence, 2u);
  table_.apply("z", {key("a")}, 3);
  EXPECT_TRUE(table_.has_purged(*held));
  EXPECT_TRUE(table_.has_purged(*held)) << "and stays gone";
}

TEST_F(PurgeTableTest, CountsAFactOnce) {
  table_.apply("z", {key("a"), key("b"), everything()}, 1);
  table_.apply("z", {key("a")}, 2);
  table_.apply("y", {key("a")}, 3);
  EXPECT_EQ(table_.facts(), 3u);
}

TEST_F(PurgeTableTest, ForgetsTheFactsOfTheFullestZoneForItsWholeContents) {
  PurgeTable small(KeyedHash(42), 3);
  small.apply("small", {key("a")}, 1);
  small.apply("full", {key("a"), key("b")}, 2);
  EXPECT_EQ(small.facts(), 3u);
  small.apply("full", {key("c")}, 3);
  EXPECT_EQ(small.facts(), 1u);
  const auto gone = [&small](const char* zone, const char* text, std::uint64_t born) {
    return small.has_purged(
        policy::CacheKey{.text = text, .zone = zone}, {.sequence = born, .deletions = 0}
    );
  };
  EXPECT_TRUE(gone("full", "c", 2));
  EXPECT_TRUE(gone("full", "never purged", 2)) << "the price";
  EXPECT_FALSE(gone("full", "a", 3));
  EXPECT_TRUE(gone("small", "a", 0));
  EXPECT_FALSE(gone("small", "b", 0));
}

}  // namespace
}  // namespace festina::cache
