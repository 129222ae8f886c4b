#include "zone/composed.h"

#include <optional>

#include "base/json.h"
#include "rules/settings.h"

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

bool read_part(rules::ZoneRules& rules, std::string_view name, const Part& part) {
  const auto body = json::parse(part.body);
  if (!body) return false;
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
