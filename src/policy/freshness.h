// Freshness: how long a stored response may be used without asking anyone (RFC 9111 §4.2).
//
// As a shared cache, with the explicit edge TTL in front. What the origin leaves open is filled in by the profile: the
// service's table of TTLs, or the heuristic of the RFC. Everything is a function of its arguments; ages and lifetimes are
// whole seconds, at most 2147483647 (§1.2.2).
#pragma once

#include <chrono>
#include <optional>

#include "base/short_text.h"
#include "policy/decision.h"
#include "policy/stored_response.h"

namespace festina::policy {

// The edge's TTL for a status when the origin gives no freshness (reference §1.5). Nothing: not cached.
std::optional<std::chrono::seconds> default_ttl(http::Status);

// A heuristic lifetime is this part of the time since the last change, and no more than a day (§4.2.2).
inline constexpr int kHeuristicPart = 10;
inline constexpr std::chrono::seconds kMaxHeuristicLifetime = std::chrono::hours(24);

// May a response with this status be reused by a heuristic (RFC 9110 §15.1)?
bool is_heuristically_cacheable(http::Status);
// The lifetime when the origin gives none: of such a status, or of a `public` response. Nothing without a validator,
// for then it could be neither reused nor validated.
std::optional<std::chrono::seconds> heuristic_lifetime(const ResponseFacts&, http::Status);
// Does the origin itself say how long? (§4.2.1: s-maxage, max-age, Expires)
bool has_explicit_lifetime(const ResponseFacts&);

// How long the origin lets the response stay fresh, counted from its generation; nothing when it has no usable
// freshness. Order (§4.2.1, reference §3.2): s-maxage, max-age, Expires, then the profile's own: default by status, or the
// heuristic. no-cache gives zero.
std::optional<std::chrono::seconds> origin_lifetime(const ResponseFacts&, http::Status, Profile);

// The owner's edge TTL that a response of this status is stored with: the explicit one, else the owner's own in place of
// the service's two hours, where the origin says nothing (reference §8.4). Nothing: what the origin lets it.
std::optional<std::chrono::seconds> owners_ttl(
    const CacheDecision&, const ResponseFacts&, http::Status
);

// How long the stored response stays fresh: the explicit edge TTL, else what the origin lets it. Zero: stale at once.
std::chrono::seconds freshness_lifetime(const StoredResponse&, Profile);

// How old the response is (§4.2.3). Never negative. An explicit edge TTL counts from storing: the Age the origin sent
// is left out (reference §2.3).
// Deviation: in `cloudflare` the apparent age is left out, for the clock of an origin may be wrong (reference §3.2
// counts from arrival).
std::chrono::seconds current_age(const StoredResponse&, TimePoint now, Profile);

// Seconds since stored or last validated: the Age field of the service (reference §2.3).
std::chrono::seconds resident_age(const StoredResponse&, TimePoint now);
// The Age field to send: resident_age(), or in `standard` current_age() (RFC 9111 §5.1).
std::chrono::seconds age_to_send(const StoredResponse&, TimePoint now, Profile);

// A stored response is fresh while its age is below its lifetime; equal is stale (reference §5.2).
bool is_fresh(const StoredResponse&, TimePoint now, Profile);

// Directives that forbid to serve it stale, whatever the windows below say (§4.2.4, reference §3.3).
bool forbids_stale(const StoredResponse&, const CacheDecision&);
// Is it s-maxage alone that forbids it, which says so by implication only? (RFC 9111 §5.2.2.10)
bool is_s_maxage_alone(const StoredResponse&, const CacheDecision&);
// Is it the owner's switch alone, s_maxage_allows_stale, that lets it be served stale?
bool is_spared_by_switch(const StoredResponse&, const CacheDecision&);
// How long after expiry it may still be served while refreshing (RFC 5861 §3, reference §3.3). Always Online: never.
// Nothing: without limit, as the synchronous way has it where no directive speaks (reference §3.4).
std::optional<std::chrono::seconds> stale_while_revalidate_window(
    const StoredResponse& stored, const CacheDecision& decision
);
// And after a failure, by the directives (RFC 5861 §4). Nothing: without limit (reference §3.6).
std::optional<std::chrono::seconds> stale_if_error_window(
    const StoredResponse& stored, const CacheDecision& decision
);

// Last-Modified towards browsers when the origin sent neither ETag nor Last-Modified: the second in which the response was
// stored, so that a browser may ask whether it changed since (reference §1.10). Nothing where validators are stripped, or
// the status is not 200, which alone is answered 304; nor in `standard`.
std::optional<TimePoint> edge_last_modified(const StoredResponse&, const CacheDecision&);

// What the browser is told about a response the cache stores or serves (reference §2.6): the Cache-Control value to send
// instead of the origin's, whose Expires goes with it; nothing to leave the origin's fields alone.
using BrowserCacheControl = ShortText<112>;
std::optional<BrowserCacheControl> browser_cache_control(
    const http::Headers& response_headers, const ResponseFacts& facts, const CacheDecision& decision
);

}  // namespace festina::policy
