// Cache Rules: the ruleset of the phase http_request_cache_settings (reference §6.1-6.3). Every enabled rule whose
// expression matches applies, in order; per setting the last one wins.
#pragma once

#include <string>
#include <vector>

#include "rules/fault.h"
#include "rules/plan_features.h"
#include "rules/rule_head.h"
#include "rules/wishes.h"

namespace festina::rules {

struct CacheRule {
  RuleHead head;
  Wishes wishes;
};
inline constexpr std::string_view kCacheRulesPhase = "http_request_cache_settings";

// A set of rules, or what is wrong with it: one wrong rule refuses the whole.
template <class Rule>
struct ReadRules {
  std::vector<Rule> rules;
  Faults faults;  // none: the rules are good
};

// The `rules` of a ruleset. `pointer`: where the list stands in what was given.
ReadRules<CacheRule> read_cache_rules(
    const json::Value& list, Plan plan, const std::string& pointer = "/rules"
);

}  // namespace festina::rules
