#include "rules/eligibility.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "http/forwarding.h"
#include "rules/default_extensions.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::Reason;
using policy::Setter;
using policy::Step;

Step eligible(const Voice& voice, Reason reason, std::string name = {}) {
  return {Aspect::eligible, 1, voice.setter, reason, std::move(name)};
}
Step not_eligible(const Voice& voice, Reason reason, std::string name = {}) {
  return {Aspect::eligible, 0, voice.setter, reason, std::move(name)};
}
constexpr Voice kDefault{.setter = Setter::product_default};
constexpr Voice kZone{.setter = Setter::zone_setting};
constexpr Voice kRequest{.setter = Setter::request};
constexpr Voice kWorker{.setter = Setter::worker};

// reference §1.1
bool is_cacheable_port(std::uint16_t port, const Heard& heard) {
  constexpr std::uint16_t refused[] = {2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096, 8443, 8880};
  const bool is_refused = std::ranges::binary_search(refused, port);
  return !is_refused || (heard.ports && std::ranges::count(*heard.ports, port) > 0);
}

// What nobody's wish makes cacheable (reference §1.1).
std::optional<Step> refused_by_request(
    const ZoneRules& rules, const Heard& heard, const Facts& facts
) {
  const http::Request& request = facts.request;
  if (request.method != http::Method::get && request.method != http::Method::head) {
    return not_eligible(kRequest, Reason::method_not_cacheable, request.method_text);
  }
  if (http::requested_upgrade(request.headers)) {
    return not_eligible(kRequest, Reason::upgrade_not_cacheable);
  }
  const std::uint16_t port = facts.visit.port;
  if (rules.profile == policy::Profile::cloudflare && !is_cacheable_port(port, heard)) {
    return not_eligible(kDefault, Reason::port_not_cacheable, std::to_string(port));
  }
  return std::nullopt;
}

bool has_query(const http::Url& url) { return url.query && !url.query->empty(); }

// cache_on_cookie beats bypass_cache_on_cookie (reference §8.2).
std::optional<Step> said_by_cookie(const PageRule& rule, const http::Headers& headers) {
  const Voice voice{.setter = Setter::page_rule};
  const std::string name(rule.pattern.text());
  if (rule.cache_on_cookie) {
    if (rule.cache_on_cookie->matches(headers)) return std::nullopt;
    return not_eligible(voice, Reason::cookie_missing, name);
  }
  if (rule.bypass_on_cookie && rule.bypass_on_cookie->matches(headers)) {
    return not_eligible(voice, Reason::cookie_bypasses, name);
  }
  return std::nullopt;
}

// By the Page Rule that applies (reference §8.2).
std::optional<Step> said_by_page_rule(const Heard& heard, const http::Request& request) {
  if (heard.page_rule == nullptr) return std::nullopt;
  const PageRule& rule = *heard.page_rule;
  const Voice voice{.setter = Setter::page_rule};
  const std::string name(rule.pattern.text());
  if (rule.cache_level == PageCacheLevel::bypass) {
    return not_eligible(voice, Reason::cache_level_bypass, name);
  }
  if (heard.heeds_cookies) {
    if (auto by_cookie = said_by_cookie(rule, request.headers)) return by_cookie;
  }
  if (rule.cache_level == PageCacheLevel::cache_everything) {
    return eligible(voice, Reason::cache_everything, name);
  }
  if (rule.cache_level == PageCacheLevel::basic && has_query(request.url)) {
    return not_eligible(voice, Reason::query_string_refused, name);
  }
  return std::nullopt;
}

// By Development Mode, which is like a rule that bypasses (reference §9.1), by Cache Rules, the Page Rule and the zone's
// cache level. A Page Rule with a level has it in place of the zone's.
std::optional<Step> said_by_owner(const ZoneRules& rules, const Heard& heard, const Facts& facts) {
  if (is_on(rules.settings.development_mode, facts.visit.now)) {
    return not_eligible(kZone, Reason::development_mode);
  }
  if (heard.cache) {
    std::string name(heard.cache.voice.name);
    return *heard.cache ? eligible(heard.cache.voice, Reason::rule_eligible, std::move(name))
                        : not_eligible(heard.cache.voice, Reason::rule_bypasses, std::move(name));
  }
  if (auto said = said_by_page_rule(heard, facts.request)) return said;
  const bool has_own_level = heard.page_rule != nullptr && heard.page_rule->cache_level;
  const bool is_basic = !has_own_level && rules.settings.cache_level == CacheLevel::basic;
  if (is_basic && has_query(facts.request.url)) {
    return not_eligible(kZone, Reason::query_string_refused);
  }
  return std::nullopt;
}

// cacheTtl implies cacheEverything, cacheTtlByStatus does not (reference §4.2).
std::optional<Step> said_by_worker(const policy::WorkerOptions& worker) {
  if (worker.cache_ttl) return eligible(kWorker, Reason::worker_cache_ttl, worker.script);
  if (worker.cache_everything) {
    return eligible(kWorker, Reason::worker_cache_everything, worker.script);
  }
  return std::nullopt;
}

Step eligible_by_default(const ZoneRules& rules, std::string_view path) {
  if (rules.profile == policy::Profile::standard) return eligible(kZone, Reason::standard_profile);
  if (path == "/robots.txt") return eligible(kDefault, Reason::robots_txt);
  std::string extension = http::path_extension(path);
  if (extension.empty()) return not_eligible(kDefault, Reason::no_extension);
  return is_default_extension(extension)
             ? eligible(kDefault, Reason::default_extension, std::move(extension))
             : not_eligible(kDefault, Reason::not_default_extension, std::move(extension));
}

}  // namespace

Step eligibility(
    const ZoneRules& rules, const Heard& heard, const Facts& facts,
    const policy::WorkerOptions& worker
) {
  if (worker.bypass) return not_eligible(kWorker, Reason::worker_bypass, worker.script);
  if (auto never = refused_by_request(rules, heard, facts)) return *std::move(never);
  auto by_worker = said_by_worker(worker);
  auto by_owner = said_by_owner(rules, heard, facts);
  auto& first = worker.overrides_rules ? by_worker : by_owner;
  auto& second = worker.overrides_rules ? by_owner : by_worker;
  if (first) return *std::move(first);
  if (second) return *std::move(second);
  return eligible_by_default(rules, facts.request.url.path);
}

std::optional<Step> refused_by_owner(
    const ZoneRules& rules, const Heard& heard, const Facts& facts
) {
  auto said = said_by_owner(rules, heard, facts);
  return said && said->value == 0 ? std::move(said) : std::nullopt;
}

}  // namespace festina::rules
