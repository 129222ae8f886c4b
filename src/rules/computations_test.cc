// What rules compute is in tests/golden/expressions.txt; here are the corners and the limits of it.
#include "rules/computations.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "rules/functions.h"

namespace festina::rules {
namespace {

Value text(std::string_view text) { return {text}; }
Value number(std::int64_t number) { return {number}; }

std::string computed(Computation* computation, const std::vector<Value>& arguments) {
  Scratch scratch;
  const Value given = computation({}, arguments, scratch);
  return given.is_missing() ? "missing" : std::string(given.text());
}

std::size_t parts_of(std::string_view whole, std::int64_t limit) {
  Scratch scratch;
  const std::vector<Value> arguments = {text(whole), text(","), number(limit)};
  return split_parts({}, arguments, scratch).list().count;
}

TEST(Computations, DecodeUrlsSoManyTimesAtMost) {
  std::string encoded = "%41";
  for (std::size_t i = 1; i < kMaxUrlDecodings; ++i) encoded.insert(1, "25");
  EXPECT_EQ(computed(url_decode, {text(encoded), text("r")}), "A");
  encoded.insert(1, "25");
  EXPECT_EQ(computed(url_decode, {text(encoded), text("r")}), "%41") << "once more than that";
}

TEST(Computations, SplitIntoSoManyPartsAtMost) {
  const std::string many(static_cast<std::size_t>(kMaxSplit) * 2, ',');
  EXPECT_EQ(parts_of(many, kMaxSplit), 128U);
  EXPECT_EQ(parts_of(many, 1), 1U);
  EXPECT_EQ(parts_of("", 3), 1U) << "of nothing, one that is empty";
  EXPECT_EQ(parts_of("a,b", 3), 2U);
}

TEST(Computations, CutTextsWithinTheirBounds) {  // reference §7.4
  constexpr std::int64_t most = 9223372036854775807;
  EXPECT_EQ(computed(substring, {text("abc"), number(1)}), "bc");
  EXPECT_EQ(computed(substring, {text("abc"), number(-2), number(-1)}), "b");
  EXPECT_EQ(computed(substring, {text("abc"), number(3)}), "");
  EXPECT_EQ(computed(substring, {text("abc"), number(-most - 1), number(most)}), "abc");
  EXPECT_EQ(computed(substring, {text("abc"), number(2), number(1)}), "");
}

TEST(Computations, TakeParametersOutOfAQuery) {
  EXPECT_EQ(computed(remove_query_args, {text("a=1&b=2&a&c"), text("a")}), "b=2&c");
  EXPECT_EQ(computed(remove_query_args, {text("a=1"), text("a")}), "");
  EXPECT_EQ(computed(remove_query_args, {text("A=1&ab=2"), text("a")}), "A=1&ab=2");
  EXPECT_EQ(computed(remove_query_args, {text(""), text("a")}), "");
}

TEST(Computations, WriteWhatIsNoText) {
  constexpr std::int64_t least = -9223372036854775807 - 1;
  EXPECT_EQ(computed(to_string, {number(least)}), "-9223372036854775808");
  EXPECT_EQ(computed(to_string, {Value{false}}), "false");
  EXPECT_EQ(
      computed(to_string, {Value{address_bytes("2001:db8::1").value_or(AddressBytes{})}}),
      "2001:db8::1"
  );
  EXPECT_EQ(computed(concat, {text("a"), Value{}, number(7)}), "a7") << "missing is empty";
}

}  // namespace
}  // namespace festina::rules
