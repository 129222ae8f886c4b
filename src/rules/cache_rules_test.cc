#include "rules/cache_rules.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using Texts = std::vector<std::string>;

ReadRules<CacheRule> read(std::string_view text, Plan plan = Plan::enterprise) {
  return read_cache_rules(json::parse(text).value(), plan);
}
Texts faults(const ReadRules<CacheRule>& read) {
  Texts texts;
  for (const Fault& fault : read.faults) texts.push_back(fault.pointer + ": " + fault.message);
  return texts;
}

constexpr std::string_view kRule =
    R"({"action": "set_cache_settings", "expression": "true", "action_parameters": {"cache": true}})";

TEST(CacheRules, ReadWhatTheApiGives) {  // reference §6.1
  const auto rules = read(R"([{"id": "a1", "ref": "r1", "version": "3", "enabled": false,
      "last_updated": "2026-01-01T00:00:00Z", "description": "third",
      "action": "set_cache_settings", "expression": "ssl",
      "action_parameters": {"cache": false}}])");
  EXPECT_EQ(faults(rules), Texts{});
  ASSERT_EQ(rules.rules.size(), 1U);
  const CacheRule& rule = rules.rules[0];
  EXPECT_EQ(rule.head.id, "a1");
  EXPECT_EQ(rule.head.ref, "r1");
  EXPECT_EQ(rule.head.name(), "third");
  EXPECT_FALSE(rule.head.enabled);
  EXPECT_EQ(rule.head.expression.text(), "ssl");
  EXPECT_EQ(rule.wishes.cache, false);
  const json::Object expected{
      {"id", "a1"},
      {"ref", "r1"},
      {"description", "third"},
      {"enabled", false},
      {"action", "set_cache_settings"},
      {"action_parameters", json::Object{{"cache", false}}},
      {"expression", "ssl"}
  };
  EXPECT_EQ(json::Value(to_json(rule.head)), json::Value(expected));
}

TEST(CacheRules, AreEnabledAndNamelessUnlessTheySayOtherwise) {  // reference §6.1
  const auto rules = read("[" + std::string(kRule) + "]");
  ASSERT_EQ(rules.rules.size(), 1U);
  EXPECT_TRUE(rules.rules[0].head.enabled);
  EXPECT_EQ(rules.rules[0].head.name(), "true") << "its expression";
}

TEST(CacheRules, RefuseTheSetForOneFault) {  // reference §6.2, api-v4.md §4.4
  const auto refused = read(
      "[" + std::string(kRule) +
      R"(, {"action": "set_cache_settings", "expression": "true", "action_parameters": {}},
         {"action": "block", "expression": "true", "action_parameters": {"cache": 1}},
         {"action_parameters": {"cache": true}, "enabled": 1},
         {"action": "set_cache_settings", "expression": "true"}, 7])"
  );
  EXPECT_TRUE(refused.rules.empty());
  EXPECT_EQ(
      faults(refused),
      (Texts{
          "/rules/1: action parameters are required for the set_cache_settings action",
          "/rules/2/action_parameters/cache: cache must be true or false",
          "/rules/2/action: action must be \"set_cache_settings\"",
          "/rules/3/enabled: enabled must be true or false",
          "/rules/3/action: action is missing",
          "/rules/3/expression: expression is missing",
          "/rules/4: action parameters are required for the set_cache_settings action",
          "/rules/5: must be an object",
      })
  );
  EXPECT_EQ(refused.faults[0].code, FaultCode::no_action_parameters);
  EXPECT_EQ(refused.faults[1].code, FaultCode::ruleset);
}

TEST(CacheRules, AreRefusedForAnExpressionThatThePlanDoesNotOffer) {  // reference §7.2, §7.5
  const std::string rule =
      R"([{"action": "set_cache_settings", "expression": "http.request.cookies[\"a\"][0] eq \"b\"",
          "action_parameters": {"cache": true}}])";
  const auto refused = read(rule, Plan::free);
  ASSERT_EQ(refused.faults.size(), 1U);
  EXPECT_EQ(refused.faults[0].pointer, "/rules/0/expression");
  EXPECT_TRUE(refused.faults[0].message.ends_with(
      "\n^^^^^^^^^^^^^^^^^^^^ the plan free has no http.request.cookies (needs the plan pro)"
  )) << refused.faults[0].message;
  EXPECT_EQ(faults(read(rule, Plan::pro)), Texts{});
}

TEST(CacheRules, SayWhereAnExpressionIsWrong) {  // api-v4.md §4.4
  const auto refused = read(
      R"([{"action": "set_cache_settings", "expression": "nonsense eq 1", "action_parameters": {"cache": true}}])"
  );
  ASSERT_EQ(refused.faults.size(), 1U);
  EXPECT_EQ(refused.faults[0].pointer, "/rules/0/expression");
  EXPECT_TRUE(refused.faults[0].message.starts_with(
      "'nonsense eq 1' is not a valid value for expression because could not parse "
      "filter expression: Filter parsing error (1:1):"
  )) << refused.faults[0].message;
}

TEST(CacheRules, AreAsManyAsThePlanHas) {  // reference §6.1
  const auto many = [](std::size_t count) {
    std::string text = "[" + std::string(kRule);
    for (std::size_t i = 1; i < count; ++i) text += "," + std::string(kRule);
    return text + "]";
  };
  EXPECT_EQ(faults(read(many(10), Plan::free)), Texts{});
  EXPECT_EQ(faults(read(many(11), Plan::free)), Texts{"/rules: must not have more than 10 items"});
}

}  // namespace
}  // namespace festina::rules
