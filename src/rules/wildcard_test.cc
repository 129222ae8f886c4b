#include "rules/wildcard.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using ::testing::ElementsAre;

bool matches(std::string_view pattern, std::string_view text, LetterCase letter_case) {
  return Wildcard::parse(pattern, letter_case).value().matches(text);
}

TEST(Wildcard, MatchesTheWholeText) {  // reference §7.2
  const struct {
    const char* pattern;
    const char* text;
    bool expected;
  } cases[] = {
      {"https://example.com/a/*", "https://example.com/a/", true},
      {"https://example.com/a/*", "https://example.com/a/sub/?x", true},
      {"https://example.com/a/*", "https://example.com/ab/", false},
      {"https://example.com/a/*", "https://sub.example.com/a/", false},
      {"*.example.com/*/page.html", "sub.example.com/f/page.html", true},
      {"*.example.com/*/page.html", "example.com/f/page.html", false},
      {"*.example.com/*/page.html", "sub.example.com/f/page.html?s=1", false},
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"a", "a", true},
      {"a", "b", false},
      {"a?c", "abc", false},
      {"a?c", "a?c", true},
      {"a*a", "a", false},
      {"a*a", "aa", true},
      {"*aab*", "aaab", true},
      {"*abab*", "abaabab", true},
      {"*abac*x", "ababacx", true},
      {"*aa*aa*", "aaa", false},
      {"*aa*aa*", "aaaa", true},
      {R"(a\*b)", "a*b", true},
      {R"(a\*b)", "axb", false},
      {R"(a\\*)", R"(a\x)", true},
      {R"(\**)", "*a", true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(matches(c.pattern, c.text, LetterCase::matters), c.expected)
        << c.pattern << " " << c.text;
    EXPECT_EQ(matches(c.pattern, c.text, LetterCase::ignored), c.expected)
        << c.pattern << " " << c.text;
  }
  EXPECT_TRUE(matches("/AdminTeam/*x*", "/adminteam/X", LetterCase::ignored));
  EXPECT_FALSE(matches("/AdminTeam/*", "/adminteam/x", LetterCase::matters));
}

TEST(Wildcard, TellsWhatStarsStandFor) {
  const Wildcard wildcard = Wildcard::parse("*a*b*", LetterCase::matters).value();
  std::array<std::string_view, 3> found;
  ASSERT_TRUE(wildcard.matches("xaab-b", found));
  EXPECT_THAT(found, ElementsAre("x", "a", "-b")) << "as little as possible";
}

TEST(Wildcard, RefusesWhatIsNone) {
  const auto why = [](std::string_view pattern) {
    return Wildcard::parse(pattern, LetterCase::ignored).error().detail;
  };
  EXPECT_EQ(why("a**"), "wildcard contains a double star");
  EXPECT_EQ(why(R"(\***)"), "wildcard contains a double star");
  EXPECT_EQ(why(R"(a\b)"), "invalid wildcard: expected * or \\ after \\");
  EXPECT_EQ(why(R"(a\)"), "invalid wildcard: expected * or \\ after \\");
}

TEST(Wildcard, LimitsTheStars) {
  std::string pattern;
  for (std::size_t i = 0; i < kMaxStars; ++i) pattern += "a*";
  EXPECT_EQ(Wildcard::parse(pattern, LetterCase::ignored).value().stars(), kMaxStars);
  const auto refused = Wildcard::parse("*" + pattern, LetterCase::ignored);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST(Wildcard, CoversWhatMatchesLess) {
  const auto covers = [](std::string_view a, std::string_view b, LetterCase of_a, LetterCase of_b) {
    return Wildcard::parse(a, of_a).value().covers(Wildcard::parse(b, of_b).value());
  };
  const struct {
    std::string_view a;
    std::string_view b;
    bool covers;
    const char* why;
  } cases[] = {
      {"*", "a*b*c", true, ""},
      {"a*", "a", true, "a star may be nothing"},
      {"a*", "ab*c", true, ""},
      {"a*c", "ab*c", true, ""},
      {"a*c*", "abc*c", true, ""},
      {"a*", "*a", false, ""},
      {"a", "a*", false, ""},
      {"a*b", "a*", false, "the other's star need not end so"},
      {"*a*", "*", false, ""},
      {"A*", "ab", true, "case is ignored"},
      {"a\\*", "a*", false, "a star that stands for itself"},
      {"a*", "a\\*", true, ""},
      {std::string_view("a\0b", 3), "a*b", false, "the byte that stands for a star"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(covers(c.a, c.b, LetterCase::ignored, LetterCase::ignored), c.covers)
        << c.a << " " << c.b << " " << c.why;
  }
  EXPECT_FALSE(covers("A*", "ab", LetterCase::matters, LetterCase::matters));
  EXPECT_FALSE(covers("a*", "ab", LetterCase::matters, LetterCase::ignored));
  EXPECT_TRUE(covers("a*", "ab", LetterCase::ignored, LetterCase::matters));
}

}  // namespace
}  // namespace festina::rules
