#include "cache/memory_tier.h"

#include <gtest/gtest.h>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace festina::cache {
namespace {

using Use = MemoryTier::Use;
constexpr std::uint64_t kMiB = 1024UL * 1024;

policy::CacheKey key(const std::string& text) { return {.text = text, .zone = "z"}; }

EntryRef entry(const std::string& text, std::size_t size, std::uint64_t deletions = 0) {
  EntryHead head;
  head.key = key(text);
  head.born = {.sequence = 0, .deletions = deletions};
  const auto body = std::make_shared<StoredBody>();
  if (size > 0) body->append(Bytes::from(std::string(size, 'x')));
  body->complete();
  return Entry::make(std::move(head), body);
}

bool holds(const MemoryTier& tier, const std::string& text) {
  return tier.find(key(text), Use::not_counted) != nullptr;
}

TEST(MemoryTier, FindsWhatWasPut) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const EntryRef a = entry("a", 100);
  EXPECT_TRUE(tier.put(a));
  EXPECT_EQ(tier.find(key("a"), Use::counted), a);
  EXPECT_EQ(tier.find(key("b"), Use::counted), nullptr);
  EXPECT_EQ(tier.entries(), 1u);
  EXPECT_EQ(tier.bytes(), a->charge());
}

TEST(MemoryTier, CountsUsesUpToThree) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const EntryRef a = entry("a", 100);
  tier.put(a);
  tier.find(key("a"), Use::not_counted);
  EXPECT_EQ(a->frequency, 0);
  for (int i = 0; i < 5; ++i) tier.find(key("a"), Use::counted);
  EXPECT_EQ(a->frequency, 3);
}

TEST(MemoryTier, ReplacesUnderTheSameKey) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("a", 100));
  const EntryRef fresh = entry("a", 5000);
  EXPECT_TRUE(tier.put(fresh));
  EXPECT_EQ(tier.find(key("a"), Use::counted), fresh);
  EXPECT_EQ(tier.entries(), 1u);
  EXPECT_EQ(tier.bytes(), fresh->charge());
}

TEST(MemoryTier, StaysWithinItsBudget) {
  MemoryTier tier(kMiB, KeyedHash(1));
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    tier.put(entry(std::to_string(i), random() % 8000));
    ASSERT_LE(tier.bytes(), kMiB);
  }
  EXPECT_GT(tier.bytes(), kMiB * 9 / 10);
  EXPECT_EQ(tier.evicted() + tier.entries(), 5000u);
}

TEST(MemoryTier, KeepsWhatIsUsedThroughAScan) {
  MemoryTier tier(kMiB, KeyedHash(1));
  for (int i = 0; i < 20; ++i) tier.put(entry("used" + std::to_string(i), 1000));
  for (int i = 0; i < 20'000; ++i) {
    tier.put(entry("scan" + std::to_string(i), 1000));
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
  tier.put(entry("pinned", 10'000));
  const EntryRef pinned = tier.find(key("pinned"), Use::counted);
  for (int i = 0; i < 1000; ++i) tier.put(entry(std::to_string(i), 10'000));
  EXPECT_FALSE(holds(tier, "pinned"));
  EXPECT_EQ(pinned->open().whole.view(), std::string(10'000, 'x'));
}

TEST(MemoryTier, TakesALargeResponseOnSecondSight) {
  MemoryTier tier(64 * kMiB, KeyedHash(1));
  EXPECT_TRUE(tier.put(entry("small", kAlwaysAdmitted - 2048)));
  EXPECT_FALSE(tier.put(entry("large", kAlwaysAdmitted)));
  EXPECT_FALSE(holds(tier, "large"));
  EXPECT_TRUE(tier.put(entry("large", kAlwaysAdmitted)));
  EXPECT_TRUE(holds(tier, "large"));
  EXPECT_TRUE(tier.put(entry("large", kAlwaysAdmitted))) << "what is held is known";
}

TEST(MemoryTier, MeasuresLargeByItsBudget) {
  MemoryTier tier(1024 * kMiB, KeyedHash(1));
  EXPECT_TRUE(tier.put(entry("a thousandth", kMiB)));
  EXPECT_FALSE(tier.put(entry("more", 2 * kMiB)));
}

TEST(MemoryTier, NeverTakesMoreThanHalfItsBudget) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const std::uint64_t around = entry("a", 1)->charge() - 1;
  for (int sight = 0; sight < 3; ++sight) {
    EXPECT_FALSE(tier.put(entry("a", tier.max_charge() - around + 1)));
  }
  EXPECT_TRUE(tier.put(entry("a", tier.max_charge() - around)));
}

TEST(MemoryTier, DropsTheOldResponseWhenTheNewOneIsTooLarge) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("a", 100));
  EXPECT_FALSE(tier.put(entry("a", kMiB)));
  EXPECT_FALSE(holds(tier, "a"));
  EXPECT_EQ(tier.bytes(), 0u);
  EXPECT_EQ(tier.entries(), 0u);
}

TEST(MemoryTier, ErasesWhatIsThere) {
  MemoryTier tier(kMiB, KeyedHash(1));
  tier.put(entry("a", 100));
  EXPECT_TRUE(tier.erase(key("a")));
  EXPECT_FALSE(tier.erase(key("a")));
  EXPECT_FALSE(holds(tier, "a"));
  EXPECT_EQ(tier.bytes(), 0u);
}

TEST(MemoryTier, KeepsOutWhatWasBornBeforeItsKeyWasErased) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const std::uint64_t before = tier.deletions();
  tier.erase(key("a"));
  EXPECT_FALSE(tier.put(entry("a", 100, before)));
  EXPECT_TRUE(tier.put(entry("b", 100, before))) << "another key";
  EXPECT_TRUE(tier.put(entry("a", 100, tier.deletions()))) << "born afterwards";
}

TEST(MemoryTier, KeepsOutWhatIsOlderThanTheDeletionsItForgot) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const std::uint64_t before = tier.deletions();
  tier.erase(key("a"));
  for (int i = 0; i < 40'000; ++i) tier.erase(key(std::to_string(i)));
  EXPECT_FALSE(tier.put(entry("a", 100, before)));
  EXPECT_TRUE(tier.put(entry("a", 100, tier.deletions())));
}

TEST(MemoryTier, DropsAnEntryOnlyWhileItIsTheOneHeld) {
  MemoryTier tier(kMiB, KeyedHash(1));
  const EntryRef old = entry("a", 100);
  const EntryRef fresh = entry("a", 100);
  tier.put(old);
  tier.put(fresh);
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
    if (dice == 1 || dice == 2) tier.put(entry(text, random() % 4000, tier.deletions()));
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

}  // namespace
}  // namespace festina::cache
