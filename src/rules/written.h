// Written: rules as an owner writes them, for tests: each by its name and its settings alone.
#pragma once

#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/zone_rules.h"

namespace festina::rules::testing {

struct Written {
  std::string_view name;      // of a Page Rule: its pattern
  std::string_view settings;  // the members of action_parameters, or the actions of a Page Rule
  std::string_view when = "true";
  bool enabled = true;
  std::string_view action = "set_cache_settings";
};
using AllWritten = std::initializer_list<Written>;

// What was read; faults in it fail the test.
template <class Rule>
std::vector<Rule> without_faults(ReadRules<Rule> read) {
  for (const Fault& fault : read.faults) ADD_FAILURE() << fault.pointer << ": " << fault.message;
  return std::move(read.rules);
}

inline json::Value rule_list(AllWritten all) {
  json::Array list;
  for (const Written& each : all) {
    const auto parameters = json::parse("{" + std::string(each.settings) + "}");
    EXPECT_TRUE(parameters) << each.settings;
    list.push_back(json::Object{
        {"description", to_json(each.name)},
        {"enabled", each.enabled},
        {"expression", to_json(each.when)},
        {"action", to_json(each.action)},
        {"action_parameters", *parameters}
    });
  }
  return list;
}

inline std::vector<CacheRule> cache_rules(AllWritten all, Plan plan = Plan::enterprise) {
  return without_faults(read_cache_rules(rule_list(all), plan));
}
inline std::vector<ResponseRule> response_rules(AllWritten all) {
  return without_faults(read_response_rules(rule_list(all), Plan::enterprise));
}

// The first is the most important one.
inline std::vector<PageRule> page_rules(AllWritten all) {
  json::Array list;
  for (const Written& each : all) {
    const auto actions = json::parse("[" + std::string(each.settings) + "]");
    EXPECT_TRUE(actions) << each.settings;
    const json::Object constraint{{"operator", "matches"}, {"value", to_json(each.name)}};
    list.push_back(json::Object{
        {"targets", json::Array{json::Object{{"target", "url"}, {"constraint", constraint}}}},
        {"actions", *actions},
        {"status", each.enabled ? "active" : "disabled"}
    });
  }
  return without_faults(read_page_rules(list, Plan::enterprise));
}

}  // namespace festina::rules::testing
