// Freshness: how long a stored response may be used without asking anyone (RFC 9111 §4.2).
//
// As a shared cache, with the explicit edge TTL in front. Everything is a function of its arguments; ages and lifetimes
// are whole seconds, at most 2147483647 (§1.2.2).
#pragma once

#include <chrono>
#include <optional>

#include "base/short_text.h"
#include "policy/decision.h"
#include "policy/stored_response.h"

namespace festina::policy {

// The edge's TTL for a status when the origin gives no freshness (reference §1.5). Nothing: not cached.
std::optional<std::chrono::seconds> default_ttl(http::Status);

// How long the origin lets the response stay fresh, counted from its generation; nothing when it has no usable
// freshness. Order (§4.2.1, reference §3.2): s-maxage, max-age, Expires, default by status. no-cache gives zero.
std::optional<std::chrono::seconds> origin_lifetime(const ResponseFacts&, http::Status);

// How long the stored response stays fresh: the explicit edge TTL, else what the origin lets it. Zero: stale at once.
std::chrono::seconds freshness_lifetime(const StoredResponse&);

// How old the response is (§4.2.3). Never negative. An explicit edge TTL counts from storing: the Age the origin sent
// is left out (reference §2.3).
// Deviation: the apparent age is left out, for the clock of an origin may be wrong (reference §3.2 counts from arrival).
std::chrono::seconds current_age(const StoredResponse&, TimePoint now);

// The Age field to send: seconds since stored or last validated (reference §2.3).
std::chrono::seconds resident_age(const StoredResponse&, TimePoint now);

// A stored response is fresh while its age is below its lifetime; equal is stale (reference §5.2).
bool is_fresh(const StoredResponse&, TimePoint now);

// Directives that forbid to serve it stale, whatever the windows below say (§4.2.4, reference §3.3).
bool forbids_stale(const StoredResponse&, const CacheDecision&);
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
// the status is not 200, which alone is answered 304.
std::optional<TimePoint> edge_last_modified(const StoredResponse&, const CacheDecision&);

// What the browser is told about a response the cache stores or serves (reference §2.6): the Cache-Control value to send
// instead of the origin's, whose Expires goes with it; nothing to leave the origin's fields alone.
using BrowserCacheControl = ShortText<112>;
std::optional<BrowserCacheControl> browser_cache_control(
    const http::Headers& response_headers, const ResponseFacts& facts, const CacheDecision& decision
);

}  // namespace festina::policy
