// Settings: the zone-wide cache settings, by the API's names, with their defaults (reference §8.4).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "policy/compat.h"
#include "policy/decision.h"

namespace festina::rules {

enum class CacheLevel : std::uint8_t { aggressive, basic, simplified, bypass };
enum class Plan : std::uint8_t { free, pro, business, enterprise };

struct Settings {
  CacheLevel cache_level = CacheLevel::aggressive;
  std::chrono::seconds browser_cache_ttl{14400};  // 0: respect existing headers
  bool development_mode = false;
  bool always_online = false;  // reference §3.6
  bool sort_query_string_for_cache = false;
  bool cache_status_header = true;  // RFC 9211 Cache-Status beside CF-Cache-Status
};

// What resolve() reads of a zone. Immutable, part of the zone.
struct ZoneRules {
  policy::Profile profile = policy::Profile::cloudflare;
  Plan plan = Plan::pro;
  policy::Compat compat;
  Settings settings;
};

// Largest response that may be stored (reference §1.6).
std::uint64_t max_cacheable_bytes(Plan);
// What bodies are coded with for clients, the best first (reference §11.7).
std::array<http::Coding, 3> codings_of(Plan);

}  // namespace festina::rules
