#include "rules/lint_reach.h"

#include <gmock/gmock.h>

#include "rules/linted.h"

namespace festina::rules {
namespace {

using testing::AllWritten;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kCache = "\"cache\": true";

std::vector<std::string> of_expression(std::string_view when) {
  return testing::told_of_cache_rules(lint_reach, {{"a", kCache, when}});
}
std::vector<std::string> of_page_rules(AllWritten all) {
  return testing::told_of_page_rules(lint_reach, all);
}

TEST(LintReach, FindsWhatNeverMatches) {
  EXPECT_THAT(
      of_expression(R"(http.request.uri.path eq "admin")"),
      ElementsAre("cache_rules/0/expression: the Cache Rule \"a\" never matches: no "
                  "http.request.uri.path is like that: it begins with \"/\"")
  );
  EXPECT_THAT(of_expression(R"(http.request.uri.path eq "/admin")"), IsEmpty());
  EXPECT_THAT(
      testing::told_of_response_rules(
          lint_reach,
          {{"b", "\"strip_etags\": true", "true"}, {"a", "\"strip_etags\": true", testing::kNever}}
      ),
      ElementsAre("response_rules/1/expression: the Cache Response Rule \"a\" never matches: no "
                  "http.host is like that: it has neither capital letters nor a path")
  );
}

TEST(LintReach, LeavesDisabledRulesAlone) {
  EXPECT_THAT(
      testing::told_of_cache_rules(lint_reach, {{"a", kCache, testing::kNever, false}}), IsEmpty()
  );
}

TEST(LintReach, FindsHostsOfOthers) {
  constexpr std::string_view begin =
      "cache_rules/0/expression: no visitor's request meets the "
      "Cache Rule \"a\": \"";
  const struct {
    std::string_view when;
    std::string_view foreign;  // empty: none
    const char* why;
  } cases[] = {
      {R"(http.host eq "example.net")", "example.net", "another zone"},
      {R"(http.host eq "elsewhere.test")", "elsewhere.test", "no zone"},
      {R"(http.host eq "myexample.com")", "myexample.com", "ends like the zone"},
      {R"(http.host eq "a.shop.example.com")", "a.shop.example.com", "a zone within this one"},
      {R"(ssl and http.host in {"a.test" "b.test"})", "a.test", "all of them"},
      {R"(http.host in {"a.test" "example.com"})", "", "one of them is ours"},
      {R"(http.host eq "example.com")", "", "the zone"},
      {R"(http.host eq "www.example.com")", "", "below it"},
      {R"(http.host eq "elsewhere.test" or ssl)", "", "not needed"},
      {R"(http.host ne "elsewhere.test")", "", "the contrary"},
  };
  for (const auto& c : cases) {
    const auto found = of_expression(c.when);
    if (c.foreign.empty()) {
      EXPECT_THAT(found, IsEmpty()) << c.why;
    } else {
      EXPECT_THAT(
          found,
          ElementsAre(
              std::string(begin) + std::string(c.foreign) +
              "\" is not served by the zone \"example.com\""
          )
      ) << c.why;
    }
  }
}

TEST(LintReach, FindsPageRulesBehindOthers) {
  constexpr std::string_view level = R"({"id": "cache_level", "value": "bypass"})";
  const struct {
    std::string_view first;
    std::string_view second;
    bool is_shadowed;
  } cases[] = {
      {"example.com/*", "example.com/a/*", true},
      {"example.com/*", "example.com/*", true},
      {"*example.com/*", "www.example.com/*.jpg", true},
      {"example.com/a*", "EXAMPLE.com/ab/*", true},
      {"example.com/*", "https://example.com/a", true},
      {"example.com/*", "example.com:8080/a", true},
      {"example.com/a/*", "example.com/*", false},
      {"https://example.com/*", "example.com/a", false},
      {"example.com:8080/*", "example.com/a", false},
      {"example.com/a", "example.com/a*", false},
      {"example.com/*.jpg", "example.com/*.jpg*", false},
      {"example.com/a/b", "example.com:*/a/b", false},
  };
  for (const auto& c : cases) {
    const auto found = of_page_rules({{c.first, level}, {c.second, level}});
    if (!c.is_shadowed) {
      EXPECT_THAT(found, IsEmpty()) << c.first << " " << c.second;
      continue;
    }
    EXPECT_THAT(
        found,
        ElementsAre(
            "page_rules/1/targets: the Page Rule \"" + std::string(c.second) +
            "\" never applies: the Page Rule \"" + std::string(c.first) +
            "\" comes first and matches whatever it does, and only the first one counts"
        )
    );
  }
}

TEST(LintReach, CountsOnlyActivePageRules) {
  constexpr std::string_view level = R"({"id": "cache_level", "value": "bypass"})";
  EXPECT_THAT(
      of_page_rules({{"example.com/*", level, "", false}, {"example.com/a/*", level}}), IsEmpty()
  );
  EXPECT_THAT(
      of_page_rules({{"example.com/*", level}, {"example.com/a/*", level, "", false}}), IsEmpty()
  );
}

TEST(LintReach, FindsPageRulesOfOtherHosts) {
  constexpr std::string_view level = R"({"id": "cache_level", "value": "bypass"})";
  EXPECT_THAT(
      of_page_rules({{"http://Example.net:80/a", level}}),
      ElementsAre("page_rules/0/targets: no visitor's request meets the Page Rule "
                  "\"http://Example.net:80/a\": \"example.net\" is not served by the zone "
                  "\"example.com\"")
  );
  EXPECT_THAT(of_page_rules({{"*example.net/a", level}}), IsEmpty()) << "a star may be anything";
  EXPECT_THAT(of_page_rules({{"WWW.example.com/a", level}}), IsEmpty());
}

}  // namespace
}  // namespace festina::rules
