#include "zone/rule_warnings.h"

#include <optional>
#include <string_view>

#include "rules/lint.h"

namespace festina::zone {
namespace {

// The key of a list in a [[zones]] table.
std::string_view key_of(rules::RuleList list) {
  switch (list) {
    case rules::RuleList::settings:
      return "settings";
    case rules::RuleList::cache_rules:
      return "cache_rules";
    case rules::RuleList::response_rules:
      return "response_rules";
    case rules::RuleList::page_rules:
      return "page_rules";
  }
  unreachable("every list has its key");
}

std::vector<std::string_view> names_but(
    const std::vector<ZoneConfig>& zones, const ZoneConfig& but
) {
  std::vector<std::string_view> names;
  for (const ZoneConfig& config : zones) {
    if (&config != &but) names.push_back(config.zone.name);
  }
  return names;
}

}  // namespace

Problems rule_warnings(const std::vector<ZoneConfig>& zones) {
  Problems warnings;
  for (const ZoneConfig& config : zones) {
    const rules::LintedZone linted{
        .rules = config.zone.rules,
        .name = config.zone.name,
        .other_zones = names_but(zones, config)
    };
    for (rules::Finding& finding : rules::lint(linted)) {
      warnings.push_back(
          {.place = config.table.place(key_of(finding.list), finding.pointer),
           .message = std::move(finding.message),
           .suggestion = std::move(finding.remedy)}
      );
    }
  }
  return warnings;
}

}  // namespace festina::zone
