// StoredResponse: what judging needs of a stored response; its header lines stay where they are.
//
// What judging reads on every hit is parsed once, when the response is stored or freshened, and kept as ResponseFacts.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/cache_control.h"
#include "http/message.h"
#include "policy/codable.h"
#include "policy/decision.h"

namespace festina::policy {

struct ResponseFacts {
  http::EdgeDirectives edge;
  TimePoint date;  // when it was generated: Date, or its arrival when it has none (RFC 9110 §6.6.1)
  std::optional<TimePoint> last_modified;
  std::optional<TimePoint> expires;
  bool has_expires = false;     // once, even when it is no date: then stale at once (RFC 9111 §5.3)
  std::chrono::seconds age{0};  // the Age field the upstream sent (RFC 9111 §5.1)
  // What had passed since its date when it arrived (RFC 9111 §4.2.3); only in `standard`.
  std::chrono::seconds apparent_age{0};
  bool has_etag = false;  // a well-formed one (reference §1.9)
  Transformable transformable = Transformable::not_at_all;

  bool operator==(const ResponseFacts&) const = default;
};
// `arrival`: by the clock on the wall, as the response's own dates are.
ResponseFacts facts_of(const http::Response&, TimePoint arrival, Profile);
// The same under a decision, whose Cache-Control counts in place of the response's own fields (reference §4.2).
ResponseFacts facts_of(const http::Response&, TimePoint arrival, const CacheDecision&);
// The same of a response put through the Cache API: it ages from the put, and is never served stale (reference §5.3).
ResponseFacts facts_of_put(const http::Response&, TimePoint put_time);

struct StoredResponse {
  http::Status status = 200;
  ResponseFacts facts;
  // By the clock that is never set, for these are what its age is counted by.
  TimePoint request_time;   // when the request that brought it was sent
  TimePoint response_time;  // when its head arrived
  // The owner's or script's edge TTL it was stored with.
  std::optional<std::chrono::seconds> explicit_ttl;
};

// Of all Cache-Tag values of a response.
inline constexpr std::size_t kMaxCacheTagBytes = std::size_t{16} * 1024;
inline constexpr std::size_t kMaxCacheTags = 1000;

// Printable ASCII without spaces and commas.
bool is_cache_tag(std::string_view);
// Field values of Cache-Tag, lower case, invalid ones and what exceeds the limits dropped (reference §10.3).
std::vector<std::string> cache_tags(const http::Headers&);

}  // namespace festina::policy
