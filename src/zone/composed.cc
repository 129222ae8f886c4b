#include "zone/composed.h"

#include <optional>

#include "base/json.h"
#include "rules/page_rules.h"
#include "rules/settings.h"
#include "zone/ruleset.h"

namespace festina::zone {
namespace {

// {"value": "on", "modified_on": milliseconds since 1970}
bool read_setting(rules::Settings& settings, std::string_view id, const json::Value& body) {
  const json::Value* value = json::find(body, "value");
  const auto modified = json::integer_member(body, "modified_on");
  if (value == nullptr || !modified) return false;
  const TimePoint since{std::chrono::milliseconds(*modified)};
  return !rules::set_setting(settings, id, *value, since);
}

bool read_ruleset(rules::ZoneRules& rules, std::string_view phase_name, const json::Value& body) {
  const RulePhase* phase = find_phase(phase_name);
  const json::Value* list = json::find(body, "rules");
  return phase != nullptr && list != nullptr && phase->take(rules, *list);
}

bool read_page_rules(rules::ZoneRules& rules, const json::Value& list) {
  auto read = rules::read_page_rules(list, rules.plan);
  rules.page_rules = std::move(read.rules);
  return read.faults.empty();
}

bool read_part(rules::ZoneRules& rules, std::string_view name, const Part& part) {
  const auto body = json::parse(part.body);
  if (!body) return false;
  if (name == kPageRulesPart) return read_page_rules(rules, *body);
  if (name.starts_with(kRulesetParts))
    return read_ruleset(rules, name.substr(kRulesetParts.size()), *body);
  if (!name.starts_with(kSettingParts)) return false;
  return read_setting(rules.settings, name.substr(kSettingParts.size()), *body);
}

}  // namespace

Composed composed(const Zone& filed, const Parts& parts) {
  Composed made{.zone = filed, .unreadable = {}};
  for (const auto& [name, part] : parts) {
    if (filed.defines(name)) continue;
    if (!read_part(made.zone.rules, name, part)) made.unreadable.push_back(name);
  }
  return made;
}

}  // namespace festina::zone
