// CDN-Cache-Control, its stronger sibling and Surrogate-Control replace Cache-Control and Expires
// altogether at the edge (RFC 9213 §2.2, reference §3.1): Expires counts only when none of them spoke.
#include "policy/freshness.h"

#include <algorithm>

namespace festina::policy {

namespace {

using std::chrono::floor;
using std::chrono::seconds;

// By status, where the origin gives no freshness (reference §1.5).
constexpr seconds kLongestDefaultTtl{7200};

constexpr seconds within_limits(seconds delta) {
  return std::clamp(delta, seconds{0}, http::kMaxDelta);  // RFC 9111 §1.2.2
}

// Expires against Date, or arrival where there is none: both are of the origin's clock (RFC 9111 §4.2.1; reference §3.2
// says "now", which is the same while the clocks agree). What is no date has expired (§5.3).
seconds expires_delta(const ResponseFacts& facts) {
  return facts.expires ? within_limits(floor<seconds>(*facts.expires - facts.date)) : seconds{0};
}

bool expires_counts(const ResponseFacts& facts) {
  const bool is_for_us = facts.edge.source == http::DirectiveSource::none ||
                         facts.edge.source == http::DirectiveSource::cache_control;
  return facts.has_expires && is_for_us;
}

// What no switch changes.
bool others_forbid_stale(const http::CacheControl& cc, const CacheDecision& decision) {
  return cc.no_store || cc.no_cache         // with origin cache control or without (reference §3.3)
         || (decision.origin_cache_control  // the rest is ignored without it (reference §1.3)
             && (cc.must_revalidate         // RFC 9111 §5.2.2.2
                 || cc.proxy_revalidate));  // RFC 9111 §5.2.2.8
}

// s-maxage implies proxy-revalidate (RFC 9111 §5.2.2.10), unless the owner wants it otherwise.
bool s_maxage_forbids_stale(const http::CacheControl& cc, const CacheDecision& decision) {
  return decision.origin_cache_control && cc.s_maxage.has_value() &&
         decision.compat.s_maxage_allows_stale == SMaxageAllowsStale::no;
}

// Browsers read Cache-Control only, whichever field ruled the edge.
http::CacheControl browser_directives(const http::Headers& headers, const ResponseFacts& facts) {
  if (facts.edge.source == http::DirectiveSource::cache_control) return facts.edge.directives;
  return http::parse_cache_control(headers.joined(http::Name::cache_control).value_or(""));
}

}  // namespace

std::optional<seconds> default_ttl(http::Status status) {
  switch (status) {
    case 200:
    case 301:
      return kLongestDefaultTtl;
    case 302:
    case 303:
      return seconds{1200};
    case 404:
    case 410:
      return seconds{180};
    default:
      return std::nullopt;
  }
}

bool is_heuristically_cacheable(http::Status status) {
  switch (status) {
    case 200:
    case 203:
    case 204:
    case 206:
    case 300:
    case 301:
    case 308:
    case 404:
    case 405:
    case 410:
    case 414:
    case 501:
      return true;
    default:
      return false;
  }
}

std::optional<seconds> heuristic_lifetime(const ResponseFacts& facts, http::Status status) {
  const bool may_guess = is_heuristically_cacheable(status) || facts.edge.directives.is_public;
  if (!may_guess) return std::nullopt;
  if (facts.last_modified) {
    const auto unchanged = floor<seconds>(facts.date - *facts.last_modified);
    return std::clamp(unchanged / kHeuristicPart, seconds{0}, kMaxHeuristicLifetime);
  }
  return facts.has_etag ? std::optional(seconds{0}) : std::nullopt;  // to be validated each time
}

bool has_explicit_lifetime(const ResponseFacts& facts) {
  const http::CacheControl& cc = facts.edge.directives;
  return cc.s_maxage || cc.max_age || expires_counts(facts);
}

std::optional<seconds> origin_lifetime(
    const ResponseFacts& facts, http::Status status, Profile profile
) {
  const http::CacheControl& cc = facts.edge.directives;
  if (cc.no_cache) return seconds{0};   // never without asking (§5.2.2.4)
  if (cc.s_maxage) return cc.s_maxage;  // shared caches prefer it (§5.2.2.10)
  if (cc.max_age) return cc.max_age;    // wins over Expires (§5.3)
  if (expires_counts(facts)) return expires_delta(facts);
  return profile == Profile::standard ? heuristic_lifetime(facts, status) : default_ttl(status);
}

std::optional<seconds> owners_ttl(
    const CacheDecision& decision, const ResponseFacts& facts, http::Status status
) {
  const auto ttl = explicit_ttl(decision, status);
  const bool is_guessed = decision.default_ttl && decision.profile == Profile::cloudflare &&
                          !facts.edge.directives.no_cache && !has_explicit_lifetime(facts);
  if (ttl || !is_guessed || default_ttl(status) != kLongestDefaultTtl) return ttl;
  return decision.default_ttl;
}

seconds freshness_lifetime(const StoredResponse& stored, Profile profile) {
  if (stored.explicit_ttl) return within_limits(*stored.explicit_ttl);
  return origin_lifetime(stored.facts, stored.status, profile).value_or(seconds{0});
}

seconds current_age(const StoredResponse& stored, TimePoint now, Profile profile) {
  // Who waited for it asks at a time before it came.
  const auto resident = std::max(now - stored.response_time, std::chrono::milliseconds{0});
  if (stored.explicit_ttl) return within_limits(floor<seconds>(resident));
  // The response was ageing while it travelled: count from when we asked (§4.2.3).
  const auto delay = stored.response_time - stored.request_time;
  auto initial = stored.facts.age + delay;
  if (profile == Profile::standard) {
    initial = std::max<std::chrono::milliseconds>(initial, stored.facts.apparent_age);
  }
  return within_limits(floor<seconds>(initial + resident));
}

seconds resident_age(const StoredResponse& stored, TimePoint now) {
  return within_limits(floor<seconds>(now - stored.response_time));
}

seconds age_to_send(const StoredResponse& stored, TimePoint now, Profile profile) {
  return profile == Profile::standard ? current_age(stored, now, profile)
                                      : resident_age(stored, now);
}

bool is_fresh(const StoredResponse& stored, TimePoint now, Profile profile) {
  return current_age(stored, now, profile) < freshness_lifetime(stored, profile);
}

bool forbids_stale(const StoredResponse& stored, const CacheDecision& decision) {
  const http::CacheControl& cc = stored.facts.edge.directives;
  return others_forbid_stale(cc, decision) || s_maxage_forbids_stale(cc, decision);
}

bool is_s_maxage_alone(const StoredResponse& stored, const CacheDecision& decision) {
  const http::CacheControl& cc = stored.facts.edge.directives;
  return s_maxage_forbids_stale(cc, decision) && !others_forbid_stale(cc, decision);
}

bool is_spared_by_switch(const StoredResponse& stored, const CacheDecision& decision) {
  const bool is_forbidden_by_default =
      decision.origin_cache_control && stored.facts.edge.directives.s_maxage.has_value();
  return is_forbidden_by_default && !forbids_stale(stored, decision);
}

std::optional<seconds> stale_while_revalidate_window(
    const StoredResponse& stored, const CacheDecision& decision
) {
  if (decision.always_online || !decision.may_be_updating || forbids_stale(stored, decision)) {
    return seconds{0};
  }
  const auto& window = stored.facts.edge.directives.stale_while_revalidate;
  if (window) return window;
  if (decision.compat.stale_while_revalidate == StaleWhileRevalidate::synchronous) {
    return std::nullopt;
  }
  return seconds{0};
}

std::optional<seconds> stale_if_error_window(
    const StoredResponse& stored, const CacheDecision& decision
) {
  if (forbids_stale(stored, decision)) return seconds{0};
  return stored.facts.edge.directives.stale_if_error;
}

std::optional<TimePoint> edge_last_modified(
    const StoredResponse& stored, const CacheDecision& decision
) {
  const ResponseFacts& facts = stored.facts;
  const bool is_wanted = decision.profile == Profile::cloudflare     // the service's own idea
                         && stored.status == 200                     // what alone is answered 304
                         && !facts.has_etag && !facts.last_modified  // the origin sent neither
                         && !decision.strip_etags                    // nor does the owner want
                         && !decision.strip_last_modified;           // them gone
  if (!is_wanted) return std::nullopt;
  return floor<seconds>(stored.response_time);
}

std::optional<BrowserCacheControl> browser_cache_control(
    const http::Headers& headers, const ResponseFacts& facts, const CacheDecision& decision
) {
  const bool is_silent = !headers.has(http::Name::cache_control) && !facts.has_expires;
  if (decision.for_browsers == ForBrowsers::never) return BrowserCacheControl("no-store");
  if (decision.for_browsers == ForBrowsers::as_by_origin) {
    return is_silent ? std::optional(BrowserCacheControl("no-store")) : std::nullopt;
  }
  if (decision.browser_ttl == seconds{0}) return std::nullopt;  // respect existing headers
  const std::string seconds_text = std::to_string(decision.browser_ttl.count());
  if (is_silent) {
    BrowserCacheControl text("max-age=");
    text.append(seconds_text);
    return text;
  }

  const http::CacheControl cc = browser_directives(headers, facts);
  if (cc.no_store || cc.no_cache) return std::nullopt;  // nothing that a longer TTL could mean
  if (!cc.max_age && !facts.has_expires) return std::nullopt;
  if (cc.max_age.value_or(expires_delta(facts)) >= decision.browser_ttl) return std::nullopt;

  const bool keeps_others = decision.origin_cache_control;  // else they are lost (reference §1.3)
  BrowserCacheControl text(
      keeps_others && cc.is_private ? "private, max-age=" : "public, max-age="
  );
  text.append(seconds_text);
  if (keeps_others && cc.must_revalidate) text.append(", must-revalidate");
  if (keeps_others && cc.proxy_revalidate) text.append(", proxy-revalidate");
  if (keeps_others && cc.no_transform) text.append(", no-transform");
  if (keeps_others && cc.immutable) text.append(", immutable");
  return text;
}

}  // namespace festina::policy
