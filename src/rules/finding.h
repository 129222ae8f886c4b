// Finding: what is not wrong in a zone's rules, but will hardly do what it was written for: where, why, and what to do about
// it. One unit for each family of them (lint_*); `lint` has them all.
//
// Every finding is certain: what cannot be judged before a request is there is not told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/zone_rules.h"

namespace festina::rules {

enum class RuleList : std::uint8_t { settings, cache_rules, response_rules, page_rules };

struct Finding {
  RuleList list = RuleList::cache_rules;
  std::string pointer = {
  };  // JSON Pointer (RFC 6901) into the list, or into the settings by their names
  std::string message = {};
  std::string remedy = {};
  bool operator==(const Finding&) const = default;
};
using FindingList = std::vector<Finding>;

// A zone and its neighbours.
struct LintedZone {
  const ZoneRules& rules;
  std::string_view name;                           // empty: no matter
  std::vector<std::string_view> other_zones = {};  // names
};

// "/2/action_parameters"
inline std::string pointer_to(std::size_t place, std::string_view below = {}) {
  return "/" + std::to_string(place) + std::string(below);
}
// "the Cache Rule "static""
inline std::string quoted(std::string_view kind, std::string_view name) {
  return "the " + std::string(kind) + " \"" + std::string(name) + "\"";
}
inline std::string quoted(const CacheRule& rule) { return quoted("Cache Rule", rule.head.name()); }
inline std::string quoted(const ResponseRule& rule) {
  return quoted("Cache Response Rule", rule.head.name());
}
inline std::string quoted(const PageRule& rule) { return quoted("Page Rule", rule.pattern.text()); }

}  // namespace festina::rules
