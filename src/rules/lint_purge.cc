#include "rules/lint_purge.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "rules/foregone.h"
#include "rules/plan_wishes.h"

namespace festina::rules {

namespace {

constexpr std::string_view kMethod = "http.request.method";

bool speaks_of_key(const Wishes& wishes) {
  return wishes.key || wishes.by_device_type || wishes.deception_armor || wishes.sorted_query;
}

// Does a later rule say another key wherever this one applies? Then what this one says of it does not count.
bool is_key_taken_back(
    std::span<const CacheRule> later, const CacheRule& rule, std::size_t& steps_left
) {
  return std::ranges::any_of(later, [&](const CacheRule& other) {
    return other.head.enabled && speaks_of_key(other.wishes) &&
           implies(rule.head.expression.condition(), other.head.expression.condition(), steps_left);
  });
}

// --- what a rule asks before it makes a key ---

// What of a visitor's request a purge may repeat, by naming a header.
bool is_of_headers(const Field& field) {
  constexpr std::array<std::string_view, 5> names = {
      "http.user_agent",
      "http.referer",
      "http.x_forwarded_for",
      "http.request.accepted_languages",
      "ip.src.country"
  };
  return field.name.starts_with("http.request.headers") ||
         std::ranges::find(names, field.name) != names.end();
}

// What it cannot: who asked, when, over what.
bool is_of_visitor(const Field& field) {
  constexpr std::array<std::string_view, 3> names = {
      "http.cookie", "http.request.version", "cf.edge.server_port"
  };
  return (field.name.starts_with("ip.src") && field.name != "ip.src.country") ||
         field.name.starts_with("http.request.cookies") ||
         field.name.starts_with("http.request.timestamp") ||
         std::ranges::find(names, field.name) != names.end();
}

template <class Is>
std::vector<std::string> names_of(const std::vector<const Field*>& fields, Is is) {
  std::vector<std::string> names;
  for (const Field* field : fields) {
    if (is(*field)) names.emplace_back(field->name);
  }
  return names;
}

void add_by_expression(FindingList& found, std::size_t place, const CacheRule& rule) {
  const auto fields = fields_read(rule.head.expression.condition());
  const auto add = [&](std::string message, std::string remedy) {
    found.push_back(
        {.list = RuleList::cache_rules,
         .pointer = pointer_to(place, "/expression"),
         .message = std::move(message),
         .remedy = std::move(remedy)}
    );
  };
  if (std::ranges::find(fields, kMethod, &Field::name) != fields.end() &&
      rule.wishes.cache != false) {
    add("a purge of a single URL may miss what " + quoted(rule) +
            " is for: it reads http.request.method, and a purge is no GET",
        "leave the method out: only GET and HEAD are cached anyway");
  }
  const bool makes_key = rule.wishes.key || rule.wishes.by_device_type || rule.wishes.sorted_query;
  if (!makes_key) return;
  const auto visitors = names_of(fields, is_of_visitor);
  const auto headers = names_of(fields, is_of_headers);
  if (!visitors.empty()) {
    add("a purge of a single URL misses what is stored by the cache_key of " + quoted(rule) +
            ": the rule reads " + listed(visitors, "and") + ", which a purge does not have",
        "purge it by tag, host or prefix");
  } else if (!headers.empty()) {
    add("a purge of a single URL finds what is stored by the cache_key of " + quoted(rule) +
            " only with the same headers: the rule reads " + listed(headers, "and"),
        "name them in the purge, or purge by tag, host or prefix");
  }
}

// --- what a rule puts into the key ---

std::vector<std::string> keyed_headers(const Wishes& wishes, Plan plan) {
  std::vector<std::string> names;
  const bool by_device = wishes.by_device_type == true && offers(plan, Feature::key_by_device_type);
  const bool is_custom = wishes.key && offers(plan, Feature::custom_key);
  if (by_device || (is_custom && wishes.key->by_device)) names.emplace_back("CF-Device-Type");
  if (!is_custom) return names;
  if (wishes.key->by_country) names.emplace_back("CF-IPCountry");
  if (wishes.key->by_language) names.emplace_back("Accept-Language");
  if (!wishes.key->custom) return names;
  const policy::CustomKey& key = *wishes.key->custom;
  names.insert(names.end(), key.fields.begin(), key.fields.end());
  names.insert(names.end(), key.fields_present.begin(), key.fields_present.end());
  for (const auto& restricted : key.fields_containing) names.push_back(restricted.field);
  return names;
}

bool is_keyed_by_cookies(const Wishes& wishes, Plan plan) {
  return offers(plan, Feature::custom_key) && wishes.key && wishes.key->custom &&
         !(wishes.key->custom->cookies.empty() && wishes.key->custom->cookies_present.empty());
}

void add_by_key(
    FindingList& found, const Wishes& wishes, Plan plan, const Finding& place,
    const std::string& rule
) {
  Finding finding = place;
  const auto headers = keyed_headers(wishes, plan);
  if (is_keyed_by_cookies(wishes, plan)) {
    finding.message = "a purge of a single URL does not reach what " + rule + " keys by cookies";
    finding.remedy = "purge it by tag, host or prefix";
  } else if (!headers.empty()) {
    finding.message = "a purge of a single URL must name " + listed(headers, "and") +
                      " as they were asked with: " + rule + " puts them into the key";
    finding.remedy = "name them in the purge, or purge by tag, host or prefix";
  } else {
    return;
  }
  found.push_back(std::move(finding));
}

}  // namespace

FindingList lint_purge(const LintedZone& zone) {
  FindingList found;
  const Plan plan = zone.rules.plan;
  std::size_t steps_left = kMaxImplicationSteps;
  for (std::size_t i = 0; i < zone.rules.cache_rules.size(); ++i) {
    const CacheRule& rule = zone.rules.cache_rules[i];
    const auto later = std::span(zone.rules.cache_rules).subspan(i + 1);
    if (!rule.head.enabled) continue;
    add_by_expression(found, i, rule);
    if (is_key_taken_back(later, rule, steps_left)) continue;
    const Finding place{
        .list = RuleList::cache_rules, .pointer = pointer_to(i, "/action_parameters/cache_key")
    };
    add_by_key(found, rule.wishes, plan, place, quoted(rule));
  }
  for (const PageRule& rule : zone.rules.page_rules) {
    if (!rule.is_active) continue;
    const Finding place{
        .list = RuleList::page_rules, .pointer = pointer_to(rule.place, "/actions")
    };
    add_by_key(found, rule.wishes, plan, place, quoted(rule));
  }
  return found;
}

}  // namespace festina::rules
