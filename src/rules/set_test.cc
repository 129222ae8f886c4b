#include "rules/set.h"

#include <gtest/gtest.h>
#include <stdexcept>

namespace festina::rules {
namespace {

AddressBytes address(std::string_view text) {
  const auto bytes = address_bytes(text);
  if (!bytes) throw std::logic_error("no address: " + std::string(text));
  return *bytes;
}

TEST(IntegerSet, HoldsRangesWithTheirEnds) {
  const IntegerSet set({{8, 10}, {1, 1}, {9, 12}, {20, 30}, {21, 22}});
  for (const int inside : {1, 8, 10, 11, 12, 20, 25, 30}) EXPECT_TRUE(set.has(inside)) << inside;
  for (const int outside : {0, 2, 7, 13, 19, 31}) EXPECT_FALSE(set.has(outside)) << outside;
  EXPECT_FALSE(IntegerSet({}).has(0));
}

TEST(AddressSet, KeepsTheFamiliesApart) {
  const AddressSet set({
      {address("10.0.0.0"), address("10.255.255.255")},
      {address("::"), address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")},
  });
  EXPECT_TRUE(set.has(address("10.1.2.3")));
  EXPECT_FALSE(set.has(address("11.0.0.0"))) << "::/0 holds no IPv4";
  EXPECT_TRUE(set.has(address("2001:db8::1")));
  EXPECT_FALSE(AddressSet({{address("0.0.0.0"), address("255.255.255.255")}}).has(address("::1")));
}

TEST(TextSet, HoldsWholeTexts) {
  const TextSet set({"b", "a", std::string("\0c", 2), "b"});
  EXPECT_TRUE(set.has("a"));
  EXPECT_TRUE(set.has("b"));
  EXPECT_TRUE(set.has(std::string_view("\0c", 2)));
  EXPECT_FALSE(set.has("ab"));
  EXPECT_FALSE(set.has(""));
}

}  // namespace
}  // namespace festina::rules
