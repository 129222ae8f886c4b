// The first tests are the model of races (storage-and-cluster.md §4.3, promises 4 and 5): the origin's content has a
// version, a purge follows every change of it, and nobody is given a version older than a purge they know to be applied.
#include "cache/cache.h"

#include <atomic>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "cache/drafts.h"
#include "http/encoder.h"

namespace festina::cache {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBudget = 16UL * 1024 * 1024;
policy::CacheKey key() { return {.text = "https://example.com/a", .zone = "z"}; }

EntryRef entry(Birth born, const std::string& content) {
  EntryHead head;
  head.key = key();
  head.born = born;
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of(content));
  body->complete();
  return Entry::make(std::move(head), body);
}

std::string content(const EntryRef& entry) { return std::string(entry->open().whole.view()); }

// Lets the other threads work until they have counted on.
void wait_for_more(const std::atomic<std::uint64_t>& count) {
  const std::uint64_t before = count;
  while (count == before) std::this_thread::yield();
}

class CacheTest : public testing::Test {
 protected:
  void purge(std::uint64_t sequence, const policy::CacheKey& purged = key()) {
    cache_.apply(purged.zone, {{.kind = PurgeKind::key, .value = purged.text}}, sequence);
  }
  void purge_everything(std::uint64_t sequence) {
    cache_.apply("z", {{.kind = PurgeKind::everything, .value = ""}}, sequence);
  }
  bool store(const std::string& body) { return cache_.commit(entry(cache_.birth(), body)); }

  ManualClock clock_{TimePoint(1'700'000'000'000ms)};
  Cache cache_{kBudget, clock_};
};

TEST_F(CacheTest, CommitsNothingThatBeganBeforeAPurge) {
  const Joined joined = cache_.join_or_start(key());
  const EntryRef filled = entry(joined.fill->born(), "old");
  purge(1);
  EXPECT_FALSE(cache_.commit(filled));
  EXPECT_EQ(cache_.lookup(key()), nullptr);
}

TEST_F(CacheTest, FindsNothingThatBeganBeforeAPurgeThoughItWasCommitted) {
  ASSERT_TRUE(store("old"));
  purge_everything(1);
  EXPECT_EQ(cache_.peek(key()), nullptr);
  EXPECT_EQ(cache_.lookup(key()), nullptr);
  EXPECT_EQ(cache_.statistics().purged, 1u);
  EXPECT_EQ(cache_.statistics().entries, 0u);
}

// Serves and fills until it is told to stop. The origin's content is its version.
struct Server {
  void run() {
    while (!done) {
      const std::uint64_t known = acknowledged;
      if (const EntryRef found = cache.lookup(key())) {
        ++hits;
        if (std::stoull(content(found)) < known) ++violations;
      } else {
        fill();
      }
    }
  }

  void fill() {
    const Joined joined = cache.join_or_start(key());
    if (!joined.started) return;
    const std::uint64_t version = origin;
    std::this_thread::yield();  // the answer travels
    cache.commit(entry(joined.fill->born(), std::to_string(version)));
    cache.finish(*joined.fill);
  }

  Cache& cache;
  std::atomic<std::uint64_t> origin{0};        // its version now
  std::atomic<std::uint64_t> acknowledged{0};  // everything older has been purged
  std::atomic<std::uint64_t> hits{0};
  std::atomic<std::uint64_t> violations{0};
  std::atomic<bool> done{false};
};

TEST_F(CacheTest, NeverGivesAnOlderVersionThanAPurgeThatIsKnown) {
  Server server{cache_};
  std::thread one([&server] { server.run(); });
  std::thread two([&server] { server.run(); });
  for (std::uint64_t change = 1; change <= 1000; ++change) {
    server.origin = change;
    if (change % 2 == 0) {
      purge(change);
    } else {
      purge_everything(change);
    }
    server.acknowledged = change;
    if (change % 16 == 0) wait_for_more(server.hits);
  }
  server.done = true;
  one.join();
  two.join();
  EXPECT_EQ(server.violations, 0u);
  EXPECT_EQ(cache_.statistics().fills, 0u);
}

// A put's content is the number of deletions before it.
TEST_F(CacheTest, NeverFindsWhatWasPutBeforeADeletion) {
  std::atomic<std::uint64_t> deleted{0};
  std::atomic<std::uint64_t> found{0};
  std::atomic<std::uint64_t> violations{0};
  std::atomic<bool> done{false};
  std::thread puts([&] {
    while (!done) {
      const Birth born = cache_.birth();
      cache_.commit(entry(born, std::to_string(born.deletions)));
    }
  });
  std::thread lookups([&] {
    while (!done) {
      const std::uint64_t known = deleted;
      const EntryRef held = cache_.lookup(key());
      if (held && std::stoull(content(held)) < known) ++violations;
      if (held) ++found;
    }
  });
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    cache_.erase(key());
    deleted = i;
    if (i % 16 == 0) wait_for_more(found);
  }
  done = true;
  puts.join();
  lookups.join();
  EXPECT_EQ(violations, 0u);
}

TEST_F(CacheTest, FindsWhatWasCommitted) {
  EXPECT_EQ(cache_.lookup(key()), nullptr);
  ASSERT_TRUE(store("hello"));
  ASSERT_NE(cache_.lookup(key()), nullptr);
  EXPECT_EQ(content(cache_.lookup(key())), "hello");
  EXPECT_EQ(cache_.lookup({.text = key().text, .zone = "other"}), nullptr);
}

TEST_F(CacheTest, KeepsWhatWasStoredAfterThePurge) {
  purge(1);
  ASSERT_TRUE(store("new"));
  EXPECT_NE(cache_.lookup(key()), nullptr);
}

TEST_F(CacheTest, KeepsWhatAFillBroughtThatBeganAfterThePurge) {
  const Joined old = cache_.join_or_start(key());
  purge(1);
  const Joined fresh = cache_.join_or_start(key());
  ASSERT_TRUE(fresh.started);
  EXPECT_TRUE(cache_.commit(entry(fresh.fill->born(), "new")));
  EXPECT_FALSE(cache_.commit(entry(old.fill->born(), "old")));
  EXPECT_EQ(content(cache_.lookup(key())), "new");
}

TEST_F(CacheTest, TakesTheBirthOfAValidationForAFreshenedEntry) {
  ASSERT_TRUE(store("body"));
  const EntryRef old = cache_.lookup(key());
  purge(1, {.text = "https://example.com/other", .zone = "z"});
  EntryHead head;
  head.key = key();
  head.born = cache_.join_or_start(key()).fill->born();
  ASSERT_TRUE(cache_.commit(old->with_head(head)));
  EXPECT_EQ(cache_.lookup(key())->passed(), 1u);
  EXPECT_EQ(content(cache_.lookup(key())), "body");
}

TEST_F(CacheTest, EraseDoomsAPutUnderWay) {
  const Birth put = cache_.birth();
  EXPECT_FALSE(cache_.erase(key())) << "nothing was there yet";
  EXPECT_FALSE(cache_.commit(entry(put, "doomed")));
  EXPECT_TRUE(store("after"));
  EXPECT_TRUE(cache_.erase(key()));
  EXPECT_EQ(cache_.lookup(key()), nullptr);
}

TEST_F(CacheTest, EraseDoomsAFillAndLetsNobodyJoinIt) {
  const Joined old = cache_.join_or_start(key());
  cache_.erase(key());
  EXPECT_TRUE(cache_.join_or_start(key()).started);
  EXPECT_FALSE(cache_.commit(entry(old.fill->born(), "doomed")));
}

const policy::VarySpec kByValue{.otherwise = policy::VaryAction::passthrough, .rules = {}};

http::Headers speaking(std::string_view language) {
  http::Headers headers;
  headers.add("Accept-Language", language);
  return headers;
}

class VariantsTest : public CacheTest {
 protected:
  bool store(const Birth& born, const http::Headers& request) {
    EntryHead head;
    head.key = cache_.learn_variant(key(), {"accept-language"}, request, kByValue);
    head.born = born;
    const auto body = std::make_shared<StoredBody>();
    body->complete();
    return cache_.commit(Entry::make(std::move(head), body));
  }
  bool finds(const http::Headers& request) {
    return cache_.lookup(cache_.variant_for(key(), request, kByValue)) != nullptr;
  }
};

TEST_F(VariantsTest, AreFoundByTheValuesTheyVaryBy) {
  ASSERT_TRUE(store(cache_.birth(), speaking("en")));
  EXPECT_TRUE(finds(speaking("en")));
  EXPECT_FALSE(finds(speaking("de")));
  EXPECT_EQ(cache_.lookup(key()), nullptr);
}

TEST_F(VariantsTest, GoWithAPurgeOfTheirUrl) {
  ASSERT_TRUE(store(cache_.birth(), speaking("en")));
  ASSERT_TRUE(store(cache_.birth(), speaking("de")));
  const Birth before = cache_.birth();
  purge(1);
  EXPECT_FALSE(finds(speaking("en")));
  EXPECT_FALSE(finds(speaking("de")));
  EXPECT_FALSE(store(before, speaking("fr"))) << "and so does one under way";
  EXPECT_TRUE(store(cache_.birth(), speaking("fr")));
}

TEST_F(VariantsTest, GoWithTheDeletionOfTheirKey) {
  ASSERT_TRUE(store(cache_.birth(), speaking("en")));
  const Birth before = cache_.birth();
  cache_.erase(key());
  EXPECT_FALSE(finds(speaking("en")));
  EXPECT_FALSE(store(before, speaking("de"))) << "and so does one under way";
  ASSERT_TRUE(store(cache_.birth(), speaking("fr")));
  EXPECT_FALSE(finds(speaking("en"))) << "it does not come back with the others";
}

TEST_F(CacheTest, JoinsNoFillOfAKeyWithoutUrlAfterAnyPurge) {
  const policy::CacheKey own{.text = "cacheKey=k", .zone = "z"};
  const Joined before = cache_.join_or_start(own);
  EXPECT_FALSE(cache_.join_or_start(own).started);
  cache_.apply("z", {{.kind = PurgeKind::host, .value = "example.com"}}, 1);
  EXPECT_TRUE(cache_.join_or_start(own).started);
}

TEST_F(CacheTest, FollowsTheLogPastChangesThatAreNoPurge) {
  cache_.advance_to(7);
  EXPECT_EQ(cache_.applied_sequence(), 7u);
  cache_.advance_to(6);
  EXPECT_EQ(cache_.applied_sequence(), 7u) << "never back";
  EXPECT_EQ(cache_.birth().sequence, 7u);
  EXPECT_FALSE(cache_.has_purged(key(), {.sequence = 0, .deletions = 0}));
  purge(8);
  EXPECT_TRUE(cache_.has_purged(key(), {.sequence = 7, .deletions = 0}));
  EXPECT_FALSE(cache_.has_purged(key(), cache_.birth()));
}

TEST_F(CacheTest, EvictsForBodiesOnTheirWayIn) {
  const std::string large(200'000, 'x');
  for (int i = 0; i < 100; ++i) {
    EntryHead head;
    head.key = {.text = std::to_string(i), .zone = "z"};
    head.born = cache_.birth();
    const auto body = std::make_shared<StoredBody>();
    body->append(Bytes::copy_of(large));
    body->complete();
    cache_.commit(Entry::make(std::move(head), body));
  }
  EXPECT_GT(cache_.statistics().bytes, kBudget - 2 * large.size());
  FillMemory::Part part = cache_.fill_memory();
  ASSERT_TRUE(part.try_hold(kBudget / kFillShare));
  cache_.make_room();
  EXPECT_EQ(cache_.statistics().fill_bytes, kBudget / kFillShare);
  EXPECT_LE(cache_.statistics().bytes, kBudget - kBudget / kFillShare);
  EXPECT_FALSE(cache_.fill_memory().try_hold(1)) << "the share is taken";
}

TEST_F(CacheTest, CountsAPeekForNoUse) {
  ASSERT_TRUE(store("a"));
  const EntryRef peeked = cache_.peek(key());
  EXPECT_EQ(peeked->frequency, 0);
  cache_.lookup(key());
  EXPECT_EQ(peeked->frequency, 1);
}

TEST_F(CacheTest, ShowsWhatIsStoredForAPathButNothingThatWasPurged) {
  cache_.commit(draft_of(key(), "a", {}, cache_.birth()));
  const std::vector<std::string> targets{"example.com/a"};
  EXPECT_EQ(cache_.stored_for("z", targets, 5).size(), 1u);
  purge(1);
  EXPECT_EQ(cache_.stored_for("z", targets, 5).size(), 0u);
}

TEST_F(CacheTest, SaysWhatItHolds) {
  ASSERT_TRUE(store("a"));
  const Joined joined = cache_.join_or_start({.text = "b", .zone = "z"});
  cache_.finish(*cache_.join_or_start({.text = "c", .zone = "z"}).fill, policy::Reason::no_store);
  const Statistics statistics = cache_.statistics();
  EXPECT_EQ(statistics.entries, 1u);
  EXPECT_EQ(statistics.bytes, cache_.lookup(key())->charge());
  EXPECT_EQ(statistics.budget, kBudget);
  EXPECT_EQ(statistics.stored, 1u);
  EXPECT_EQ(statistics.fills, 1u);
  EXPECT_EQ(statistics.uncacheable, 1u);
  EXPECT_EQ(cache_.max_charge(), kBudget / 2);
}

Bytes brotli(const std::string& text) {
  return Bytes::from(http::encoded(text, http::Coding::brotli, http::Effort::thorough));
}

TEST_F(CacheTest, KeepsABodyCodedInPlaceOfWhatCame) {
  const std::string text(20'000, 'a');
  store(text);
  const EntryRef found = cache_.lookup(key());
  const std::uint64_t before = cache_.statistics().bytes;

  EXPECT_TRUE(cache_.keep_coded(*found, http::Coding::brotli, brotli(text)));

  const EntryRef kept = cache_.lookup(key());
  ASSERT_TRUE(kept && kept->coded());
  EXPECT_EQ(text_of(kept->open()), text);
  EXPECT_EQ(content(found), text) << "whoever reads it goes on";
  EXPECT_LT(cache_.statistics().bytes, before - 15'000);
  EXPECT_EQ(cache_.statistics().entries, 1U);
}

TEST_F(CacheTest, KeepsNothingCodedOfWhatIsGone) {
  const std::string text(20'000, 'a');
  store(text);
  const EntryRef replaced = cache_.lookup(key());
  store("newer");
  EXPECT_FALSE(cache_.keep_coded(*replaced, http::Coding::brotli, brotli(text)));
  EXPECT_EQ(content(cache_.lookup(key())), "newer");

  const EntryRef erased = cache_.lookup(key());
  cache_.erase(key());
  EXPECT_FALSE(cache_.keep_coded(*erased, http::Coding::brotli, brotli("newer")));
  EXPECT_EQ(cache_.lookup(key()), nullptr);
}

TEST_F(CacheTest, PurgesWhatItKeepsCoded) {
  const std::string text(20'000, 'a');
  store(text);
  const EntryRef found = cache_.lookup(key());
  purge(1);  // while it is being coded
  cache_.keep_coded(*found, http::Coding::brotli, brotli(text));
  EXPECT_EQ(cache_.lookup(key()), nullptr);

  store(text);
  cache_.keep_coded(*cache_.lookup(key()), http::Coding::brotli, brotli(text));
  ASSERT_NE(cache_.lookup(key()), nullptr);
  purge(2);
  EXPECT_EQ(cache_.lookup(key()), nullptr);
}

TEST_F(CacheTest, DropsWhatIsBroken) {
  store("old");
  const EntryRef broken = cache_.lookup(key());
  store("new");
  cache_.drop(*broken);
  EXPECT_EQ(content(cache_.lookup(key())), "new") << "it was another one";
  cache_.drop(*cache_.lookup(key()));
  EXPECT_EQ(cache_.lookup(key()), nullptr);

  const EntryRef draft = entry(cache_.birth(), "read while it arrived");
  cache_.commit(draft);
  cache_.drop(*draft);
  EXPECT_EQ(cache_.lookup(key()), nullptr) << "what was settled of it";
}

}  // namespace
}  // namespace festina::cache
