#include "zone/rules_config.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

class RulesConfig : public testing::Test {
 protected:
  Zone read(const std::string& text) {
    const auto root = Table::parse("[[zones]]\n" + text, "a.toml", problems_);
    if (!root) unreachable("the text is TOML");
    Zone zone;
    zone.id = id_of("example.com");
    read_rules(root->tables("zones").at(0), zone);
    return zone;
  }
  Problems problems_;
};

TEST_F(RulesConfig, ReadsTheListsOfTheApi) {  // product.md §3
  const Zone zone = read(R"(
[[zones.cache_rules]]
description = "static assets"
expression  = 'starts_with(http.request.uri.path, "/static/")'
action_parameters = { cache = true, edge_ttl = { mode = "override_origin", default = 3600 } }

[[zones.response_rules]]
expression = "true"
action = "set_cache_control"
action_parameters = { no-store = { operation = "set" } }

[[zones.page_rules]]
targets  = [{ target = "url", constraint = { operator = "matches", value = "example.com/img/*" } }]
actions  = [{ id = "cache_level", value = "cache_everything" }]
priority = 1
)");
  EXPECT_TRUE(problems_.empty());
  ASSERT_EQ(zone.rules.cache_rules.size(), 1U);
  EXPECT_EQ(zone.rules.cache_rules.front().head.name(), "static assets");
  EXPECT_EQ(zone.rules.response_rules.size(), 1U);
  ASSERT_EQ(zone.rules.page_rules.size(), 1U);
  EXPECT_TRUE(zone.rules.page_rules.front().is_active) << "unless its status says otherwise";
  EXPECT_TRUE(zone.defines(ruleset_part(rules::kCacheRulesPhase)));
  EXPECT_TRUE(zone.defines(ruleset_part(rules::kResponseRulesPhase)));
  EXPECT_TRUE(zone.defines(kPageRulesPart));
}

TEST_F(RulesConfig, DefinesNothingWhereItSaysNothing) {
  EXPECT_TRUE(read("name = \"example.com\"").filed.empty());
}

TEST_F(RulesConfig, NamesThePlaceOfAFault) {
  const Zone zone = read(
      "[[zones.cache_rules]]\n"
      "expression = \"http.host eq\"\n"
      "action_parameters = { cache = true }\n"
  );
  ASSERT_EQ(problems_.size(), 1U);
  EXPECT_EQ(text_of(problems_.front().place), "a.toml:3:14");
  EXPECT_NE(problems_.front().message.find("Filter parsing error (1:"), std::string::npos);
  EXPECT_TRUE(zone.rules.cache_rules.empty());
  EXPECT_FALSE(zone.defines(ruleset_part(rules::kCacheRulesPhase)));
}

TEST_F(RulesConfig, RefusesWhatIsNoList) {
  read("cache_rules = 1");
  ASSERT_EQ(problems_.size(), 1U);
  EXPECT_EQ(problems_.front().message, "expected a list of tables, [[zones.cache_rules]]");
}

}  // namespace
}  // namespace festina::zone
