#include "zone/rule_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::zone {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> warnings(const std::string& text) {
  Problems problems;
  const auto root = Table::parse(text, "a.toml", problems);
  if (!root) return {"no TOML: " + text};
  std::vector<ZoneConfig> zones;
  for (const Table& table : root->tables("zones")) zones.push_back(read_zone(table, "/"));
  EXPECT_TRUE(problems.empty()) << text_of(problems.front());
  std::vector<std::string> texts;
  for (const Problem& warning : rule_warnings(zones)) texts.push_back(text_of(warning));
  return texts;
}

constexpr const char* kZone = "[[zones]]\nname = \"example.com\"\norigin = \"http://a\"\n";

TEST(RuleWarnings, NameThePlaceOfEachFinding) {
  EXPECT_THAT(
      warnings(std::string(kZone) + R"(
[zones.settings]
development_mode = "on"

[[zones.cache_rules]]
expression = "ssl"
action_parameters = { respect_strong_etags = true }
[[zones.cache_rules]]
expression = 'http.host eq "Example.com"'
action_parameters = { cache = true }

[[zones.response_rules]]
expression = "true"
action = "set_cache_control"
action_parameters = { s-maxage = { operation = "set", value = 60 } }

[[zones.page_rules]]
targets  = [{ target = "url", constraint = { operator = "matches", value = "example.com/a/b" } }]
actions  = [{ id = "cache_level", value = "bypass" }]
[[zones.page_rules]]
targets  = [{ target = "url", constraint = { operator = "matches", value = "example.com/a/*" } }]
actions  = [{ id = "cache_level", value = "bypass" }]
priority = 2
)"),
      ElementsAre(
          HasSubstr("a.toml:12:14: the Cache Rule \"http.host eq \"Example.com\"\" never matches"),
          HasSubstr("a.toml:21:12: the Page Rule \"example.com/a/b\" never applies"),
          HasSubstr("a.toml:6:20: nothing is cached"),
          HasSubstr("a.toml:18:34: the Cache Response Rule \"true\" sets s-maxage")
      )
  );
}

TEST(RuleWarnings, KnowTheOtherZones) {
  const std::string rule = R"([[zones.cache_rules]]
expression = 'http.host eq "shop.example.com"'
action_parameters = { read_timeout = 200 }
)";
  EXPECT_THAT(warnings(kZone + rule), IsEmpty());
  EXPECT_THAT(
      warnings(kZone + rule + "[[zones]]\nname = \"shop.example.com\"\norigin = \"http://a\"\n"),
      ElementsAre(HasSubstr("\"shop.example.com\" is not served by the zone \"example.com\""))
  );
}

TEST(RuleWarnings, AreNoneOfAFaultyList) {
  Problems problems;
  const auto root = Table::parse(
      std::string(kZone) + "[[zones.cache_rules]]\nexpression = 'http.host eq \"A\"'\n",
      "a.toml",
      problems
  );
  if (!root) FAIL();
  const std::vector<ZoneConfig> zones{read_zone(root->tables("zones").at(0), "/")};
  EXPECT_FALSE(problems.empty());
  EXPECT_THAT(rule_warnings(zones), IsEmpty());
}

}  // namespace
}  // namespace festina::zone
