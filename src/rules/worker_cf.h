// Worker cf: what a script's cf settles for a fetch() beside eligibility and TTL (reference §4.2), and what of it does
// nothing here, each with the reason, so that no wish vanishes silently.
#pragma once

#include <vector>

#include "policy/decision.h"
#include "policy/visit.h"
#include "rules/heard.h"
#include "rules/zone_rules.h"

namespace festina::rules {

// Takes over into the decision what counts under the plan, with its steps; where the script's flags let the rules win,
// only what they say nothing of. Requires: the decision's request is eligible, and the rules are settled.
void settle_worker_cf(
    policy::CacheDecision& decision, const policy::WorkerOptions& worker, Plan plan,
    const Heard& heard
);

// Takes note of what does nothing, or is no matter of the cache, whether the request is eligible or not.
void note_worker_cf(policy::CacheDecision&, const policy::WorkerOptions&);

// The same where a script answers in front of the cache: nothing of the asker's cf is of use there.
void note_idle_cf(policy::CacheDecision&, const policy::WorkerOptions&);

// What a script's cf settles of an operation of the Cache API: the key, and of a put lifetime and tags (reference §5.3).
policy::CacheDecision decision_of_operation(const policy::WorkerOptions&, const ZoneRules&);

}  // namespace festina::rules
