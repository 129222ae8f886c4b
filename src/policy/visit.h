// Visit: what is known of who asks, and when; and what a Worker's `cf` object asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/place.h"
#include "http/cache_control.h"
#include "http/status_range.h"
#include "http/url.h"
#include "policy/vary.h"

namespace festina::policy {

struct Visit {
  std::string client_address;
  std::uint16_t port = 80;  // the port the client connected to
  std::string country;      // two letters, or empty
  std::string colo;
  TimePoint now;
  std::string protocol = {};  // "HTTP/2"; empty for a Worker's request
  // The URL as it was asked for, where normalising it changed something.
  std::optional<http::Url> raw_url = {};
  Place place = {};  // of the client's address, as far as a GeoIP file knows it
};

// Who answers when the cache does not. A Snippet comes first of all: what it fetches of its zone goes on to the others
// (reference §0.3).
enum class UpstreamKind : std::uint8_t { origin, worker, snippet };
// Does a script answer, in front of the cache?
inline bool is_script(UpstreamKind kind) { return kind != UpstreamKind::origin; }

// The edge TTL of some statuses: of cf.cacheTtlByStatus, or of a rule.
struct StatusTtl {
  http::StatusRange statuses;
  std::chrono::seconds ttl;  // 0: stored and expired at once; negative: not stored
  bool operator==(const StatusTtl&) const = default;
};

// Of the runtime's flags those that only an edge can keep, as a script's date and flags set them (workerd.md §3.2).
struct EdgeFlags {
  bool cf_overrides_rules = true;   // request_cf_overrides_cache_rules (reference §9.2)
  bool takes_ports = true;          // allow_custom_ports; off: the port of a URL is dropped
  bool takes_brotli = true;         // brotli_content_encoding; off: br is not asked for
  bool is_strictly_public = false;  // global_fetch_strictly_public: its own zone by the front door
  // cache_api_compat_flags and cache_api_request_cf_overrides_cache_rules, which count together only (reference §9.2)
  bool cache_api_overrides_rules = true;
  bool is_snippet = false;  // no flag, but [[scripts]] snippet: what it fetches goes on to Workers
  bool operator==(const EdgeFlags&) const = default;
};

// A member of cf that does nothing, and why.
struct IgnoredMember {
  enum class Why : std::uint8_t { unknown, unusable };
  Why why = Why::unknown;
  std::string name;
  std::string hint;  // "did you mean …?", or what it should be; may be empty
  bool operator==(const IgnoredMember&) const = default;
};

// What became of cf.resolveOverride (reference §4.2).
enum class Resolved : std::uint8_t { as_the_url_says, as_the_script_says, refused };

// How a script asked for this fetch() to be cached (reference §4.2).
struct WorkerOptions {
  bool present = false;        // a script made this request
  std::string script;          // as explain names it
  bool is_of_snippet = false;  // no word of a Snippet comes before a rule (reference §9.5)
  bool asks = false;           // anything below
  bool cache_everything = false;
  std::optional<std::chrono::seconds> cache_ttl;
  std::vector<StatusTtl> cache_ttl_by_status;
  std::optional<std::string> cache_key;
  std::optional<std::vector<std::string>> cache_tags;
  std::optional<http::CacheControl> cache_control;
  std::optional<VarySpec> vary;
  bool bypass = false;                  // RequestInit cache: "no-store" (reference §4.4)
  bool force_revalidate = false;        // RequestInit cache: "no-cache"
  std::optional<bool> deception_armor;  // reference §3.8
  std::optional<bool> respects_strong_etags;
  std::optional<bool> strip_etags;
  std::optional<bool> strip_last_modified;
  bool wants_cache_reserve = false;
  std::string resolve_override;        // the host to connect to; empty: that of the URL
  std::vector<IgnoredMember> ignored;  // of cf, for explain and the log

  // What is known of the request once it is clear whose it is.
  bool overrides_rules = true;  // by the script's EdgeFlags: a fetch(), or the Cache API
  Resolved resolved = Resolved::as_the_url_says;
  std::uint16_t dropped_port = 0;   // of the URL, for want of allow_custom_ports; 0: none
  bool is_of_another_zone = false;  // the script's word does not count here: only its name is given
};
inline const WorkerOptions kNoWorkerOptions{};

}  // namespace festina::policy
