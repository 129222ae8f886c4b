// Lifetimes: how long the edge and the browser keep what comes, as Worker, rules and zone want it (reference §2.6, §3.1).
#pragma once

#include "policy/decision.h"
#include "policy/visit.h"
#include "rules/heard.h"

namespace festina::rules {

// Settles the edge TTL, with its step. A Worker comes before the rules, field by field, unless its flags say otherwise;
// then the rules' TTL counts as a whole where they speak of it (reference §9.2).
void settle_edge_ttl(
    policy::CacheDecision& decision, const ZoneRules& rules, const Heard& heard,
    const policy::WorkerOptions& worker
);

// The same for browsers, of whom a Worker says nothing.
void settle_browser_ttl(
    policy::CacheDecision& decision, const ZoneRules& rules, const Heard& heard
);

// Does the script say anything of how long the edge keeps what comes?
bool speaks_of_ttl(const policy::WorkerOptions&);

// cf.cacheTtlByStatus, in which a zero means what the year has it mean (reference §4.2).
std::vector<policy::StatusTtl> ttls_by_status(
    const policy::WorkerOptions& worker, const policy::Compat& compat
);

}  // namespace festina::rules
