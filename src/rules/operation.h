// Operation: what owner and script want for an operation of the Cache API on a key: its place in the cache, and whether
// match() and put() may use that cache where the zone bypasses it (reference §9.2, §9.3).
//
// The zone refuses by what would make a fetch() of the key's URL DYNAMIC: Development Mode, a Cache Rule, a Page Rule, a
// caching level. A script whose flags override rules is not refused, whether its key has a cf or not.
#pragma once

#include "http/message.h"
#include "policy/decision.h"
#include "policy/visit.h"
#include "rules/zone_rules.h"

namespace festina::rules {

// `key`: the operation's key, as a GET of the script's. Not eligible: match() finds nothing, put() stores nothing; the
// reasons say why. delete() takes no notice: nothing says that rules refuse it.
// Requires: `worker.overrides_rules` is of the flags for the Cache API; `worker.is_of_another_zone` where the key's host
// is of another zone than the cache, which no flag reaches.
policy::CacheDecision resolve_operation(
    const ZoneRules& rules, const http::Request& key, const policy::Visit& visit,
    const policy::WorkerOptions& worker
);

}  // namespace festina::rules
