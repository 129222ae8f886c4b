#include "cache/index.h"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>

#include "cache/drafts.h"

namespace festina::cache {
namespace {

policy::CacheKey key_of(const std::string& text, std::string zone = "z") {
  return {.text = text, .zone = std::move(zone)};
}

// Long runs of taken slots, and collisions of a part and of all of it.
std::uint64_t fingerprint_of(std::uint64_t number) { return number % 60 | (number % 3) << 50; }

class IndexShardTest : public testing::Test {
 protected:
  EntryRef entry_of(policy::CacheKey key, std::uint64_t fingerprint = 7) {
    EntryRef entry = ground_.settled(std::move(key));
    entry->fingerprint = fingerprint;
    return entry;
  }
  Ground ground_;
};

TEST_F(IndexShardTest, FindsNothingWhenEmpty) {
  IndexShard index;
  EXPECT_EQ(index.find(7, key_of("a")), nullptr);
  EXPECT_EQ(index.find(*entry_of(key_of("a"))), nullptr);
  EXPECT_EQ(index.take(*entry_of(key_of("a"))), nullptr);
}

TEST_F(IndexShardTest, LetsItsEntriesGo) {
  const EntryRef entry = entry_of(key_of("a"));
  {
    IndexShard index;
    index.put(entry);
    EXPECT_EQ(index.take(*entry_of(key_of("a"))), nullptr) << "another one under its key";
    EXPECT_EQ(index.size(), 1u);
  }
  const EntryRef other = entry_of(key_of("b"));
  IndexShard index;
  index.put(other);
  index.put(entry);
  EXPECT_EQ(index.take(*entry), entry);
  EXPECT_EQ(index.find(7, key_of("b")), other.get());
}

TEST_F(IndexShardTest, GivesBackWhatItReplaces) {
  IndexShard index;
  const EntryRef old = entry_of(key_of("a"));
  const EntryRef fresh = entry_of(key_of("a"));
  EXPECT_EQ(index.put(old), nullptr);
  EXPECT_EQ(index.put(fresh), old);
  EXPECT_EQ(index.find(7, key_of("a")), fresh.get());
  EXPECT_EQ(index.size(), 1u);
}

TEST_F(IndexShardTest, ComparesTheWholeKeyWhenHashesCollide) {
  IndexShard index;
  const EntryRef a = entry_of(key_of("a"));
  const EntryRef b = entry_of(key_of("b"));
  const EntryRef other_zone = entry_of(key_of("a", "y"));
  for (const EntryRef& entry : {a, b, other_zone}) index.put(entry);
  EXPECT_EQ(index.find(7, key_of("a")), a.get());
  EXPECT_EQ(index.find(7, key_of("b")), b.get());
  EXPECT_EQ(index.find(7, key_of("a", "y")), other_zone.get());
  EXPECT_EQ(index.find(7, key_of("c")), nullptr);
  EXPECT_EQ(index.find(*entry_of(key_of("b"))), b.get()) << "by another one under its key";
  EXPECT_EQ(index.take(*a), a);
  EXPECT_EQ(index.find(7, key_of("b")), b.get());
}

TEST_F(IndexShardTest, AgreesWithAMapUnderRandomUse) {
  std::mt19937 random(1);
  IndexShard index;
  std::map<std::string, EntryRef> expected;
  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t number = random() % 400;
    const std::string text = std::to_string(number);
    const std::uint64_t fingerprint = fingerprint_of(number);
    if (random() % 2 == 0) {
      expected[text] = entry_of(key_of(text), fingerprint);
      index.put(expected[text]);
    } else {
      const auto found = expected.find(text);
      const EntryRef there = found == expected.end() ? nullptr : found->second;
      ASSERT_EQ(index.find(fingerprint, key_of(text)), there.get());
      ASSERT_TRUE(!there || index.take(*there) == there);
      expected.erase(text);
    }
    ASSERT_EQ(index.size(), expected.size());
  }
  for (const auto& [text, entry] : expected) {
    EXPECT_EQ(index.find(fingerprint_of(std::stoul(text)), key_of(text)), entry.get());
  }
}

TEST(PlaceOf, SpreadsKeysOverAllShards) {
  std::array<int, kIndexShards> keys{};
  for (int i = 0; i < 100 * static_cast<int>(kIndexShards); ++i) {
    ++keys.at(place_of(KeyedHash(1), std::to_string(i)).shard);
  }
  for (const int count : keys) {
    EXPECT_GT(count, 50);
    EXPECT_LT(count, 150);
  }
}

}  // namespace
}  // namespace festina::cache
