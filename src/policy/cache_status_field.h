// Cache-Status: what this cache did with a request, in the words of RFC 9211.
#pragma once

#include <optional>

#include "base/short_text.h"
#include "http/message.h"
#include "policy/reuse.h"

namespace festina::policy {

struct Handling {
  http::Method method = http::Method::get;
  bool has_variants = false;                // of the key that was looked up
  std::optional<FillOutcome> outcome = {};  // of the fill it waited for
  Waited waited = Waited::for_own_fill;
  http::Status upstream_status = 0;  // 0: the upstream gave none
};

// One member of the field: "festina; hit; ttl=59", "festina; fwd=stale; fwd-status=304; stored". `hit` and `fwd` are never
// together (§2.1, §2.2). A negative ttl is that of a stale response (§2.4).
using CacheStatusField = ShortText<96>;
CacheStatusField cache_status_field(const CacheDecision&, const Reuse&, const Handling&);

}  // namespace festina::policy
