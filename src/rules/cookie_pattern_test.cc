#include "rules/cookie_pattern.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

bool matches(std::string_view pattern, std::string_view cookies) {
  http::Headers headers;
  headers.add("Cookie", cookies);
  return CookiePattern::parse(pattern).value().matches(headers);
}

TEST(CookiePattern, FindsCookies) {  // reference §8.2
  const struct {
    const char* pattern;
    const char* cookies;
    bool found;
    const char* why;
  } cases[] = {
      {"bypass=.*|PHPSESSID=.*", "a=1; PHPSESSID=x", true, "the second alternative"},
      {"bypass=.*|PHPSESSID=.*", "bypass=1", true, "the first"},
      {"bypass=.*|PHPSESSID=.*", "phpsessid=x", false, "with case"},
      {"wp-.*=1", "wp-login=1", true, "any text between"},
      {"wp-.*=1", "=1; wp-login=0", false, "in this order"},
      {"a=1", "b=2; a=10", true, "anywhere, and more may follow"},
      {"a.b", "axb=1", false, "a dot stands for itself"},
      {".*_session", "my_session=1", true, "it may begin with a wildcard"},
  };
  for (const auto& c : cases) EXPECT_EQ(matches(c.pattern, c.cookies), c.found) << c.why;
  EXPECT_FALSE(CookiePattern::parse("a").value().matches({})) << "no cookie at all";
}

TEST(CookiePattern, HasLimits) {  // reference §8.2
  EXPECT_TRUE(CookiePattern::parse(std::string(kMaxCookiePatternBytes, 'a')));
  const auto too_long = CookiePattern::parse(std::string(kMaxCookiePatternBytes + 1, 'a'));
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, ErrorCode::too_large);
  std::string wildcards = "a.*";
  for (std::size_t i = 1; i < kMaxCookieWildcards; ++i) wildcards += "|a.*";
  EXPECT_TRUE(CookiePattern::parse(wildcards));
  EXPECT_FALSE(CookiePattern::parse(wildcards + "|a.*"));
}

TEST(CookiePattern, RefusesWhatItIsNot) {
  for (const std::string_view text : {"", "a||b", "|a", "a|", "a*", ".*", "a.*b.*", "a|.*"}) {
    const auto parsed = CookiePattern::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::malformed) << text;
  }
}

}  // namespace
}  // namespace festina::rules
