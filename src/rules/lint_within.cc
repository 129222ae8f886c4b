#include "rules/lint_within.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "rules/plan_wishes.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;

// --- what the plan lacks ---

// Where a Cache Rule asks for a feature.
struct Asked {
  Feature feature;
  std::string_view pointer;
};
constexpr Asked kAsked[] = {
    {Feature::custom_key, "/cache_key/custom_key"},
    {Feature::key_by_device_type, "/cache_key/cache_by_device_type"},
    {Feature::cacheable_ports, "/additional_cacheable_ports"},
    {Feature::origin_cache_control, "/origin_cache_control"},
    {Feature::error_pages, "/origin_error_page_passthru"},
};
constexpr std::array kOfPageRules = {Feature::cookie_rules, Feature::ttl_by_status};

Finding lacking(Feature feature, Plan plan, Finding place, const std::string& rule) {
  place.message = with_least_plan(feature) + " of " + rule +
                  " does not count: the zone has the plan " + std::string(name(plan));
  place.remedy = "set plan = \"" + std::string(name(least_plan(feature))) + "\", or remove it";
  return place;
}

void add_lacking(FindingList& found, const ZoneRules& rules) {
  const Plan plan = rules.plan;
  const auto lacks = [plan](Feature feature, const Wishes& wishes) {
    return asks_for(feature, wishes, plan) && !offers(plan, feature);
  };
  for (const Asked& asked : kAsked) {
    for (std::size_t i = 0; i < rules.cache_rules.size(); ++i) {
      const CacheRule& rule = rules.cache_rules[i];
      if (!rule.head.enabled || !lacks(asked.feature, rule.wishes)) continue;
      const std::string below = "/action_parameters" + std::string(asked.pointer);
      Finding place{.list = RuleList::cache_rules, .pointer = pointer_to(i, below)};
      found.push_back(lacking(asked.feature, plan, std::move(place), quoted(rule)));
    }
    for (const PageRule& rule : rules.page_rules) {
      if (!rule.is_active || !lacks(asked.feature, rule.wishes)) continue;
      Finding place{.list = RuleList::page_rules, .pointer = pointer_to(rule.place, "/actions")};
      found.push_back(lacking(asked.feature, plan, std::move(place), quoted(rule)));
    }
  }
  for (const Feature feature : kOfPageRules) {
    for (const PageRule& rule : rules.page_rules) {
      if (!rule.is_active || !asks_for(feature, rule) || offers(plan, feature)) continue;
      Finding place{.list = RuleList::page_rules, .pointer = pointer_to(rule.place, "/actions")};
      found.push_back(lacking(feature, plan, std::move(place), quoted(rule)));
    }
  }
}

void add_lacking_setting(FindingList& found, const ZoneRules& rules) {
  if (!rules.settings.origin_error_page_pass_thru || offers(rules.plan, Feature::error_pages))
    return;
  found.push_back(lacking(
      Feature::error_pages,
      rules.plan,
      {.list = RuleList::settings, .pointer = "/origin_error_page_pass_thru"},
      "the zone's settings"
  ));
}

// --- what this edge does not have ---

void add_idle(
    FindingList& found, const Wishes& wishes, const Finding& place, const std::string& rule
) {
  for (const std::string& name : wishes.idle) {
    Finding finding = place;
    finding.message = name;
    finding.message.append(" of ").append(rule).append(" is accepted and does nothing here");
    finding.remedy = "leave it if the rules are to be those of the service";
    found.push_back(std::move(finding));
  }
}

// --- what the rule itself makes vain ---

// A time to keep what the same rule keeps out of the cache, with nobody behind it who lets it in again.
void add_time_of_what_bypasses(FindingList& found, const std::vector<CacheRule>& all) {
  const std::span rules(all);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const CacheRule& rule = rules[i];
    const bool is_taken_back =
        std::ranges::any_of(rules.subspan(i + 1), [](const CacheRule& later) {
          return later.head.enabled && later.wishes.cache == true;
        });
    if (!rule.head.enabled || rule.wishes.cache != false || is_taken_back) continue;
    if (!rule.wishes.edge_ttl && !rule.wishes.browser_ttl) continue;
    const std::string name = rule.wishes.edge_ttl ? "edge_ttl" : "browser_ttl";
    found.push_back(
        {.list = RuleList::cache_rules,
         .pointer = pointer_to(i, "/action_parameters/" + name),
         .message = name + " of " + quoted(rule) +
                    " counts only where a Worker caches after all: " +
                    "its cache = false keeps what it is for out of the cache",
         .remedy = "remove it, or cache = false"}
    );
  }
}

bool overlap(const http::StatusRange& a, const http::StatusRange& b) {
  return a.from <= b.to && b.from <= a.to;
}
bool is_code(const http::StatusRange& statuses) { return statuses.from == statuses.to; }

std::string text_of(const http::StatusRange& statuses) {
  return is_code(statuses) ? std::to_string(statuses.from)
                           : std::to_string(statuses.from) + "-" + std::to_string(statuses.to);
}

// Two TTLs for one status, but a code that stands before a range as it should. The second of them counts for less.
std::optional<std::string> overlapping(const EdgeTtl& ttl) {
  for (auto second = ttl.by_status.begin(); second != ttl.by_status.end(); ++second) {
    const auto first = std::find_if(ttl.by_status.begin(), second, [&](const auto& earlier) {
      return earlier.ttl != second->ttl && overlap(earlier.statuses, second->statuses) &&
             is_code(earlier.statuses) == is_code(second->statuses);
    });
    if (first != second) return text_of(first->statuses) + " and " + text_of(second->statuses);
  }
  return std::nullopt;
}

void add_overlapping_statuses(
    FindingList& found, const Wishes& wishes, Finding place, const std::string& rule
) {
  const auto statuses = wishes.edge_ttl ? overlapping(*wishes.edge_ttl) : std::nullopt;
  if (!statuses) return;
  place.message = "the statuses " + *statuses + " of " + rule +
                  " overlap: for what both name, the first of them counts";
  place.remedy = "make the ranges end where the next one begins";
  found.push_back(std::move(place));
}

void add_browser_ttl_of_zero(FindingList& found, const std::vector<CacheRule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto& ttl = rules[i].wishes.browser_ttl;
    const bool is_zero =
        ttl && ttl->mode == BrowserTtl::Mode::override_origin && ttl->ttl == seconds{0};
    if (!rules[i].head.enabled || !is_zero) continue;
    found.push_back(
        {.list = RuleList::cache_rules,
         .pointer = pointer_to(i, "/action_parameters/browser_ttl"),
         .message = "browser_ttl of " + quoted(rules[i]) +
                    " overrides nothing: a default of 0 leaves the origin's headers as they are",
         .remedy = "write mode = \"bypass\" to keep browsers from caching, or \"respect_origin\""}
    );
  }
}

void add_vain_page_rule_actions(FindingList& found, const PageRule& rule) {
  const auto add = [&](std::string message, std::string remedy) {
    found.push_back(
        {.list = RuleList::page_rules,
         .pointer = pointer_to(rule.place, "/actions"),
         .message = std::move(message),
         .remedy = std::move(remedy)}
    );
  };
  const bool keeps = rule.wishes.edge_ttl || rule.wishes.browser_ttl;
  if (rule.cache_level == PageCacheLevel::bypass && keeps)
    add("the TTLs of " + quoted(rule) + " count only where something else caches after all: its " +
            "cache_level is bypass",
        "remove one of the two");
  if (rule.bypass_on_cookie && rule.cache_on_cookie)
    add("bypass_cache_on_cookie of " + quoted(rule) +
            " never counts: cache_on_cookie takes its place",
        "remove one of the two");
}

}  // namespace

FindingList lint_within(const LintedZone& zone) {
  FindingList found;
  const ZoneRules& rules = zone.rules;
  add_lacking(found, rules);
  add_lacking_setting(found, rules);
  add_time_of_what_bypasses(found, rules.cache_rules);
  add_browser_ttl_of_zero(found, rules.cache_rules);
  for (std::size_t i = 0; i < rules.cache_rules.size(); ++i) {
    const CacheRule& rule = rules.cache_rules[i];
    if (!rule.head.enabled) continue;
    const Finding at_rule{.list = RuleList::cache_rules, .pointer = pointer_to(i)};
    add_idle(found, rule.wishes, at_rule, quoted(rule));
    const std::string at = pointer_to(i, "/action_parameters/edge_ttl");
    add_overlapping_statuses(
        found, rule.wishes, {.list = RuleList::cache_rules, .pointer = at}, quoted(rule)
    );
  }
  for (const PageRule& rule : rules.page_rules) {
    if (!rule.is_active) continue;
    const Finding place{
        .list = RuleList::page_rules, .pointer = pointer_to(rule.place, "/actions")
    };
    add_idle(found, rule.wishes, place, quoted(rule));
    add_overlapping_statuses(found, rule.wishes, place, quoted(rule));
    add_vain_page_rule_actions(found, rule);
  }
  return found;
}

}  // namespace festina::rules
