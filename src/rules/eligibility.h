// Eligibility: may the answer to this request come from the cache, or go there? Settled before the cache is asked (reference
// §1.1), by who says it first: what no wish changes, the Worker, Development Mode and the rules, the zone, the extension.
#pragma once

#include <optional>

#include "http/message.h"
#include "policy/decision.h"
#include "policy/visit.h"
#include "rules/heard.h"

namespace festina::rules {

// Yes or no, and why. A Worker whose flags do not override rules is heard behind them (reference §9.2).
policy::Step eligibility(
    const ZoneRules& rules, const Heard& heard, const Facts& facts,
    const policy::WorkerOptions& worker
);

// The step by which rules or settings refuse a request that could be cached otherwise; nothing when they do not.
std::optional<policy::Step> refused_by_owner(
    const ZoneRules& rules, const Heard& heard, const Facts& facts
);

}  // namespace festina::rules
