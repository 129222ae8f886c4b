// Cache Response Rules: the ruleset of the phase http_response_cache_settings (reference §6.4). They look at what the origin
// answered and change what it says of caching, before it is judged whether it may be stored. They beat Cache Rules, and a
// Worker's cf beats them. They can forbid to store, but make no request eligible; nothing stored is touched by them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/decision.h"
#include "rules/cache_rules.h"
#include "rules/directive_edit.h"
#include "rules/expression.h"

namespace festina::rules {

inline constexpr std::string_view kResponseRulesPhase = "http_response_cache_settings";

// set_cache_tags: which tags, by name or computed from the response.
struct TagEdit {
  enum class Operation : std::uint8_t { add, remove, set };
  Operation operation = Operation::set;
  std::vector<std::string> values = {};  // in lower case
  std::optional<ListExpression> expression = {};
};

struct ResponseRule {
  RuleHead head;
  // set_cache_settings
  std::optional<bool> strip_etags;
  std::optional<bool> strip_last_modified;
  std::optional<bool> strip_set_cookie;
  std::optional<TagEdit> tags;            // set_cache_tags
  std::vector<DirectiveEdit> directives;  // set_cache_control
};

ReadRules<ResponseRule> read_response_rules(
    const json::Value& list, Plan plan, const std::string& pointer = "/rules"
);

// The decision as the rules that match this response change it; policy::edit_response makes the changes to its head.
// Requires: a response in the facts, with a final status. `decision` is that of the request.
policy::CacheDecision after_response(
    const std::vector<ResponseRule>& rules, const Facts& facts, policy::CacheDecision decision
);

}  // namespace festina::rules
