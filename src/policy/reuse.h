// Reuse: what RFC 9111 lets us do with what the cache found (§4), and CacheStatus: what we tell the client.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "policy/decision.h"
#include "policy/stored_response.h"

namespace festina::policy {

enum class Action : std::uint8_t {
  serve,              // as it is
  serve_and_refresh,  // stale, but inside stale-while-revalidate: at once, and a fill in the background
  validate,           // stale with a validator: a conditional request
  fetch               // nothing usable: a full request
};

struct Reuse {
  Action action = Action::fetch;
  Reason reason = Reason::absent;
  std::chrono::seconds age{0};
  std::chrono::seconds lifetime{0};
  bool found = false;  // a stored response was there, whatever its state
  // A stale copy may answer when the upstream fails (§4.2.4, RFC 5861 §4).
  bool stale_on_error = false;
};

// `stored` is null when nothing was found. The client's request is no argument: its Cache-Control and Pragma do not
// count at the edge (reference §1.7).
Reuse judge(const StoredResponse* stored, const CacheDecision&, TimePoint now);

// CF-Cache-Status (reference §2.1). `none`: no header.
enum class CacheStatus : std::uint8_t {
  none,
  hit,
  miss,
  expired,
  revalidated,
  updating,
  stale,
  bypass,
  dynamic
};
std::string_view header_value(CacheStatus);  // "HIT"
std::string_view log_value(CacheStatus);     // "hit"; "unknown" for none

// How a fill ended.
enum class FillOutcome : std::uint8_t { stored, not_stored, freshened, failed };

// What the client is told, from the verdict and the fill it led to (reference §2.2).
CacheStatus cache_status(const CacheDecision&, const Reuse&, std::optional<FillOutcome>);

}  // namespace festina::policy
