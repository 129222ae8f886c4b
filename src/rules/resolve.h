// Resolve: what the owner wants for this request, from settings, the Worker's options and the product's defaults, in one
// order of precedence: worker > settings > defaults (reference §9.1; Cache Rules and Page Rules join here).
#pragma once

#include <string_view>

#include "http/message.h"
#include "policy/decision.h"
#include "policy/visit.h"
#include "rules/zone_rules.h"

namespace festina::rules {

// Requires: WorkerOptions are those of the zone's own script; another zone's do not count here (reference §4.5).
policy::CacheDecision resolve(
    const ZoneRules& rules, const http::Request& request, const policy::Visit& visit,
    policy::UpstreamKind upstream, const policy::WorkerOptions& worker
);

// What of this URL goes into the key: resolve() decides by it, and a purge by URL must name the same key.
policy::KeySpec key_spec(const ZoneRules&, const http::Url&);

// One of the 56 extensions that are cached by default, whatever its case (reference §1.2).
bool is_default_extension(std::string_view extension);

}  // namespace festina::rules
