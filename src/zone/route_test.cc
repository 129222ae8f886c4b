#include "zone/route.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace festina::zone {
namespace {

TEST(RoutePattern, MatchesHostAndWholeTarget) {
  const struct {
    std::string_view pattern;
    std::string_view url;
    bool matches;
    std::string_view why;
  } cases[] = {
      {"example.com/api", "http://example.com/api", true, "plain"},
      {"example.com/api", "https://example.com/api", true, "no scheme means both"},
      {"https://example.com/api", "http://example.com/api", false, "a scheme means that one"},
      {"HTTPS://example.com/api", "https://example.com/api", true, "schemes have no case"},
      {"example.com", "http://example.com/", true, "no path means /"},
      {"example.com", "http://example.com/a", false, "and nothing below it"},
      {"Example.COM/api", "http://example.com/api", true, "hosts have no case"},
      {"example.com/API", "http://example.com/api", false, "paths have case"},
      {"example.com/api", "http://example.com/api/x", false, "no star, no suffix"},
      {"example.com/api",
       "http://example.com/api?a=b",
       false,
       "the query is part of what is matched"},
      {"example.com/api*", "http://example.com/api?a=b", true, "a star covers the query"},
      {"example.com/api*", "http://example.com/apix/y", true, "a star is any text, not a segment"},
      {"example.com/api/*", "http://example.com/api", false, "the slash is part of the prefix"},
      {"example.com/api/*", "http://example.com/api/", true, "a star may be empty"},
      {"example.com/*", "http://www.example.com/", false, "no star, no other host"},
      {"*example.com/*", "http://example.com/", true, "a star may be empty"},
      {"*example.com/*", "http://www.example.com/", true, "and any host below"},
      {"*.example.com/*", "http://www.example.com/", true, "a host below"},
      {"*.example.com/*", "http://example.com/", false, "the dot is part of the suffix"},
      {"*-dev.example.com/*",
       "http://shop-dev.example.com/",
       true,
       "a star is any text, not a label"},
      {"example.com/*", "http://example.com:8787/", true, "every port"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(route_matches(c.pattern, *http::parse_url(c.url)), c.matches)
        << c.pattern << " on " << c.url << ": " << c.why;
  }
}

TEST(RoutePattern, RefusesWhatWorkersRefuse) {
  const struct {
    std::string_view pattern;
    std::string_view reason;
  } cases[] = {
      {"", "it names no host"},
      {"*", "it names no host"},
      {"*./x", "it names no host"},
      {"/api/*", "it names no host"},
      {"ftp://example.com/", "its scheme is neither http nor https"},
      {"example.com/?a=*", "a route has no query"},
      {"www.*.com/", "\"*\" stands only at the front of the host"},
      {"example.com/*.jpg", "\"*\" stands only at the end of the path"},
      {"example.com:8787/*", "a route has no port, it matches on every one"},
      {"exam ple.com/*", "it names no valid host"},
      {"example..com/*", "it names no valid host"},
  };
  for (const auto& c : cases) {
    const auto checked = check_route_pattern(c.pattern);
    ASSERT_FALSE(checked) << c.pattern;
    EXPECT_EQ(checked.error(), (Error{ErrorCode::malformed, Side::client, std::string(c.reason)}));
    EXPECT_FALSE(route_matches(c.pattern, *http::parse_url("http://example.com/"))) << c.pattern;
  }
}

TEST(RoutePattern, NamesItsHostWithoutTheWildcard) {
  EXPECT_EQ(parse_route_pattern("*.example.com/*")->host_name(), "example.com");
  EXPECT_EQ(parse_route_pattern("*example.com/*")->host_name(), "example.com");
  EXPECT_EQ(parse_route_pattern("http://a.example.com")->host_name(), "a.example.com");
}

TEST(RoutePattern, OrdersTheMoreSpecificFirst) {
  const std::vector<std::string_view> in_order = {
      "www.example.com/images/cat.png",
      "www.example.com/images/*",
      "https://www.example.com/*",
      "www.example.com/*",
      "example.com/api/*",
      "*example.com/*",
      "*.example.com/images/cat.png",
      "*.example.com/images/*",
      "*.example.com/*",
  };
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    for (std::size_t j = 0; j < in_order.size(); ++j) {
      EXPECT_EQ(is_more_specific(in_order[i], in_order[j]), i < j)
          << in_order[i] << " before " << in_order[j];
    }
  }
}

}  // namespace
}  // namespace festina::zone
