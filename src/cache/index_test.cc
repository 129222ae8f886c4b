#include "cache/index.h"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

namespace festina::cache {
namespace {

policy::CacheKey key_of(const std::string& text, std::string zone = "z") {
  return {.text = text, .zone = std::move(zone)};
}

EntryRef entry_of(policy::CacheKey key) {
  EntryHead head;
  head.key = std::move(key);
  return Entry::make(std::move(head), std::make_shared<StoredBody>());
}

TEST(IndexShard, FindsNothingWhenEmpty) {
  IndexShard index;
  EXPECT_EQ(index.find(7, key_of("a")), nullptr);
  EXPECT_EQ(index.take(7, key_of("a")), nullptr);
}

TEST(IndexShard, GivesBackWhatItReplaces) {
  IndexShard index;
  const EntryRef old = entry_of(key_of("a"));
  const EntryRef fresh = entry_of(key_of("a"));
  EXPECT_EQ(index.put(7, old), nullptr);
  EXPECT_EQ(index.put(7, fresh), old);
  EXPECT_EQ(index.find(7, key_of("a")), fresh.get());
  EXPECT_EQ(index.size(), 1u);
}

TEST(IndexShard, ComparesTheWholeKeyWhenHashesCollide) {
  IndexShard index;
  const EntryRef a = entry_of(key_of("a"));
  const EntryRef b = entry_of(key_of("b"));
  const EntryRef other_zone = entry_of(key_of("a", "y"));
  for (const EntryRef& entry : {a, b, other_zone}) index.put(7, entry);
  EXPECT_EQ(index.find(7, key_of("a")), a.get());
  EXPECT_EQ(index.find(7, key_of("b")), b.get());
  EXPECT_EQ(index.find(7, key_of("a", "y")), other_zone.get());
  EXPECT_EQ(index.find(7, key_of("c")), nullptr);
  EXPECT_EQ(index.take(7, key_of("a")), a);
  EXPECT_EQ(index.find(7, key_of("b")), b.get());
}

TEST(IndexShard, AgreesWithAMapUnderRandomUse) {
  std::mt19937 random(1);
  IndexShard index;
  std::map<std::string, EntryRef> expected;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t number = random() % 400;
    const std::string text = std::to_string(number);
    const std::uint64_t fingerprint = number % 60;  // long runs of taken slots, and collisions
    if (random() % 2 == 0) {
      expected[text] = entry_of(key_of(text));
      index.put(fingerprint, expected[text]);
    } else {
      const auto found = expected.find(text);
      const EntryRef there = found == expected.end() ? nullptr : found->second;
      ASSERT_EQ(index.find(fingerprint, key_of(text)), there.get());
      ASSERT_EQ(index.take(fingerprint, key_of(text)), there);
      expected.erase(text);
    }
    ASSERT_EQ(index.size(), expected.size());
  }
  for (const auto& [text, entry] : expected) {
    EXPECT_EQ(index.find(std::stoull(text) % 60, key_of(text)), entry.get());
  }
}

TEST(PlaceOf, SpreadsKeysOverAllShards) {
  std::array<int, kIndexShards> keys{};
  for (int i = 0; i < 6400; ++i) {
    ++keys.at(place_of(KeyedHash(1), key_of(std::to_string(i))).shard);
  }
  for (const int count : keys) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 150);
  }
}

}  // namespace
}  // namespace festina::cache
