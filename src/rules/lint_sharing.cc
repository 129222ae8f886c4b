#include "rules/lint_sharing.h"

#include <algorithm>
#include <span>

#include "base/text.h"
#include "rules/foregone.h"
#include "rules/plan_wishes.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;

constexpr http::Status kOk = 200;

bool is_site(const LintedZone& zone, std::string_view host) {
  return host == zone.name || host == "www." + std::string(zone.name);
}

// Nothing in such a field sets one page apart from another, nor a visitor with a session from one without.
bool is_blind_to_pages(const Field* field) {
  return field->name == "http.host" || field->name == "ssl" ||
         field->name == "http.request.method" || field->name == "http.request.version" ||
         field->name == "cf.edge.server_port" || field->name.starts_with("ip.src");
}

// Is it for all pages of the site itself? A host of another name may well be one of static files.
bool is_for_all_pages(const LintedZone& zone, const Expression& expression) {
  const Condition& condition = expression.condition();
  if (never_holds(condition)) return false;
  const auto hosts = hosts_needed(condition);
  const bool is_of_site = hosts.empty() || std::ranges::any_of(hosts, [&](const auto& host) {
                            return is_site(zone, host);
                          });
  return is_of_site && std::ranges::all_of(fields_read(condition), is_blind_to_pages);
}
bool is_for_all_pages(const LintedZone& zone, const UrlPattern& pattern) {
  const std::string host = lower(pattern.host());
  return pattern.path() == "/*" && (is_site(zone, host) || host.find('*') != std::string::npos);
}

// Does it keep an ordinary answer for a time of its own, so that Set-Cookie is removed (reference §1.4)?
bool keeps_whatever_comes(const std::optional<EdgeTtl>& ttl, bool heeds_statuses) {
  if (!ttl) return false;
  if (heeds_statuses) {
    for (const policy::StatusTtl& each : ttl->by_status) {
      if (http::contains(each.statuses, kOk)) return each.ttl > seconds{0};
    }
  }
  return ttl->mode == EdgeTtl::Mode::override_origin && ttl->ttl > seconds{0};
}

// May something else settle that time after all: a Cache Rule among `behind`, or a directive of the response's rules?
bool may_be_settled_elsewhere(const ZoneRules& rules, std::span<const CacheRule> behind) {
  return std::ranges::any_of(
             behind, [](const CacheRule& rule) { return rule.head.enabled && rule.wishes.edge_ttl; }
         ) ||
         std::ranges::any_of(rules.response_rules, [](const ResponseRule& rule) {
           return rule.head.enabled && std::ranges::any_of(rule.directives, settles_lifetime);
         });
}

Finding told(Finding place, const std::string& rule, bool keeps) {
  place.message =
      keeps ? rule +
                  " stores every page for a time of its own, and removes Set-Cookie from it: "
                  "logins break, and a page made for one visitor reaches all"
            : rule +
                  " makes every page eligible, as Cache Everything does: HTML and admin pages "
                  "are stored where the origin's headers do not forbid it";
  place.remedy = place.list == RuleList::page_rules
                     ? "narrow the pattern, or add bypass_cache_on_cookie for sessions"
                     : "narrow the expression, or add a later rule with cache = false for pages "
                       "and cookies of sessions";
  return place;
}

bool bypasses(const CacheRule& rule) {
  return rule.head.enabled && rule.wishes.cache == false &&
         !never_holds(rule.head.expression.condition());
}

void add_cache_rules(FindingList& found, const LintedZone& zone) {
  const std::span rules(zone.rules.cache_rules);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const CacheRule& rule = rules[i];
    if (!rule.head.enabled || rule.wishes.cache != true) continue;
    const auto behind = rules.subspan(i + 1);
    const bool has_exceptions = std::ranges::any_of(behind, bypasses);
    if (has_exceptions || !is_for_all_pages(zone, rule.head.expression)) continue;
    const bool keeps = keeps_whatever_comes(rule.wishes.edge_ttl, true) &&
                       !may_be_settled_elsewhere(zone.rules, behind);
    Finding place{
        .list = RuleList::cache_rules,
        .pointer = pointer_to(i, "/action_parameters/" + std::string(keeps ? "edge_ttl" : "cache"))
    };
    found.push_back(told(std::move(place), quoted(rule), keeps));
  }
}

// Does a Cache Rule have its say on what is eligible? Then the Page Rule's level is not the last word.
bool is_spoken_of(const std::vector<CacheRule>& rules) {
  return std::ranges::any_of(rules, [](const CacheRule& rule) {
    return rule.head.enabled && rule.wishes.cache.has_value();
  });
}

void add_page_rules(FindingList& found, const LintedZone& zone) {
  if (is_spoken_of(zone.rules.cache_rules)) return;
  const Plan plan = zone.rules.plan;
  for (const PageRule& rule : zone.rules.page_rules) {
    const bool has_exceptions =
        asks_for(Feature::cookie_rules, rule) && offers(plan, Feature::cookie_rules);
    const bool is_broad = rule.cache_level == PageCacheLevel::cache_everything &&
                          is_for_all_pages(zone, rule.pattern);
    if (!rule.is_active) continue;
    if (rule.cache_level == PageCacheLevel::bypass) return;  // what comes first is the exception
    if (has_exceptions || !is_broad) continue;
    const bool keeps =
        keeps_whatever_comes(rule.wishes.edge_ttl, offers(plan, Feature::ttl_by_status)) &&
        !may_be_settled_elsewhere(zone.rules, zone.rules.cache_rules);
    Finding place{.list = RuleList::page_rules, .pointer = pointer_to(rule.place, "/actions")};
    found.push_back(told(std::move(place), quoted(rule), keeps));
  }
}

}  // namespace

FindingList lint_sharing(const LintedZone& zone) {
  FindingList found;
  // In the profile `standard` everything is eligible, and Set-Cookie is the origin's matter.
  if (zone.rules.profile == policy::Profile::standard) return found;
  add_cache_rules(found, zone);
  add_page_rules(found, zone);
  return found;
}

}  // namespace festina::rules
