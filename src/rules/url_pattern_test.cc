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

TEST(UrlPattern, TellsItsParts) {
  const struct {
    std::string_view text;
    std::string_view host;
    std::string_view path;
  } cases[] = {
      {"example.com", "example.com", "/"},
      {"example.com/", "example.com", "/"},
      {"https://example.com:8443/a?b", "example.com", "/a?b"},
      {"*.example.com/*", "*.example.com", "/*"},
      {"example.com*", "example.com*", ""},
      {"[::1]:80/a", "[::1]", "/a"},
  };
  for (const auto& c : cases) {
    const UrlPattern pattern = UrlPattern::parse(c.text).value();
    EXPECT_EQ(pattern.host(), c.host) << c.text;
    EXPECT_EQ(pattern.path(), c.path) << c.text;
  }
}

TEST(UrlPattern, CoversWhatMatchesLess) {
  const auto covers = [](std::string_view a, std::string_view b) {
    return UrlPattern::parse(a).value().covers(UrlPattern::parse(b).value());
  };
  EXPECT_TRUE(covers("example.com/*", "https://example.com:8443/a/*"));
  EXPECT_TRUE(covers("https://example.com/*", "https://example.com/a"));
  EXPECT_FALSE(covers("https://example.com/*", "http://example.com/a"));
  EXPECT_FALSE(covers("https://example.com/*", "example.com/a"));
  EXPECT_FALSE(covers("example.com:80/*", "example.com/a"));
  EXPECT_FALSE(covers("example.com/a/b", "example.com:*/a/b")) << "the star may be a path";
  EXPECT_FALSE(covers("example.com/", "*://example.com/")) << "the star may be a host";
}

}  // namespace
}  // namespace festina::rules
