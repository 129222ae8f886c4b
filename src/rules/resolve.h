// Resolve: what the owner wants for this request, in one order of precedence: Worker > response rules > Cache Rules > Page
// Rule > zone settings > defaults, setting by setting (reference §9.1). Response rules come later, when there is a
// response (rules/response_rules).
#pragma once

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

}  // namespace festina::rules
