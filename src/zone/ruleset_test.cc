#include "zone/ruleset.h"

#include <gtest/gtest.h>

#include "zone/zone.h"

namespace festina::zone {
namespace {

constexpr std::string_view kPhase = rules::kCacheRulesPhase;

json::Array list(std::string_view text) { return json::parse(text).value().as_array(); }

TEST(Ruleset, BeginsAtVersionOne) {
  const json::Object first = next_version(
      new_ruleset(std::string(32, 'a'), kPhase), list(R"([{"expression":"true"}])"), "now"
  );
  EXPECT_EQ(text_in(first, "version"), "1");
  EXPECT_EQ(text_in(first, "last_updated"), "now");
  const json::Object& rule = first.at("rules").as_array().at(0).as_object();
  EXPECT_EQ(text_in(rule, "id").value_or("").size(), 32U);
  EXPECT_EQ(text_in(rule, "ref"), text_in(rule, "id"));
  EXPECT_EQ(rule.at("enabled"), true);
}

TEST(Ruleset, AnIdThatNobodyGaveIsReplaced) {
  const json::Object first =
      next_version(new_ruleset(std::string(32, 'a'), kPhase), list(R"([{"id":"mine"}])"), "now");
  EXPECT_NE(text_in(first.at("rules").as_array().at(0).as_object(), "id"), "mine");
}

TEST(Ruleset, AnUnchangedRuleStaysAsItIs) {
  const json::Object first = next_version(
      new_ruleset(std::string(32, 'a'), kPhase), list(R"([{"expression":"true"}])"), "then"
  );
  const json::Object second = next_version(first, first.at("rules").as_array(), "now");
  EXPECT_EQ(text_in(second, "version"), "2");
  EXPECT_EQ(second.at("rules"), first.at("rules"));
}

TEST(Ruleset, OfAFileHasTheSameIdsEachTime) {
  const json::Array rules = list(R"([{"expression":"true"},{"expression":"false"}])");
  const json::Object once = filed_ruleset("zone", kPhase, rules);
  EXPECT_EQ(once, filed_ruleset("zone", kPhase, rules));
  EXPECT_NE(once, filed_ruleset("other", kPhase, rules));
  const json::Array& kept = once.at("rules").as_array();
  EXPECT_NE(kept.at(0).at("id"), kept.at(1).at("id"));
}

TEST(Ruleset, FindsAPlace) {  // api-v4.md §4.4
  const json::Array others = list(R"([{"id":"a"},{"id":"b"}])");
  const auto place = [&](std::string_view position) {
    return wanted_index(others, json::parse(position).value());
  };
  EXPECT_EQ(place(R"({"index":1})").value(), 0U);
  EXPECT_EQ(place(R"({"index":9})").value(), 2U);
  EXPECT_EQ(place(R"({"before":"b"})").value(), 1U);
  EXPECT_EQ(place(R"({"after":"b"})").value(), 2U);
  EXPECT_EQ(place(R"({"before":""})").value(), 0U);
  EXPECT_EQ(place(R"({"after":""})").value(), 2U);
  EXPECT_EQ(place(R"({"after":"x"})").error().code, ErrorCode::not_found);
  for (const std::string_view wrong :
       {"1", "{}", R"({"index":0})", R"({"on":"a"})", R"({"before":1})"})
    EXPECT_EQ(place(wrong).error().code, ErrorCode::malformed) << wrong;
}

TEST(Ruleset, TakesTheRulesOfItsPhase) {
  rules::ZoneRules zone;
  const json::Value rules = list(
      R"([{"expression":"true","action":"set_cache_settings","action_parameters":{"cache":true}}])"
  );
  const RulePhase* phase = find_phase(kPhase);
  ASSERT_NE(phase, nullptr);
  EXPECT_TRUE(phase->faults(rules, zone.plan).empty());
  EXPECT_TRUE(phase->take(zone, rules));
  EXPECT_EQ(zone.cache_rules.size(), 1U);
  EXPECT_FALSE(phase->take(zone, list(R"([{}])")));
  EXPECT_EQ(find_phase("http_ratelimit"), nullptr);
}

}  // namespace
}  // namespace festina::zone
