// The first tests are the model of races (storage-and-cluster.md §4.3): whatever the order of their steps, nothing that
// began before a purge passes the check after it.
#include "cache/purge_table.h"

#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "cache/drafts.h"

namespace festina::cache {
namespace {

PurgeFact everything() { return {}; }
PurgeFact key(std::string text) { return {.kind = PurgeKind::key, .value = std::move(text)}; }

PurgeFact tag(std::string text) { return {.kind = PurgeKind::tag, .value = std::move(text)}; }
PurgeFact host(std::string text) { return {.kind = PurgeKind::host, .value = std::move(text)}; }
PurgeFact prefix(std::string text) { return {.kind = PurgeKind::prefix, .value = std::move(text)}; }
PurgeFact text_prefix(std::string text) {
  return {.kind = PurgeKind::text_prefix, .value = std::move(text)};
}

EntryRef settled_in(
    const PurgeTable& table, const std::string& text, std::uint64_t born,
    const std::string& zone = "z", const std::string& tags = ""
) {
  http::Response response;
  if (!tags.empty()) response.headers.add(http::Name::cache_tag, tags);
  const Birth birth{.sequence = born, .deletions = 0};
  const EntryRef draft = draft_of({.text = text, .zone = zone}, "", std::move(response), birth);
  return draft->settled(table.zone(zone), KeyedHash(42));
}

class PurgeTableTest : public testing::Test {
 protected:
  EntryRef settled(const std::string& text, std::uint64_t born, const std::string& zone = "z") {
    return settled_in(table_, text, born, zone);
  }
  bool is_gone(const std::string& text, std::uint64_t born, const std::string& zone = "z") {
    const Birth birth{.sequence = born, .deletions = 0};
    const bool gone = table_.has_purged(*settled(text, born, zone));
    EXPECT_EQ(table_.has_purged(policy::CacheKey{.text = text, .zone = zone}, birth), gone);
    return gone;
  }
  bool is_tagged_gone(const std::string& tags, std::uint64_t born) {
    return table_.has_purged(*settled_in(table_, "https://h/a", born, "z", tags));
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
    const EntryRef checked_before = settled_in(table, "k", at.born);
    EXPECT_FALSE(table.has_purged(*checked_before)) << at.why;
    for (const std::uint64_t sequence : at.purges) table.apply("z", {key("k")}, sequence);
    EXPECT_EQ(table.has_purged(*checked_before), at.gone) << at.why;
    EXPECT_EQ(table.has_purged(*settled_in(table, "k", at.born)), at.gone) << at.why;
  }
}

// Checks one entry after the other all the time, each until the purge that takes it is applied: what an entry remembers
// of a check must not outlast that purge.
struct Checker {
  void run(const std::string& text, std::uint64_t purges) {
    std::uint64_t born = 0;
    while (born < purges) {
      const EntryRef held = settled_in(table, text, born);
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

TEST_F(PurgeTableTest, TakesWhatHasAnyOfTheTags) {  // reference §10.3
  table_.apply("z", {tag("shoes"), tag("t1")}, 10);
  EXPECT_TRUE(is_tagged_gone("hats, Shoes ,,coats", 9)) << "without case";
  EXPECT_TRUE(is_tagged_gone("T1", 9));
  EXPECT_FALSE(is_tagged_gone("hats", 9));
  EXPECT_FALSE(is_tagged_gone("shoes", 10)) << "born afterwards";
  EXPECT_FALSE(is_tagged_gone("shoes x", 9)) << "no tag";
  EXPECT_FALSE(is_gone("https://h/shoes", 10));
}

TEST_F(PurgeTableTest, TakesAnyTagForThatOfWhatHasNotShownItsOwn) {
  const policy::CacheKey key{.text = "https://h/a", .zone = "z"};
  table_.apply("z", {tag("shoes")}, 10);
  EXPECT_TRUE(table_.has_purged(key, {.sequence = 9, .deletions = 0}));
  EXPECT_FALSE(table_.has_purged(key, {.sequence = 10, .deletions = 0}));
  table_.apply("z", {host("other")}, 11);
  EXPECT_FALSE(table_.has_purged(key, {.sequence = 10, .deletions = 0}));
}

TEST_F(PurgeTableTest, TakesAHostWithoutItsSubdomains) {  // reference §10.4
  table_.apply("z", {host("www.example.com")}, 10);
  EXPECT_TRUE(is_gone("https://www.example.com/a?b", 9));
  EXPECT_TRUE(is_gone("http://www.example.com", 9));
  EXPECT_FALSE(is_gone("https://a.www.example.com/", 9));
  EXPECT_FALSE(is_gone("https://example.com/www.example.com", 9));
  EXPECT_FALSE(is_gone("https://www.example.com/a", 10));
}

TEST_F(PurgeTableTest, TakesAPrefixInWholeSegments) {  // reference §10.4
  const std::string url = "https://www.example.com/foo/bar/baz/qux.jpg";
  for (const char* covering :
       {"www.example.com",
        "www.example.com/foo",
        "www.example.com/foo/bar",
        "www.example.com/foo/bar/baz",
        "www.example.com/foo/bar/baz/qux.jpg"}) {
    PurgeTable table(KeyedHash(42));
    table.apply("z", {prefix(covering)}, 10);
    EXPECT_TRUE(table.has_purged(*settled_in(table, url + "?x=1", 9))) << covering;
    EXPECT_FALSE(table.has_purged(*settled_in(table, url, 10))) << covering;
  }
  table_.apply("z", {prefix("www.example.com/foo")}, 10);
  EXPECT_TRUE(is_gone("https://www.example.com/foo", 9));
  EXPECT_TRUE(is_gone("https://www.example.com/foo?a=/b", 9));
  EXPECT_TRUE(is_gone("https://www.example.com/foo/", 9));
  EXPECT_FALSE(is_gone("https://www.example.com/foobar", 9));
  EXPECT_FALSE(is_gone("https://www.example.com/?/foo", 9));
  EXPECT_FALSE(is_gone("https://example.com/foo", 9));
}

TEST_F(PurgeTableTest, TakesAPrefixAsTextWhereItIsOne) {  // reference §10.4
  table_.apply("z", {text_prefix("h/foo"), text_prefix("h/img/2026-")}, 10);
  EXPECT_TRUE(is_gone("https://h/foo", 9));
  EXPECT_TRUE(is_gone("http://h:8080/foobar?x", 9));
  EXPECT_TRUE(is_gone("https://h/foo/bar", 9));
  EXPECT_TRUE(is_gone("https://h/img/2026-a.png", 9));
  EXPECT_FALSE(is_gone("https://h/foobar", 10)) << "born after";
  EXPECT_FALSE(is_gone("https://h/fo", 9)) << "shorter than any";
  EXPECT_FALSE(is_gone("https://h/a/foo", 9));
  EXPECT_FALSE(is_gone("https://h/img/2025-a.png", 9));
  EXPECT_FALSE(is_gone("https://h.example/foo", 9));
}

TEST_F(PurgeTableTest, LooksAtAsManySegmentsAsAPrefixMayHave) {
  std::string deepest = "h";
  for (std::size_t i = 0; i < kMaxPrefixSeparators; ++i) deepest += "/s";
  table_.apply("z", {prefix(deepest), prefix(deepest + "/s/s")}, 10);
  EXPECT_TRUE(is_gone("https://" + deepest + "/s", 9));
  EXPECT_FALSE(is_gone("https://g" + deepest + "/s/s", 9));
}

TEST_F(PurgeTableTest, KeepsTheKindsApart) {
  table_.apply("z", {tag("h")}, 10);
  EXPECT_FALSE(table_.has_purged(*settled("https://h/", 9)));
  EXPECT_FALSE(table_.has_purged(*settled("h", 9)));
  table_.apply("z", {host("k"), prefix("t")}, 11);
  EXPECT_FALSE(is_tagged_gone("k, t", 10));
}

TEST_F(PurgeTableTest, ChecksAnEntryAgainAfterTheNextPurge) {
  const EntryRef held = settled("a", 1);
  table_.apply("z", {key("b")}, 2);
  EXPECT_FALSE(table_.has_purged(*held));
  EXPECT_EQ(held->passed(), 2u);
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

TEST_F(PurgeTableTest, SparesWhatOnlyAPurgeOfEverythingTakes) {  // reference appendix A
  const auto is_put_gone = [&](policy::CacheApiPurge purged_by) {
    http::Response response;
    response.headers.add(http::Name::cache_tag, "t");
    const Birth birth{.sequence = 1, .deletions = 0};
    const EntryRef draft =
        draft_of({.text = "https://h/a", .zone = "z"}, "", std::move(response), birth, purged_by);
    const EntryRef entry = draft->settled(table_.zone("z"), KeyedHash(42));
    EXPECT_EQ(entry->purged_by(), purged_by);
    return table_.has_purged(*entry);
  };
  std::uint64_t sequence = 1;
  for (const PurgeFact& part : {key("https://h/a"), tag("t"), host("h"), prefix("h/a")}) {
    table_.apply("z", {part}, ++sequence);
    EXPECT_FALSE(is_put_gone(policy::CacheApiPurge::everything_only)) << part.value;
    EXPECT_TRUE(is_put_gone(policy::CacheApiPurge::all)) << part.value;
  }
  table_.apply("z", {everything()}, ++sequence);
  EXPECT_TRUE(is_put_gone(policy::CacheApiPurge::everything_only));
}

}  // namespace
}  // namespace festina::cache
