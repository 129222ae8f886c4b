#include "rules/value.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace festina::rules {
namespace {

TEST(Scratch, GivesMemoryUpToItsLimit) {
  Scratch scratch;
  const auto small = scratch.make<char>(100);
  std::ranges::fill(small, 'a');
  const auto large = scratch.make<char>(kMaxScratchBytes / 2);
  ASSERT_EQ(large.size(), kMaxScratchBytes / 2);
  std::ranges::fill(large, 'b');
  EXPECT_TRUE(std::ranges::all_of(small, [](char c) { return c == 'a'; }));
  EXPECT_FALSE(scratch.is_exhausted());
  EXPECT_EQ(scratch.make<char>(kMaxScratchBytes / 2 + 1).size(), 0U);
  EXPECT_TRUE(scratch.is_exhausted());
}

TEST(Scratch, GivesExactlyItsLimitAtOnce) {
  Scratch enough;
  EXPECT_EQ(enough.make<char>(kMaxScratchBytes).size(), kMaxScratchBytes);
  EXPECT_FALSE(enough.is_exhausted());
  Scratch more;
  EXPECT_EQ(more.make<char>(kMaxScratchBytes + 1).size(), 0U);
  EXPECT_TRUE(more.is_exhausted());
}

TEST(Scratch, RefusesACountThatNoSizeHolds) {
  Scratch scratch;
  EXPECT_EQ(scratch.make<Value>(~std::size_t{0} / 8).size(), 0U);
  EXPECT_TRUE(scratch.is_exhausted());
}

TEST(Scratch, MakesMissingValues) {
  Scratch scratch;
  const auto values = scratch.make<Value>(3);
  EXPECT_TRUE(std::ranges::all_of(values, &Value::is_missing));
  EXPECT_EQ(scratch.joined({"a", "", "bc"}), "abc");
}

TEST(Written, IsTheShortForm) {
  char room[kAddressRoom];
  EXPECT_EQ(written(address_bytes("::ffff:192.0.2.1").value_or(AddressBytes{}), room), "192.0.2.1");
  EXPECT_EQ(
      written(address_bytes("2001:0db8:0:0::1").value_or(AddressBytes{}), room), "2001:db8::1"
  );
}

}  // namespace
}  // namespace festina::rules
