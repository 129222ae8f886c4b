// Linted: what a family of lints finds in rules as an owner writes them, for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rules/finding.h"
#include "rules/written.h"

namespace festina::rules::testing {

// No host has a capital letter.
inline constexpr std::string_view kNever = "http.host eq \"A\"";

using Family = FindingList (*)(const LintedZone&);

// "cache_rules/0/expression: the Cache Rule …", of the zone example.com beside shop.example.com.
inline std::vector<std::string> told(Family family, const ZoneRules& rules) {
  constexpr std::string_view lists[] = {"settings", "cache_rules", "response_rules", "page_rules"};
  const LintedZone zone{
      .rules = rules, .name = "example.com", .other_zones = {"shop.example.com", "example.net"}
  };
  std::vector<std::string> texts;
  for (const Finding& finding : family(zone)) {
    EXPECT_FALSE(finding.remedy.empty()) << finding.message;
    texts.push_back(
        std::string(lists[static_cast<std::size_t>(finding.list)]) + finding.pointer + ": " +
        finding.message
    );
  }
  return texts;
}
inline std::vector<std::string> told_of_cache_rules(
    Family family, AllWritten all, Plan plan = Plan::enterprise
) {
  return told(family, ZoneRules{.plan = plan, .cache_rules = cache_rules(all, plan)});
}
inline std::vector<std::string> told_of_response_rules(Family family, AllWritten all) {
  return told(family, ZoneRules{.response_rules = response_rules(all)});
}
inline std::vector<std::string> told_of_page_rules(
    Family family, AllWritten all, Plan plan = Plan::enterprise
) {
  return told(family, ZoneRules{.plan = plan, .page_rules = page_rules(all)});
}

}  // namespace festina::rules::testing
