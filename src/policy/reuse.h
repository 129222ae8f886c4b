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
  fetch,              // nothing usable: a full request
  refuse              // the client wants what is stored or nothing: 504 (RFC 9111 §5.2.1.7)
};

// For which failures of the upstream a stale copy may answer.
enum class StandIn : std::uint8_t {
  never,
  // No answer, or 500 and above, which may count as none (RFC 9111 §4.2.4, §4.3.3, RFC 5861 §4, reference §3.6).
  on_error,
  when_unreachable  // Always Online: 520 to 527, whatever the directives say (reference §3.6)
};

// What a request does that finds the upstream being asked for the same key (reference §3.4).
enum class Meanwhile : std::uint8_t { wait, serve_stale };

struct Reuse {
  Action action = Action::fetch;
  Reason reason = Reason::absent;
  std::chrono::seconds age{0};
  std::chrono::seconds lifetime{0};
  bool found = false;  // a stored response was there, whatever its state
  StandIn stand_in = StandIn::never;
  Meanwhile meanwhile = Meanwhile::wait;
  bool is_spared_by_switch = false;  // stale rights it has by s_maxage_allows_stale alone
};

// `stored` is null when nothing was found. The client's request is no argument: where its Cache-Control counts, the
// decision has it; at the service's edge it does not (reference §1.7).
Reuse judge(const StoredResponse* stored, const CacheDecision&, TimePoint now);

// May what was found answer for this failure? `failure`: the status the upstream answered, or the edge's own for no
// answer.
bool may_stand_in(const Reuse&, http::Status failure);

// CF-Cache-Status (reference §2.1). `none`: no header. `stream_hit`: answered by a fill that another request had
// started, a HIT to clients. `deferred`: remembered as uncacheable, and not any more: a BYPASS to clients, stored the next
// time (reference §3.5).
enum class CacheStatus : std::uint8_t {
  none,
  hit,
  miss,
  expired,
  revalidated,
  updating,
  stale,
  bypass,
  dynamic,
  stream_hit,
  deferred
};
inline constexpr CacheStatus kLastCacheStatus = CacheStatus::deferred;
std::string_view header_value(CacheStatus);  // "HIT"
std::string_view log_value(CacheStatus);     // "hit"; "unknown" for none

// How a fill ended. `under_way`: it did not yet, and a stale copy answers meanwhile.
enum class FillOutcome : std::uint8_t { stored, not_stored, freshened, failed, under_way };
// Whose fill it was that a request waited for.
enum class Waited : std::uint8_t { for_own_fill, for_anothers };

// What the client is told, from the verdict and the fill it led to (reference §2.2).
CacheStatus cache_status(
    const CacheDecision&, const Reuse&, std::optional<FillOutcome>, Waited waited
);
// The same by the name the owner's era or switches give it: uncacheable_label, swr_label. `refusal`: why the answer was
// not stored, where that is known.
CacheStatus labelled(CacheStatus, const CacheDecision&, std::optional<Reason> refusal);

}  // namespace festina::policy
