#include "rules/lint_reach.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "rules/foregone.h"

namespace festina::rules {

namespace {

bool is_within(std::string_view host, std::string_view zone) {
  return host == zone || (host.size() > zone.size() && host.ends_with(zone) &&
                          host[host.size() - zone.size() - 1] == '.');
}

// Whose visitors ask for that host: of two names that it is within the longer one counts.
bool is_of_zone(const LintedZone& zone, std::string_view host) {
  return is_within(host, zone.name) &&
         std::ranges::none_of(zone.other_zones, [&](std::string_view other) {
           return other.size() > zone.name.size() && is_within(host, other);
         });
}

// All of the hosts that a rule is for are others': what is left is what a Worker of the zone fetches from hosts that belong
// to no zone (reference §4.5).
std::optional<Finding> foreign(
    const LintedZone& zone, RuleList list, std::string pointer, const std::string& rule,
    const std::vector<std::string>& hosts
) {
  const bool is_ours = std::ranges::any_of(hosts, [&zone](const std::string& host) {
    return is_of_zone(zone, host);
  });
  if (zone.name.empty() || hosts.empty() || is_ours) return std::nullopt;
  return Finding{
      .list = list,
      .pointer = std::move(pointer),
      .message = "no visitor's request meets " + rule + ": " + in_quotes(hosts.front()) +
                 " is not served by the zone " + in_quotes(zone.name),
      .remedy =
          "put it into that host's zone; here it counts only for what a Worker fetches "
          "from there, when that host belongs to no zone"
  };
}

template <class Rule>
void add_unmatched(
    FindingList& found, const LintedZone& zone, RuleList list, const std::vector<Rule>& rules
) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (!rule.head.enabled) continue;
    const Condition& condition = rule.head.expression.condition();
    const Foregone outcome = foregone(condition);
    if (outcome.outcome == Foregone::Outcome::never) {
      found.push_back(
          {.list = list,
           .pointer = pointer_to(i, "/expression"),
           .message = quoted(rule) + " never matches: " + outcome.why,
           .remedy = "correct the expression, or remove the rule"}
      );
      continue;
    }
    auto finding =
        foreign(zone, list, pointer_to(i, "/expression"), quoted(rule), hosts_needed(condition));
    if (finding) found.push_back(*std::move(finding));
  }
}

void add_shadowed(FindingList& found, const std::vector<PageRule>& rules) {
  for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
    if (!rule->is_active) continue;
    const auto first = std::find_if(rules.begin(), rule, [&](const PageRule& earlier) {
      return earlier.is_active && earlier.pattern.covers(rule->pattern);
    });
    if (first == rule) continue;
    found.push_back(
        {.list = RuleList::page_rules,
         .pointer = pointer_to(rule->place, "/targets"),
         .message = quoted(*rule) + " never applies: " + quoted(*first) +
                    " comes first and matches whatever it does, and only the first one counts",
         .remedy = "give the narrower one the higher priority"}
    );
  }
}

void add_foreign(FindingList& found, const LintedZone& zone) {
  for (const PageRule& rule : zone.rules.page_rules) {
    const std::string host = lower(rule.pattern.host());
    if (!rule.is_active || host.find('*') != std::string::npos) continue;
    auto finding = foreign(
        zone, RuleList::page_rules, pointer_to(rule.place, "/targets"), quoted(rule), {host}
    );
    if (finding) found.push_back(*std::move(finding));
  }
}

}  // namespace

FindingList lint_reach(const LintedZone& zone) {
  FindingList found;
  add_unmatched(found, zone, RuleList::cache_rules, zone.rules.cache_rules);
  add_unmatched(found, zone, RuleList::response_rules, zone.rules.response_rules);
  add_shadowed(found, zone.rules.page_rules);
  add_foreign(found, zone);
  return found;
}

}  // namespace festina::rules
