// Rule head: what the rules of every phase have in common (reference §6.1): id, ref, description, whether it is enabled,
// the expression, and the action with its parameters.
#pragma once

#include <optional>
#include <string>

#include "rules/expression.h"
#include "rules/reading.h"

namespace festina::rules {

struct RuleHead {
  std::string id;   // empty: none was given
  std::string ref;  // the same
  std::string description;
  bool enabled = true;
  std::string action;
  json::Value parameters;  // as they were given, and are valid
  Expression expression;

  // What people know it by: its description, else its ref or id, else its expression.
  std::string_view name() const [[clang::lifetimebound]];
};

// Nothing when the expression is missing or wrong. Members that only the service sets are taken and left out: `version`,
// `last_updated`. So are `logging` and `categories`, which are no matter of a cache.
std::optional<RuleHead> read_rule_head(
    Reading& rule, std::span<const std::string_view> actions, Phase phase, Plan plan
);

// As the API gives it, but for version and last_updated, which belong to the ruleset's keeper.
json::Object to_json(const RuleHead&);

}  // namespace festina::rules
