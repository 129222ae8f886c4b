#include "rules/regex.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::rules {
namespace {

TEST(Regex, FindsBytesAnywhere) {  // reference §7.2
  const struct {
    const char* pattern;
    std::string_view text;
    bool expected;
    const char* why;
  } cases[] = {
      {"b", "abc", true, "unanchored"},
      {"^b", "abc", false, ""},
      {"B", "abc", false, "case matters"},
      {"(?i)B", "abc", true, "unless told"},
      {"a.c", "a\nc", false, "no newline"},
      {"^...$", "a\xc3\xa4", true, "bytes, not characters"},
      {R"(\w)", "\xe4", false, "ASCII"},
      {R"(\xe4)", "\xe4", true, "a byte"},
      {"a$", "a\n", false, "the very end"},
      {"", "", true, ""},
      {R"(\x00)", std::string_view("\0", 1), true, ""},
  };
  for (const auto& c : cases)
    EXPECT_EQ(Regex::compile(c.pattern).value().matches(c.text), c.expected) << c.pattern << c.why;
}

TEST(Regex, TellsItsGroups) {
  const Regex regex = Regex::compile("(a)(x)?(b)").value();
  ASSERT_EQ(regex.groups(), 3U);
  std::array<std::string_view, kMaxRegexGroups + 1> found;
  ASSERT_TRUE(regex.find("-ab-ab", found));
  EXPECT_EQ(found[0], "ab");
  EXPECT_EQ(found[1], "a");
  EXPECT_EQ(found[2], "");
  EXPECT_EQ(found[3], "b");
  EXPECT_FALSE(regex.find("a", found));
}

TEST(Regex, TellsNoMoreGroupsThanItsLimit) {
  std::string pattern;
  for (std::size_t i = 0; i < kMaxRegexGroups; ++i) pattern += "(a)";
  EXPECT_EQ(Regex::compile(pattern).value().groups(), kMaxRegexGroups);
  EXPECT_EQ(Regex::compile(pattern + "(a)").value().groups(), kMaxRegexGroups);
}

TEST(Regex, RefusesWhatIsNone) {
  EXPECT_EQ(Regex::compile("(").error().code, ErrorCode::malformed);
  EXPECT_EQ(Regex::compile("(?=a)").error().code, ErrorCode::malformed) << "no look-around";
  EXPECT_EQ(Regex::compile(R"((a)\1)").error().code, ErrorCode::malformed) << "no references";
}

TEST(Regex, LimitsItsMemory) {
  const std::string large = "(abcdefghij){1000}";
  EXPECT_TRUE(Regex::compile(large));
  std::string too_large;
  for (int i = 0; i < 10; ++i) too_large += large;
  const auto refused = Regex::compile(too_large);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST(Regex, TakesLinearTimeOnHostilePatterns) {
  const std::string text(std::size_t{100} * 1024, 'a');
  EXPECT_FALSE(Regex::compile("^(a+)+$b").value().matches(text));
  EXPECT_FALSE(Regex::compile("(a|a)*c$").value().matches(text));
}

}  // namespace
}  // namespace festina::rules
