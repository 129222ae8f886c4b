#include "rules/page_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "http/status_range.h"
#include "rules/cache_parameters.h"
#include "rules/key_setting.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;

// In the order of PageCacheLevel.
constexpr std::array<std::string_view, 5> kLevels = {
    "aggressive", "basic", "simplified", "bypass", "cache_everything"
};
constexpr std::array<std::string_view, 2> kSwitch = {"off", "on"};
constexpr std::array<std::string_view, 2> kStatuses = {"disabled", "active"};
constexpr std::array<std::string_view, 1> kTargets = {"url"};
constexpr std::array<std::string_view, 1> kOperators = {"matches"};

// One action while it is read.
struct Action {
  Reading& reading;
  PageRule& rule;
  Plan plan;

  std::optional<bool> switched() const {
    const auto word = reading.word("value", kSwitch);
    return word ? std::optional(*word == 1) : std::nullopt;
  }
  std::optional<seconds> ttl(seconds least, seconds most) const {
    const auto given = reading.integer("value", {.least = 0, .most = most.count()});
    if (!given) return std::nullopt;
    if (0 < *given && *given < least.count()) {
      reading.fault(
          "value", "must be 0 or at least " + std::to_string(least.count()) + " on this plan"
      );
    }
    return seconds{*given};
  }
  EdgeTtl& edge_ttl() const {
    if (!rule.wishes.edge_ttl) rule.wishes.edge_ttl.emplace();
    return *rule.wishes.edge_ttl;
  }
};

void take_level(const Action& action) {
  const auto word = action.reading.word("value", kLevels);
  if (word) action.rule.cache_level = static_cast<PageCacheLevel>(*word);
}

// 0 respects what the origin says.
void take_edge_ttl(const Action& action) {
  const auto ttl = action.ttl(least_edge_ttl(action.plan), kMaxPageRuleEdgeTtl);
  if (!ttl) return;
  EdgeTtl& edge = action.edge_ttl();
  edge.ttl = *ttl;
  edge.mode = *ttl > seconds{0} ? EdgeTtl::Mode::override_origin : EdgeTtl::Mode::respect_origin;
}

void take_browser_ttl(const Action& action) {
  const auto ttl = action.ttl(least_page_rule_browser_ttl(action.plan), kMaxRuleTtl);
  if (!ttl) return;
  const bool respects = *ttl == seconds{0};
  action.rule.wishes.browser_ttl = {
      .mode = respects ? BrowserTtl::Mode::respect_origin : BrowserTtl::Mode::override_origin,
      .ttl = *ttl
  };
}

// Seconds, or a word for what zero and less mean.
std::optional<seconds> status_ttl(const json::Value& value) {
  if (value == "no-cache") return seconds{0};
  if (value == "no-store") return seconds{-1};
  const bool fits =
      value.is_int64() && -1 <= value.get_int64() && value.get_int64() <= kMaxRuleTtl.count();
  return fits ? std::optional(seconds{value.get_int64()}) : std::nullopt;
}

void take_ttl_by_status(const Action& action) {
  auto statuses = action.reading.object("value");
  if (!statuses) return;
  auto members = statuses->members();
  if (members.size() > kMaxRuleStatusTtls) {
    return statuses->fault(
        "must not have more than " + std::to_string(kMaxRuleStatusTtls) + " statuses"
    );
  }
  EdgeTtl& edge = action.edge_ttl();
  for (auto& [name, place] : members) {
    const auto range = http::parse_status_range(name);
    const auto ttl = status_ttl(place.value());
    if (range && ttl) {
      add_by_status(edge.by_status, {.statuses = *range, .ttl = *ttl});
    } else {
      place.fault(
          "must be a status or a range such as \"200-299\", with seconds, \"no-cache\" or "
          "\"no-store\""
      );
    }
  }
}

void take_key_fields(const Action& action) {
  if (auto value = action.reading.object("value")) action.rule.wishes.key = read_key(*value);
}

std::optional<CookiePattern> cookie_pattern(const Action& action) {
  const auto text = action.reading.text("value");
  if (!text) return std::nullopt;
  auto pattern = CookiePattern::parse(*text);
  if (pattern) return *std::move(pattern);
  action.reading.fault("value", pattern.error().detail);
  return std::nullopt;
}

void take_bypass_on_cookie(const Action& action) {
  action.rule.bypass_on_cookie = cookie_pattern(action);
}
void take_cache_on_cookie(const Action& action) {
  action.rule.cache_on_cookie = cookie_pattern(action);
}

template <std::optional<bool> Wishes::* kWish>
void take_switch(const Action& action) {
  action.rule.wishes.*kWish = action.switched();
}

// reference §8.2. A row without a reader is accepted and does nothing here.
struct ActionRow {
  std::string_view id;
  void (*take)(const Action&);
};
constexpr ActionRow kActions[] = {
    {"cache_level", take_level},
    {"edge_cache_ttl", take_edge_ttl},
    {"browser_cache_ttl", take_browser_ttl},
    {"cache_ttl_by_status", take_ttl_by_status},
    {"cache_key_fields", take_key_fields},
    {"bypass_cache_on_cookie", take_bypass_on_cookie},
    {"cache_on_cookie", take_cache_on_cookie},
    {"cache_by_device_type", take_switch<&Wishes::by_device_type>},
    {"cache_deception_armor", take_switch<&Wishes::deception_armor>},
    {"respect_strong_etag", take_switch<&Wishes::respects_strong_etags>},
    {"sort_query_string_for_cache", take_switch<&Wishes::sorted_query>},
    {"origin_error_page_pass_thru", take_switch<&Wishes::passes_error_pages>},
    {"explicit_cache_control", take_switch<&Wishes::origin_cache_control>},
    {"always_online", nullptr},
    {"always_use_https", nullptr},
    {"automatic_https_rewrites", nullptr},
    {"browser_check", nullptr},
    {"disable_apps", nullptr},
    {"disable_performance", nullptr},
    {"disable_security", nullptr},
    {"disable_zaraz", nullptr},
    {"email_obfuscation", nullptr},
    {"forwarding_url", nullptr},
    {"host_header_override", nullptr},
    {"ip_geolocation", nullptr},
    {"mirage", nullptr},
    {"opportunistic_encryption", nullptr},
    {"polish", nullptr},
    {"resolve_override", nullptr},
    {"response_buffering", nullptr},
    {"rocket_loader", nullptr},
    {"security_level", nullptr},
    {"ssl", nullptr},
    {"true_client_ip_header", nullptr},
    {"waf", nullptr},
};

std::string unknown_action(std::string_view id) {
  std::vector<std::string_view> names;
  for (const ActionRow& row : kActions) names.push_back(row.id);
  const auto meant = nearest(id, names);
  return "is no known action" + (meant ? ", did you mean \"" + std::string(*meant) + "\"?" : "");
}

void read_action(Reading& reading, PageRule& rule, Plan plan, std::set<std::string>& seen) {
  const auto id = reading.text("id");
  if (!id) {
    if (!reading.has("id")) reading.fault("id", "is missing");
    return;
  }
  const auto* const row = std::ranges::find(kActions, *id, &ActionRow::id);
  if (row == std::end(kActions)) return reading.fault("id", unknown_action(*id));
  if (!seen.insert(*id).second) return reading.fault("id", "stands twice");
  reading.has("value");
  if (row->take == nullptr) {
    rule.wishes.idle.push_back(*id);
  } else {
    row->take({.reading = reading, .rule = rule, .plan = plan});
  }
  reading.refuse_the_rest();
}

void read_actions(Reading& reading, PageRule& rule, Plan plan) {
  if (!reading.has("actions")) return reading.fault("actions", "is missing");
  std::set<std::string> seen;
  for (Reading& action : reading.items("actions", {.least = 1})) {
    read_action(action, rule, plan, seen);
  }
  if (seen.contains("forwarding_url") && seen.size() > 1)
    reading.fault("actions", R"("forwarding_url" may not be used with "any setting")");
}

std::optional<UrlPattern> read_target(Reading& target) {
  target.word("target", kTargets);
  auto constraint = target.object("constraint");
  target.refuse_the_rest();
  if (!constraint) {
    if (!target.has("constraint")) target.fault("constraint", "is missing");
    return std::nullopt;
  }
  constraint->word("operator", kOperators);
  const auto text = constraint->text("value");
  constraint->refuse_the_rest();
  if (!text) {
    if (!constraint->has("value")) constraint->fault("value", "is missing");
    return std::nullopt;
  }
  auto pattern = UrlPattern::parse(*text);
  if (pattern) return *std::move(pattern);
  constraint->fault("value", pattern.error().detail);
  return std::nullopt;
}

// The rule, as far as it can be read.
std::optional<PageRule> read_page_rule(Reading& reading, std::size_t place, Plan plan) {
  if (!reading.is_object()) {
    reading.fault("must be an object");
    return std::nullopt;
  }
  for (const std::string_view left_out : {"created_on", "modified_on"}) reading.has(left_out);
  std::optional<UrlPattern> pattern;
  for (Reading& target : reading.items("targets", {.least = 1, .most = 1}))
    pattern = read_target(target);
  if (!reading.has("targets")) reading.fault("targets", "is missing");
  PageRule rule{
      .id = reading.text("id").value_or(""),
      .place = place,
      .pattern = pattern ? *pattern : UrlPattern::parse("*").value(),
      .priority = reading.integer("priority", {.least = 1}).value_or(1),
      .is_active = reading.word("status", kStatuses) == 1,
      .actions = {},
      .wishes = {},
      .cache_level = {},
      .bypass_on_cookie = {},
      .cache_on_cookie = {}
  };
  read_actions(reading, rule, plan);
  reading.refuse_the_rest();
  if (const json::Value* actions = json::find(reading.value(), "actions")) rule.actions = *actions;
  return pattern ? std::optional(std::move(rule)) : std::nullopt;
}

// Behind those that are as important or more.
void insert(std::vector<PageRule>& rules, PageRule rule) {
  const auto place =
      std::ranges::upper_bound(rules, rule.priority, std::ranges::greater(), &PageRule::priority);
  rules.insert(place, std::move(rule));
}

}  // namespace

ReadRules<PageRule> read_page_rules(
    const json::Value& list, Plan plan, const std::string& pointer
) {
  ReadRules<PageRule> read;
  Findings findings{.code = FaultCode::page_rule};
  Reading reading(list, findings, pointer);
  std::size_t place = 0;
  for (Reading& item : reading.own_items({.most = max_page_rules(plan)})) {
    if (auto rule = read_page_rule(item, place++, plan)) insert(read.rules, *std::move(rule));
  }
  read.faults = std::move(findings.faults);
  if (!read.faults.empty()) read.rules.clear();
  return read;
}

const PageRule* page_rule_for(const std::vector<PageRule>& rules, const http::Url& url) {
  for (const PageRule& rule : rules) {
    if (rule.is_active && rule.pattern.matches(url)) return &rule;
  }
  return nullptr;
}

std::vector<const PageRule*> page_rules_behind(
    const std::vector<PageRule>& rules, const http::Url& url
) {
  std::vector<const PageRule*> behind;
  const PageRule* first = page_rule_for(rules, url);
  for (const PageRule& rule : rules) {
    if (rule.is_active && &rule != first && rule.pattern.matches(url)) behind.push_back(&rule);
  }
  return behind;
}

json::Object to_json(const PageRule& rule) {
  const json::Object constraint{{"operator", "matches"}, {"value", to_json(rule.pattern.text())}};
  return {
      {"id", to_json(std::string_view(rule.id))},
      {"targets", json::Array{json::Object{{"target", "url"}, {"constraint", constraint}}}},
      {"actions", rule.actions},
      {"priority", rule.priority},
      {"status", rule.is_active ? "active" : "disabled"}
  };
}

}  // namespace festina::rules
