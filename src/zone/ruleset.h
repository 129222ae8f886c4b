// Ruleset: the rules of one phase as the API keeps and shows them (reference §6.1, api-v4.md §4.4). Values in, values out.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "rules/fault.h"
#include "rules/plan_features.h"
#include "rules/zone_rules.h"

namespace festina::zone {

// A phase whose rules count here.
struct RulePhase {
  std::string_view name;
  // What is wrong with a list of rules; none: it may be kept.
  rules::Faults (*faults)(const json::Value& rules, rules::Plan plan);
  // Takes such a list into the rules of a zone; false when it has a fault.
  bool (*take)(rules::ZoneRules& zone, const json::Value& rules);
};
std::span<const RulePhase> rule_phases();
const RulePhase* find_phase(std::string_view name);

// Without rules, version 0. `id`: 32 hex digits.
json::Object new_ruleset(std::string id, std::string_view phase);

// The ruleset of the next version with these rules. A rule that is told by its id keeps that, and its version while nothing
// of it changes; the others are new. Requires: the rules are without fault. `now`: as the API writes times.
json::Object next_version(
    const json::Object& ruleset, const json::Array& rules, const std::string& now
);

// The rules of a file: their ids hold as long as their places do. Requires: as above.
json::Object filed_ruleset(
    std::string_view zone_id, std::string_view phase, const json::Array& rules
);

// A member that is a text.
std::optional<std::string_view> text_in(
    const json::Object& object [[clang::lifetimebound]], std::string_view name
);

// Where a rule is in the list.
std::optional<std::size_t> index_of(const json::Array& rules, std::string_view id);

// The place that "position" asks for, in a list without the rule itself: {"index": 1}, {"before": id}, {"after": id}; "" is
// the first or the last. Errors: malformed (client); not_found (client) for a rule that is not there.
Result<std::size_t> wanted_index(const json::Array& others, const json::Value& position);

}  // namespace festina::zone
