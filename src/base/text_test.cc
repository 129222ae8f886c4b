#include "base/text.h"

#include <gtest/gtest.h>

namespace festina {
namespace {

using namespace std::string_view_literals;
using Parts = std::vector<std::string_view>;

TEST(Lower, ChangesAsciiLettersOnly) {
  EXPECT_EQ(lower("Content-TYPE 09 @[`{"), "content-type 09 @[`{");
  EXPECT_EQ(lower("\xC3\x84"), "\xC3\x84");
}

TEST(EqualIgnoringCase, ComparesWholeTexts) {
  EXPECT_TRUE(equal_ignoring_case("ETag", "etag"));
  EXPECT_TRUE(equal_ignoring_case("", ""));
  EXPECT_FALSE(equal_ignoring_case("etag", "etags"));
  EXPECT_FALSE(equal_ignoring_case("a@", "a`"));
}

TEST(StartsWithIgnoringCase, ComparesThePrefix) {
  EXPECT_TRUE(starts_with_ignoring_case("Basic abc", "basic "));
  EXPECT_TRUE(starts_with_ignoring_case("x", ""));
  EXPECT_FALSE(starts_with_ignoring_case("bas", "basic"));
}

TEST(ContainsIgnoringCase, FindsThePartAnywhere) {
  EXPECT_TRUE(contains_ignoring_case("Mozilla/5.0 MOBILE", "mobile"));
  EXPECT_TRUE(contains_ignoring_case("x", ""));
  EXPECT_FALSE(contains_ignoring_case("mobil", "mobile"));
}

TEST(Trimmed, DropsSpacesAndTabsAtBothEnds) {
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed("\r\nx"), "\r\nx");
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b,", ','), (Parts{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), Parts{""});
  EXPECT_EQ(split("one", ','), Parts{"one"});
}

TEST(SplitOnce, CutsAtTheFirstSeparator) {
  const Halves halves = split_once("a=b=c", '=').value_or(Halves{});
  EXPECT_EQ(halves.before, "a");
  EXPECT_EQ(halves.after, "b=c");
  EXPECT_FALSE(split_once("abc", '='));
}

struct NumberCase {
  std::string_view text;
  std::optional<std::uint64_t> value;
  const char* why;
};

TEST(ParseDecimal, TakesDigitsOnly) {
  const NumberCase cases[] = {
      {"0", 0, "zero"},
      {"007", 7, "leading zeros"},
      {"18446744073709551615", 18446744073709551615U, "the greatest"},
      {"18446744073709551616", std::nullopt, "one past the greatest"},
      {"", std::nullopt, "no digit"},
      {"-1", std::nullopt, "a sign"},
      {"+1", std::nullopt, "a sign"},
      {" 1", std::nullopt, "a space in front"},
      {"1 ", std::nullopt, "a space behind"},
      {"1\0"sv, std::nullopt, "a zero byte"},
      {"0x1", std::nullopt, "a prefix"},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_decimal(c.text), c.value) << c.why;
}

TEST(ParseHex, TakesHexDigitsOnly) {
  const NumberCase cases[] = {
      {"ff", 255, "lower case"},
      {"FF", 255, "upper case"},
      {"ffffffffffffffff", 18446744073709551615U, "the greatest"},
      {"10000000000000000", std::nullopt, "one past the greatest"},
      {"0x1", std::nullopt, "a prefix"},
      {"g", std::nullopt, "no hex digit"},
      {"-f", std::nullopt, "a sign"},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_hex(c.text), c.value) << c.why;
}

TEST(ToHex, FillsUpWithZerosAndKeepsTheLowDigits) {
  EXPECT_EQ(to_hex(std::uint64_t{0xABC}, 6), "000abc");
  EXPECT_EQ(to_hex(std::uint64_t{0x12345}, 4), "2345");
  EXPECT_EQ(to_hex(std::uint64_t{0}, 0), "");
}

TEST(ToHex, WritesTwoDigitsPerByte) { EXPECT_EQ(to_hex("\x00\x0f\xff"sv), "000fff"); }

TEST(Lists, HaveCommasBetweenTheirMembers) {
  std::string list;
  append_member(list, "a");
  EXPECT_EQ(list, "a");
  append_member(list, "b");
  EXPECT_EQ(list, "a, b");
}

TEST(Lists, HaveAWordBeforeTheLast) {
  const auto all = [](const std::vector<std::string>& words) { return listed(words, "and"); };
  EXPECT_EQ(all({}), "");
  EXPECT_EQ(all({"a"}), "a");
  EXPECT_EQ(all({"a", "b"}), "a and b");
  EXPECT_EQ(all({"a", "b", "c"}), "a, b and c");
}

TEST(Lists, OfAlternativesAreInQuotes) {
  EXPECT_EQ(either_of(Parts{"on"}), "\"on\"");
  EXPECT_EQ(either_of(Parts{"on", "off", "auto"}), "\"on\", \"off\" or \"auto\"");
}

TEST(Nearest, FindsAMisspellingAndNothingElse) {
  const Parts known = {"listen", "origin", "zones", "host"};
  struct Case {
    std::string_view word;
    std::optional<std::string_view> found;
    const char* why;
  };
  const Case cases[] = {
      {"lsiten", "listen", "two letters exchanged"},
      {"orign", "origin", "a letter missing"},
      {"Zone", "zones", "case does not count"},
      {"hots", "host", "two neighbours exchanged are one slip"},
      {"hats", std::nullopt, "two slips in four letters"},
      {"telemetry", std::nullopt, "another word"},
      {"", std::nullopt, "no word"},
  };
  for (const auto& c : cases) EXPECT_EQ(nearest(c.word, known), c.found) << c.why;
  EXPECT_FALSE(nearest("host", {}));
}

}  // namespace
}  // namespace festina
