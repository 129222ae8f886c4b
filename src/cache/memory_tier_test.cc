#include "cache/memory_tier.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "cache/counted_new.h"
#include "cache/drafts.h"
#include "http/h1_writer.h"

namespace festina::cache {
namespace {

using namespace std::chrono_literals;
using Use = MemoryTier::Use;
constexpr std::uint64_t kMiB = 1024UL * 1024;

policy::CacheKey key(const std::string& text) { return {.text = text, .zone = "z"}; }

EntryRef entry(const std::string& text, std::size_t size) {
  static Ground ground;
  return ground.settled(key(text), std::string(size, 'x'));
}

bool holds(const MemoryTier& tier, const std::string& text) {
  return tier.find(key(text), Use::not_counted) != nullptr;
}

TEST(MemoryTier, FindsWhatWasPut) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const EntryRef a = entry("a", 100);
  EXPECT_TRUE(tier.put(a, 0));
  EXPECT_EQ(tier.find(key("a"), Use::counted), a);
  EXPECT_EQ(tier.find(key("b"), Use::counted), nullptr);
  EXPECT_EQ(tier.entries(), 1u);
  EXPECT_EQ(tier.bytes(), a->charge());
}

TEST(MemoryTier, FindsAllOfATargetWhateverTheirKeys) {
  MemoryTier tier(kMiB, KeyedHash(1));
  for (const char* url :
       {"http://e.com/a", "http://e.com/a?x=1", "http://e.com/b", "http://f.com/a"})
    tier.put(entry(url, 10), 0);
  const std::vector<std::string> targets{"e.com/a"};
  EXPECT_EQ(tier.of_targets("z", targets, {.found = 9}).size(), 2u);
  EXPECT_EQ(tier.of_targets("z", targets, {.found = 1}).size(), 1u);
  EXPECT_EQ(tier.of_targets("y", targets, {.found = 9}).size(), 0u) << "another zone's";
  EXPECT_EQ(tier.of_targets("z", targets, {.found = 9, .searched = 4}).size(), 2u);
  EXPECT_EQ(tier.of_targets("z", targets, {.found = 9, .searched = 3}).size(), 0u) << "too many";
}

TEST(MemoryTier, CountsUsesUpToThree) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const EntryRef a = entry("a", 100);
  tier.put(a, 0);
  tier.find(key("a"), Use::not_counted);
  EXPECT_EQ(a->frequency, 0);
  for (int i = 0; i < 5; ++i) tier.find(key("a"), Use::counted);
  EXPECT_EQ(a->frequency, 3);
}

TEST(MemoryTier, ReplacesUnderTheSameKey) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("a", 100), 0);
  const EntryRef fresh = entry("a", 5000);
  EXPECT_TRUE(tier.put(fresh, 0));
  EXPECT_EQ(tier.find(key("a"), Use::counted), fresh);
  EXPECT_EQ(tier.entries(), 1u);
  EXPECT_EQ(tier.bytes(), fresh->charge());
}

TEST(MemoryTier, StaysWithinItsBudget) {
  MemoryTier tier(kMiB, KeyedHash(1));
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    tier.put(entry(std::to_string(i), random() % 8000), 0);
    ASSERT_LE(tier.bytes(), kMiB);
  }
  EXPECT_GT(tier.bytes(), kMiB * 9 / 10);
  EXPECT_EQ(tier.evicted() + tier.entries(), 5000u);
}

TEST(MemoryTier, KeepsWhatIsUsedThroughAScan) {
  MemoryTier tier(kMiB, KeyedHash(1));
  for (int i = 0; i < 20; ++i) tier.put(entry("used" + std::to_string(i), 1000), 0);
  for (int i = 0; i < 20'000; ++i) {
    tier.put(entry("scan" + std::to_string(i), 1000), 0);
    if (i % 20 == 0) {
      for (int j = 0; j < 20; ++j) tier.find(key("used" + std::to_string(j)), Use::counted);
    }
  }
  int kept = 0;
  for (int i = 0; i < 20; ++i) kept += holds(tier, "used" + std::to_string(i));
  EXPECT_EQ(kept, 20);
}

TEST(MemoryTier, GivesAnEntryInUseToNobodyElse) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("pinned", 10'000), 0);
  const EntryRef pinned = tier.find(key("pinned"), Use::counted);
  for (int i = 0; i < 1000; ++i) tier.put(entry(std::to_string(i), 10'000), 0);
  EXPECT_FALSE(holds(tier, "pinned"));
  EXPECT_EQ(pinned->open().whole.view(), std::string(10'000, 'x'));
}

TEST(MemoryTier, TakesALargeResponseOnSecondSight) {
  MemoryTier tier(16 * kMiB, KeyedHash(1));
  EXPECT_TRUE(tier.put(entry("small", kAlwaysAdmitted - 2048), 0));
  EXPECT_FALSE(tier.put(entry("large", kAlwaysAdmitted), 0));
  EXPECT_FALSE(holds(tier, "large"));
  EXPECT_TRUE(tier.put(entry("large", kAlwaysAdmitted), 0));
  EXPECT_TRUE(holds(tier, "large"));
  EXPECT_TRUE(tier.put(entry("large", kAlwaysAdmitted), 0)) << "what is held is known";
}

TEST(MemoryTier, TakesALargeResponseOnDemand) {
  MemoryTier tier(16 * kMiB, KeyedHash(1));
  EXPECT_TRUE(tier.put(entry("large", kAlwaysAdmitted), 0, Admission::demanded));
  EXPECT_TRUE(holds(tier, "large"));
  EXPECT_FALSE(tier.put(entry("larger", tier.max_charge() + 1), 0, Admission::demanded));
}

TEST(MemoryTier, MeasuresLargeByItsBudget) {
  MemoryTier tier(1024 * kMiB, KeyedHash(1));
  EXPECT_TRUE(tier.put(entry("a hundredth", 10 * kMiB), 0));
  EXPECT_FALSE(tier.put(entry("more", 11 * kMiB), 0));
}

TEST(MemoryTier, NeverTakesMoreThanHalfItsBudget) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const std::size_t body = kMaxBodyInside + kChargeUnit;
  const std::uint64_t around = entry("a", body)->charge() - body;
  for (int sight = 0; sight < 3; ++sight) {
    EXPECT_FALSE(tier.put(entry("a", tier.max_charge() - around + kChargeUnit), 0));
  }
  EXPECT_TRUE(tier.put(entry("a", tier.max_charge() - around), 0));
}

TEST(MemoryTier, DropsTheOldResponseWhenTheNewOneIsTooLarge) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("a", 100), 0);
  EXPECT_FALSE(tier.put(entry("a", kMiB), 0));
  EXPECT_FALSE(holds(tier, "a"));
  EXPECT_EQ(tier.bytes(), 0u);
  EXPECT_EQ(tier.entries(), 0u);
}

TEST(MemoryTier, ErasesWhatIsThere) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("a", 100), 0);
  EXPECT_TRUE(tier.erase(key("a")));
  EXPECT_FALSE(tier.erase(key("a")));
  EXPECT_FALSE(holds(tier, "a"));
  EXPECT_EQ(tier.bytes(), 0u);
}

TEST(MemoryTier, KeepsOutWhatWasBornBeforeItsKeyWasErased) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const std::uint64_t before = tier.deletions();
  tier.erase(key("a"));
  EXPECT_FALSE(tier.put(entry("a", 100), before));
  EXPECT_TRUE(tier.put(entry("b", 100), before)) << "another key";
  EXPECT_TRUE(tier.put(entry("a", 100), tier.deletions())) << "born afterwards";
}

TEST(MemoryTier, KeepsOutWhatIsOlderThanTheDeletionsItForgot) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const std::uint64_t before = tier.deletions();
  tier.erase(key("a"));
  for (int i = 0; i < 40'000; ++i) tier.erase(key(std::to_string(i)));
  EXPECT_FALSE(tier.put(entry("a", 100), before));
  EXPECT_TRUE(tier.put(entry("a", 100), tier.deletions()));
}

TEST(MemoryTier, DropsAnEntryOnlyWhileItIsTheOneHeld) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const EntryRef old = entry("a", 100);
  const EntryRef fresh = entry("a", 100);
  tier.put(old, 0);
  tier.put(fresh, 0);
  EXPECT_FALSE(tier.drop(*old));
  EXPECT_TRUE(holds(tier, "a"));
  EXPECT_TRUE(tier.drop(*fresh));
  EXPECT_FALSE(holds(tier, "a"));
}

void use_at_random(MemoryTier& tier, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (int i = 0; i < 4000; ++i) {
    const std::string text = std::to_string(random() % 300);
    const std::uint32_t dice = random() % 8;
    if (dice == 0) tier.erase(key(text));
    if (dice == 1 || dice == 2) tier.put(entry(text, random() % 4000), tier.deletions());
    const EntryRef found = tier.find(key(text), Use::counted);
    if (found && i % 50 == 0) tier.drop(*found);
  }
}

TEST(MemoryTier, KeepsItsCountsWhenManyThreadsUseIt) {
  MemoryTier tier(kMiB / 4, KeyedHash(1));
  std::vector<std::thread> threads;
  for (std::uint32_t seed = 1; seed <= 4; ++seed)
    threads.emplace_back([&tier, seed] { use_at_random(tier, seed); });
  for (std::thread& thread : threads) thread.join();

  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
  for (int i = 0; i < 300; ++i) {
    const EntryRef found = tier.find(key(std::to_string(i)), Use::not_counted);
    if (!found) continue;
    bytes += found->charge();
    ++entries;
  }
  EXPECT_EQ(tier.bytes(), bytes);
  EXPECT_EQ(tier.entries(), entries);
  EXPECT_LE(bytes, tier.budget());
}

// What a stored response costs beyond its key, head and body (storage-and-cluster.md §7, promise 12).
constexpr std::size_t kEntries = 10'000;
constexpr std::uint64_t kMaxOverhead = 200;

http::Response response_of(std::size_t number) {
  http::Response response;
  http::Headers& headers = response.headers;
  headers.add("Date", "Tue, 14 Nov 2023 22:13:20 GMT");
  headers.add("Content-Type", "image/jpeg");
  headers.add("ETag", "\"" + std::to_string(number) + "\"");
  headers.add("Last-Modified", "Mon, 13 Nov 2023 10:00:00 GMT");
  headers.add("Cache-Control", "public, max-age=3600");
  std::string tags = "product-" + std::to_string(number);
  for (int tag = 1; tag < 8; ++tag) tags += ",tag-" + std::to_string(tag);
  headers.add("Cache-Tag", tags);
  return response;
}

EntryRef draft(std::size_t number) {
  EntryHead head;
  head.key = {
      .text = "https://www.example.com/assets/products/" + std::to_string(number) + ".jpg",
      .zone = "z"
  };
  head.url = head.key.text;
  head.response = response_of(number);
  head.request_time = TimePoint(1'700'000'000'000ms);
  head.response_time = head.request_time + 20ms;
  head.facts = policy::facts_of(head.response, head.response_time, policy::Profile::cloudflare);
  const auto body = std::make_shared<StoredBody>();
  body->append(Bytes::copy_of(std::string(100 + number % 1000, 'x')));
  body->complete();
  return Entry::make(std::move(head), body);
}

// Key, head as HTTP/1.1 has it, and body.
std::uint64_t payload(const Entry& entry) {
  std::string hidden;
  http::append_field_lines(hidden, entry.headers());
  const std::string_view status_line = "HTTP/1.1 200 OK\r\n";
  return entry.key_text().size() + status_line.size() + hidden.size() + entry.body_size();
}

class MemoryTierFootprint : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCountsMemory) GTEST_SKIP() << "nothing counts here";
  }
};

TEST_F(MemoryTierFootprint, OfAResponseWithEightTagsIsAtMostTwoHundredBytesBeyondWhatItHolds) {
  const ZonePurges zone("z");
  const KeyedHash hash(1);
  std::uint64_t payloads = 0;
  std::uint64_t charges = 0;
  const std::uint64_t before = bytes_in_use;
  MemoryTier tier(std::uint64_t{1} << 30, hash);
  for (std::size_t i = 0; i < kEntries; ++i) {
    const EntryRef entry = draft(i)->settled(zone, hash);
    ASSERT_EQ(entry->tags().size(), 8u);
    payloads += payload(*entry);
    charges += entry->charge();
    ASSERT_TRUE(tier.put(entry, 0));
  }
  const std::uint64_t used = bytes_in_use - before;
  const double overhead = static_cast<double>(used - payloads) / kEntries;
  RecordProperty("overhead", std::to_string(overhead));
  std::printf(
      "overhead: %.1f bytes a response, %.1f charged\n",
      overhead,
      static_cast<double>(charges - payloads) / kEntries
  );
  EXPECT_LE(overhead, kMaxOverhead);
  EXPECT_GE(charges, used) << "the budget counts all of it";
}

TEST_F(MemoryTierFootprint, OfAnEvictedResponseIsItsGhost) {
  const ZonePurges zone("z");
  const KeyedHash hash(1);
  constexpr std::uint64_t budget = std::uint64_t{1} << 20;
  const std::uint64_t before = bytes_in_use;
  MemoryTier tier(budget, hash);
  for (std::size_t i = 0; i < kEntries; ++i) tier.put(draft(i)->settled(zone, hash), 0);
  EXPECT_GT(tier.evicted(), kEntries / 2);
  // The locks, queues and least tables of empty shards come on top of the budget.
  constexpr std::uint64_t fixed = kIndexShards * std::uint64_t{2048};
  EXPECT_LE(bytes_in_use - before, budget + fixed);
}

TEST_F(MemoryTierFootprint, OfAnEmptiedTierIsNothing) {
  const ZonePurges zone("z");
  const KeyedHash hash(1);
  const std::uint64_t before = bytes_in_use;
  {
    MemoryTier tier(std::uint64_t{1} << 20, hash);
    for (std::size_t i = 0; i < 100; ++i) tier.put(draft(i)->settled(zone, hash), 0);
  }
  EXPECT_EQ(bytes_in_use, before);
}

}  // namespace
}  // namespace festina::cache
