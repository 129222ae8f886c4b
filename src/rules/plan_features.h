// Plan features: what of the configuration and of a script's cf counts from which plan on, and what a plan limits. One
// table; what a plan lacks is ignored where it is asked for, and said so. Of expressions it is refused: half a
// condition would be another one.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/content_coding.h"

namespace festina::rules {

enum class Plan : std::uint8_t { free, pro, business, enterprise };
// "enterprise"
std::string_view name(Plan);
std::optional<Plan> plan(std::string_view name);

enum class Feature : std::uint8_t {
  worker_cache_key,  // cf.cacheKey (reference §4.2)
  true_client_ip,    // True-Client-IP towards Workers and origins (reference §13.2)
  custom_key,  // what enters the key, but for leaving out the whole query (reference §6.2, §8.2)
  key_by_device_type,    // cache_by_device_type (reference §6.2)
  cookie_rules,          // bypass_cache_on_cookie, cache_on_cookie (reference §8.2)
  ttl_by_status,         // a Page Rule's cache_ttl_by_status (reference §8.2)
  cacheable_ports,       // additional_cacheable_ports (reference §1.1)
  origin_cache_control,  // may be switched (reference §1.3)
  error_pages,           // the origin's own 502 and 504 (reference §8.4)
  regular_expressions,   // the operator "matches" in expressions (reference §7.2)
  cookie_fields,         // http.request.cookies in expressions (reference §7.5)
};
std::span<const Feature> features();

// "custom cache keys", for messages.
std::string_view name(Feature);
Plan least_plan(Feature);
bool offers(Plan, Feature);
// "custom cache keys (needs the plan enterprise)", for messages.
std::string with_least_plan(Feature);

// Largest response that may be stored (reference §1.6).
std::uint64_t max_cacheable_bytes(Plan);
// What bodies are coded with for clients, the best first (reference §11.7).
std::array<http::Coding, 3> codings_of(Plan);
// Is Cache-Control obeyed as written where nobody says otherwise? (reference §1.3)
bool obeys_origin(Plan);

// The shortest edge TTL that a rule may set (reference §1.5).
std::chrono::seconds least_edge_ttl(Plan);
// The shortest browser TTL that a Page Rule may set, but for 0 (reference §2.6).
std::chrono::seconds least_page_rule_browser_ttl(Plan);
// Rules of a zone: of a phase of Cache Rules (reference §6.1), and Page Rules (reference §8.1).
std::size_t max_cache_rules(Plan);
std::size_t max_page_rules(Plan);

}  // namespace festina::rules
