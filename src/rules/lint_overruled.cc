#include "rules/lint_overruled.h"

#include <algorithm>
#include <span>
#include <utility>

#include "rules/foregone.h"
#include "rules/plan_wishes.h"

namespace festina::rules {

namespace {

// A setting of Cache Rules that is settled as a whole, by its name.
struct Setting {
  std::string_view name;
  bool (*is_said)(const Wishes&, Plan);
};

template <auto kMember>
bool has(const Wishes& wishes, Plan) {
  return (wishes.*kMember).has_value();
}
// What the plan lacks is not heard, so it settles nothing.
template <auto kMember, Feature kFeature>
bool has_and_may(const Wishes& wishes, Plan plan) {
  return has<kMember>(wishes, plan) &&
         (offers(plan, kFeature) || !asks_for(kFeature, wishes, plan));
}
bool speaks_of_key(const Wishes& wishes, Plan) {
  return wishes.key || wishes.by_device_type || wishes.deception_armor || wishes.sorted_query;
}

constexpr Setting kSettings[] = {
    {"cache", has<&Wishes::cache>},
    {"edge_ttl", has<&Wishes::edge_ttl>},
    {"browser_ttl", has<&Wishes::browser_ttl>},
    {"cache_key", speaks_of_key},
    {"additional_cacheable_ports", has_and_may<&Wishes::ports, Feature::cacheable_ports>},
    {"origin_cache_control",
     has_and_may<&Wishes::origin_cache_control, Feature::origin_cache_control>},
    {"origin_error_page_passthru", has_and_may<&Wishes::passes_error_pages, Feature::error_pages>},
    {"read_timeout", has<&Wishes::read_timeout>},
    {"respect_strong_etags", has<&Wishes::respects_strong_etags>},
    {"serve_stale", has<&Wishes::may_be_updating>},
    {"vary", has<&Wishes::vary>},
};

// A thing that a rule says, where it stands, and the rule that takes it back; null: none.
template <class Rule>
struct Saying {
  std::string name;
  std::string pointer;  // below the rule
  const Rule* overruled_by = nullptr;
};
template <class Rule>
using Sayings = std::vector<Saying<Rule>>;

// The later rules that apply wherever this one does.
template <class Rule>
using Covering = std::vector<const Rule*>;

template <class Rule>
Covering<Rule> covering(const Rule& rule, std::span<const Rule> later, std::size_t& steps_left) {
  const Condition& condition = rule.head.expression.condition();
  Covering<Rule> found;
  for (const Rule& other : later) {
    if (other.head.enabled && implies(condition, other.head.expression.condition(), steps_left))
      found.push_back(&other);
  }
  return found;
}

// The first of them that takes back what the rule says; null: none does.
template <class Rule, class TakesBack>
const Rule* overruler(const Covering<Rule>& later, TakesBack takes_back) {
  const auto found =
      std::ranges::find_if(later, [&takes_back](const Rule* other) { return takes_back(*other); });
  return found == later.end() ? nullptr : *found;
}

template <class Rule>
void add_overruled(
    FindingList& found, RuleList list, std::size_t place, const Rule& rule,
    const Sayings<Rule>& sayings
) {
  const auto is_overruled = [](const Saying<Rule>& saying) {
    return saying.overruled_by != nullptr;
  };
  const bool is_vain = !sayings.empty() && std::ranges::all_of(sayings, is_overruled);
  if (is_vain) {
    const Rule* first = sayings.front().overruled_by;
    const bool is_by_several = std::ranges::any_of(sayings, [first](const Saying<Rule>& saying) {
      return saying.overruled_by != first;
    });
    found.push_back(
        {.list = list,
         .pointer = pointer_to(place),
         .message = quoted(rule) + " settles nothing: " + quoted(*first) +
                    " comes later, applies wherever it does, and wins" +
                    (is_by_several ? ", as later ones do for the rest of it" : ""),
         .remedy = "remove it, or put it behind the other"}
    );
    return;
  }
  for (const Saying<Rule>& saying : sayings) {
    if (!is_overruled(saying)) continue;
    found.push_back(
        {.list = list,
         .pointer = pointer_to(place, "/action_parameters" + saying.pointer),
         .message = saying.name + " of " + quoted(rule) +
                    " never counts: " + quoted(*saying.overruled_by) +
                    " comes later, applies wherever it does, and wins",
         .remedy = "remove it, or put the rule behind the other"}
    );
  }
}

// --- Cache Rules ---

Sayings<CacheRule> sayings_of(const CacheRule& rule, const Covering<CacheRule>& later, Plan plan) {
  Sayings<CacheRule> sayings;
  for (const Setting& setting : kSettings) {
    if (!setting.is_said(rule.wishes, plan)) continue;
    const std::string name(setting.name);
    const auto* by = overruler(later, [&](const CacheRule& other) {
      return setting.is_said(other.wishes, plan);
    });
    sayings.push_back({.name = name, .pointer = "/" + name, .overruled_by = by});
  }
  return sayings;
}

// --- Cache Response Rules ---

// Does the other edit leave nothing of this one, neither in what the edge obeys nor in what others are told?
bool takes_back(const DirectiveEdit& other, const DirectiveEdit& edit) {
  return other.directive == edit.directive && (!other.is_for_edge_only || edit.is_for_edge_only) &&
         (settles_lifetime(other) || !settles_lifetime(edit));
}

bool takes_back(const ResponseRule& other, const DirectiveEdit& edit) {
  return std::ranges::any_of(other.directives, [&edit](const DirectiveEdit& second) {
    return takes_back(second, edit);
  });
}

template <auto kMember>
void add_strip(
    Sayings<ResponseRule>& sayings, std::string_view name, const ResponseRule& rule,
    const Covering<ResponseRule>& later
) {
  if (!(rule.*kMember)) return;
  const auto* by =
      overruler(later, [](const ResponseRule& other) { return (other.*kMember).has_value(); });
  sayings.push_back(
      {.name = std::string(name), .pointer = "/" + std::string(name), .overruled_by = by}
  );
}

Sayings<ResponseRule> sayings_of(const ResponseRule& rule, const Covering<ResponseRule>& later) {
  Sayings<ResponseRule> sayings;
  add_strip<&ResponseRule::strip_etags>(sayings, "strip_etags", rule, later);
  add_strip<&ResponseRule::strip_last_modified>(sayings, "strip_last_modified", rule, later);
  add_strip<&ResponseRule::strip_set_cookie>(sayings, "strip_set_cookie", rule, later);
  if (rule.tags) {
    const auto* by = overruler(later, [](const ResponseRule& other) {
      return other.tags && other.tags->operation == TagEdit::Operation::set;
    });
    sayings.push_back({.name = "set_cache_tags", .pointer = "", .overruled_by = by});
  }
  for (const DirectiveEdit& edit : rule.directives) {
    const auto* by =
        overruler(later, [&edit](const ResponseRule& other) { return takes_back(other, edit); });
    sayings.push_back({.name = edit.directive, .pointer = "/" + edit.directive, .overruled_by = by}
    );
  }
  return sayings;
}

// A directive that says how long the edge keeps something comes before every rule's edge TTL (reference §3.1).
void add_ttls_behind_directives(FindingList& found, const ZoneRules& rules) {
  const auto settles = std::ranges::find_if(rules.response_rules, [](const ResponseRule& rule) {
    return rule.head.enabled && always_holds(rule.head.expression.condition()) &&
           std::ranges::any_of(rule.directives, settles_lifetime);
  });
  if (settles == rules.response_rules.end()) return;
  for (std::size_t i = 0; i < rules.cache_rules.size(); ++i) {
    const CacheRule& rule = rules.cache_rules[i];
    const auto& ttl = rule.wishes.edge_ttl;
    const bool sets_one =
        ttl && (ttl->mode == EdgeTtl::Mode::override_origin || !ttl->by_status.empty());
    if (!rule.head.enabled || !sets_one) continue;
    found.push_back(
        {.list = RuleList::cache_rules,
         .pointer = pointer_to(i, "/action_parameters/edge_ttl"),
         .message = "edge_ttl of " + quoted(rule) + " does not count, but beside a Worker's " +
                    "cacheTtlByStatus: " + quoted(*settles) +
                    " says of every response how long it is kept, and comes before Cache Rules",
         .remedy = "remove one of the two"}
    );
  }
}

// --- Page Rules ---

// What a Page Rule says, and which setting of a Cache Rule takes its place.
struct PageSetting {
  std::string_view action;
  std::string_view setting;
  bool (*is_said)(const PageRule&);
};
template <auto kMember>
bool page_has(const PageRule& rule) {
  return (rule.wishes.*kMember).has_value();
}
constexpr PageSetting kPageSettings[] = {
    // The other levels have a say in the key too.
    {"cache_level",
     "cache",
     [](const PageRule& rule) {
       return rule.cache_level == PageCacheLevel::bypass ||
              rule.cache_level == PageCacheLevel::cache_everything;
     }},
    {"bypass_cache_on_cookie",
     "cache",
     [](const PageRule& rule) { return rule.bypass_on_cookie.has_value(); }},
    {"cache_on_cookie",
     "cache",
     [](const PageRule& rule) { return rule.cache_on_cookie.has_value(); }},
    {"edge_cache_ttl or cache_ttl_by_status", "edge_ttl", page_has<&Wishes::edge_ttl>},
    {"browser_cache_ttl", "browser_ttl", page_has<&Wishes::browser_ttl>},
    {"respect_strong_etag", "respect_strong_etags", page_has<&Wishes::respects_strong_etags>},
};

const CacheRule* rule_for_all(const ZoneRules& rules, std::string_view setting) {
  const auto* const row = std::ranges::find(kSettings, setting, &Setting::name);
  if (row == std::end(kSettings)) unreachable("a Page Rule is overruled by settings there are");
  const auto found = std::ranges::find_if(rules.cache_rules, [&](const CacheRule& rule) {
    return rule.head.enabled && row->is_said(rule.wishes, rules.plan) &&
           always_holds(rule.head.expression.condition());
  });
  return found == rules.cache_rules.end() ? nullptr : &*found;
}

void add_page_rules_behind(FindingList& found, const ZoneRules& rules) {
  for (const PageSetting& setting : kPageSettings) {
    const CacheRule* const by = rule_for_all(rules, setting.setting);
    if (by == nullptr) continue;
    for (const PageRule& rule : rules.page_rules) {
      if (!rule.is_active || !setting.is_said(rule)) continue;
      found.push_back(
          {.list = RuleList::page_rules,
           .pointer = pointer_to(rule.place, "/actions"),
           .message = std::string(setting.action) + " of " + quoted(rule) + " never counts: " +
                      quoted(*by) + " says it of every request, and Cache Rules come first",
           .remedy = "make a Cache Rule of it, behind that one"}
      );
    }
  }
}

}  // namespace

FindingList lint_overruled(const LintedZone& zone) {
  FindingList found;
  std::size_t steps_left = kMaxImplicationSteps;
  const std::span cache_rules(zone.rules.cache_rules);
  for (std::size_t i = 0; i < cache_rules.size(); ++i) {
    const CacheRule& rule = cache_rules[i];
    if (!rule.head.enabled || never_holds(rule.head.expression.condition())) continue;
    const auto sayings =
        sayings_of(rule, covering(rule, cache_rules.subspan(i + 1), steps_left), zone.rules.plan);
    add_overruled(found, RuleList::cache_rules, i, rule, sayings);
  }
  const std::span response_rules(zone.rules.response_rules);
  for (std::size_t i = 0; i < response_rules.size(); ++i) {
    const ResponseRule& rule = response_rules[i];
    if (!rule.head.enabled || never_holds(rule.head.expression.condition())) continue;
    const auto sayings =
        sayings_of(rule, covering(rule, response_rules.subspan(i + 1), steps_left));
    add_overruled(found, RuleList::response_rules, i, rule, sayings);
  }
  add_ttls_behind_directives(found, zone.rules);
  add_page_rules_behind(found, zone.rules);
  return found;
}

}  // namespace festina::rules
