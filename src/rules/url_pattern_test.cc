#include "rules/url_pattern.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

bool matches(std::string_view pattern, std::string_view url) {
  return UrlPattern::parse(pattern).value().matches(http::parse_url(url).value());
}

TEST(UrlPattern, MatchesAsTheServiceDoes) {  // reference §8.1
  const struct {
    const char* pattern;
    const char* url;
    bool fits;
  } cases[] = {
      {"example.com/foo/*", "http://example.com/foo/", true},
      {"example.com/foo/*", "http://example.com/foo/bar", true},
      {"example.com/foo/*", "http://example.com/foo", false},
      {"example.com/foo*", "http://example.com/foo", true},
      {"example.com/foo*", "http://example.com/foobar", true},
      {"example.com/foo*", "http://example.com/foo/bar?x=1", true},
      {"*example.com/*", "http://example.com/", true},
      {"*example.com/*", "https://a.b.example.com/x", true},
      {"*example.com/*", "http://notexample.com/x", true},
      {"*.example.com/*", "http://www.example.com/x", true},
      {"*.example.com/*", "http://example.com/x", false},
      {"https://example.com/a", "https://example.com/a", true},
      {"https://example.com/a", "http://example.com/a", false},
      {"https://example.com/a", "https://example.com/a?x=1", false},
      {"example.com/*.jpg", "http://example.com/a/b.jpg", true},
      {"example.com/*.jpg", "http://example.com/a.jpg?x=1", false},
      {"example.com", "http://example.com/", true},
      {"example.com", "http://example.com/a", false},
      {"example.com/A*", "http://example.com/aB", true},
      {"example.com/*?x=*", "http://example.com/a?x=1", true},
      {"example.com/a*b*c", "http://example.com/abxbyc", true},
      {"example.com/a*b*c", "http://example.com/abxbyd", false},
      {"example.com/*", "http://example.com:8787/a", true},
      {"example.com:8443/*", "https://example.com:8443/a", true},
      {"example.com:8443/*", "https://example.com/a", false},
      {"example.com:443/*", "https://example.com/a", true},
      {"http://[::1]/*", "http://[::1]:8787/a", true},
  };
  for (const auto& c : cases)
    EXPECT_EQ(matches(c.pattern, c.url), c.fits) << c.pattern << " " << c.url;
}

TEST(UrlPattern, HasLimits) {  // reference §8.1
  EXPECT_TRUE(UrlPattern::parse("*a*b*c*"));
  const auto too_many = UrlPattern::parse("*a*b*c*d*");
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, ErrorCode::too_large);
  EXPECT_TRUE(UrlPattern::parse(std::string(kMaxPatternBytes, 'a')));
  EXPECT_FALSE(UrlPattern::parse(std::string(kMaxPatternBytes + 1, 'a')));
}

TEST(UrlPattern, BeginsWithAHost) {
  for (const std::string_view text : {"", "/a", "https://", "https:///a", "?x"})
    EXPECT_FALSE(UrlPattern::parse(text)) << text;
}

TEST(UrlPattern, GivesItsTextBack) {
  EXPECT_EQ(UrlPattern::parse("Example.com").value().text(), "Example.com");
}

}  // namespace
}  // namespace festina::rules
