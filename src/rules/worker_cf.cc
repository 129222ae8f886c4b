#include "rules/worker_cf.h"

#include <string>

#include "rules/lifetimes.h"
#include "rules/plan_features.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::Reason;
using policy::Setter;

void settle(
    policy::CacheDecision& decision, Aspect aspect, Reason reason, std::string name,
    std::int64_t value = 1
) {
  decision.asides.push_back({aspect, value, Setter::worker, reason, std::move(name)});
}

void settle_key(policy::CacheDecision& decision, const policy::WorkerOptions& worker, Plan plan) {
  if (!worker.cache_key) return;
  if (!offers(plan, Feature::worker_cache_key)) {
    const std::string least(name(least_plan(Feature::worker_cache_key)));
    return settle(decision, Aspect::worker_cf, Reason::plan_has_no_cache_key, least, 0);
  }
  decision.key = {.query = policy::QueryInKey::whole, .instead = *worker.cache_key};
  settle(decision, Aspect::cache_key, Reason::worker_cache_key, worker.script);
}

void settle_tags(policy::CacheDecision& decision, const policy::WorkerOptions& worker) {
  decision.cache_tags = worker.cache_tags;
  if (worker.cache_tags)
    settle(decision, Aspect::cache_tags, Reason::worker_cache_tags, worker.script);
}

void note_connection(policy::CacheDecision& decision, const policy::WorkerOptions& worker) {
  switch (worker.resolved) {
    case policy::Resolved::as_the_url_says:
      return;
    case policy::Resolved::as_the_script_says:
      return settle(decision, Aspect::connection, Reason::worker_resolves, worker.resolve_override);
    case policy::Resolved::refused:
      return settle(
          decision, Aspect::connection, Reason::worker_may_not_resolve, worker.resolve_override, 0
      );
  }
}

void note_ignored(policy::CacheDecision& decision, const policy::IgnoredMember& member) {
  const bool is_unknown = member.why == policy::IgnoredMember::Why::unknown;
  const Reason reason = is_unknown ? Reason::cf_member_unknown : Reason::cf_member_unusable;
  const std::string hint = member.hint.empty() ? "" : " (" + member.hint + ")";
  settle(decision, Aspect::worker_cf, reason, member.name + hint, 0);
}

// Wishes for storing that mean nothing where the cache is not asked.
bool has_idle_wishes(const policy::WorkerOptions& worker) {
  return !worker.cache_ttl_by_status.empty() || worker.cache_key || worker.cache_tags ||
         worker.cache_control || worker.vary;
}

// Whose cf is not heard here, and where the request goes.
void note_the_way(policy::CacheDecision& decision, const policy::WorkerOptions& worker) {
  if (worker.is_of_another_zone)
    settle(decision, Aspect::worker_cf, Reason::worker_of_another_zone, worker.script, 0);
  note_connection(decision, worker);
  if (worker.dropped_port != 0) {
    const std::string port = std::to_string(worker.dropped_port);
    settle(decision, Aspect::connection, Reason::worker_port_dropped, port);
  }
}

Reason why_rules_win(const policy::WorkerOptions& worker) {
  return worker.is_of_snippet ? Reason::snippet_lets_rules_win : Reason::worker_flag_lets_rules_win;
}

bool speaks_of_key(const Heard& heard) {
  return heard.key || heard.by_device_type || heard.sorted_query;
}

// Do script and rules both speak of something, beside eligibility?
bool contend(const policy::WorkerOptions& worker, const Heard& heard) {
  return (speaks_of_ttl(worker) && heard.edge_ttl) || (worker.cache_key && speaks_of_key(heard)) ||
         (worker.vary && heard.vary) ||
         (worker.respects_strong_etags && heard.respects_strong_etags) ||
         (worker.deception_armor && heard.deception_armor);
}

}  // namespace

void settle_worker_cf(
    policy::CacheDecision& decision, const policy::WorkerOptions& worker, Plan plan,
    const Heard& heard
) {
  const bool first = worker.overrides_rules;
  if (first || !speaks_of_key(heard)) settle_key(decision, worker, plan);
  settle_tags(decision, worker);
  decision.cache_control = worker.cache_control;
  if (worker.cache_control)
    settle(decision, Aspect::cache_control, Reason::worker_cache_control, worker.script);
  if (worker.vary && (first || !heard.vary)) {
    decision.vary = worker.vary;
    settle(decision, Aspect::vary, Reason::worker_vary, worker.script);
  }
  if (worker.respects_strong_etags && (first || !heard.respects_strong_etags)) {
    decision.respects_strong_etags = *worker.respects_strong_etags;
    const bool on = decision.respects_strong_etags;
    if (on) settle(decision, Aspect::strong_etags, Reason::worker_strong_etags, worker.script);
  }
  if (worker.wants_cache_reserve)
    settle(decision, Aspect::cache_reserve, Reason::cache_reserve_absent, worker.script, 0);
  if (!first && contend(worker, heard))
    settle(decision, Aspect::worker_cf, why_rules_win(worker), worker.script, 0);
}

void note_worker_cf(policy::CacheDecision& decision, const policy::WorkerOptions& worker) {
  note_the_way(decision, worker);
  const bool would_be_eligible = worker.cache_everything || worker.cache_ttl;
  if (!decision.eligible && would_be_eligible && !worker.overrides_rules && !worker.bypass)
    settle(decision, Aspect::worker_cf, why_rules_win(worker), worker.script, 0);
  if (!decision.eligible && !would_be_eligible && has_idle_wishes(worker))
    settle(decision, Aspect::worker_cf, Reason::worker_needs_eligibility, worker.script, 0);
  for (const policy::IgnoredMember& member : worker.ignored) note_ignored(decision, member);
}

void note_idle_cf(policy::CacheDecision& decision, const policy::WorkerOptions& worker) {
  note_the_way(decision, worker);
  if (worker.asks)
    settle(decision, Aspect::worker_cf, Reason::worker_meets_worker, worker.script, 0);
}

policy::CacheDecision decision_of_operation(
    const policy::WorkerOptions& worker, const ZoneRules& rules
) {
  policy::CacheDecision decision;
  decision.compat = rules.compat;
  decision.edge_ttl = worker.cache_ttl;
  decision.edge_ttl_by_status = ttls_by_status(worker, rules.compat);
  settle_key(decision, worker, rules.plan);
  settle_tags(decision, worker);
  for (const policy::IgnoredMember& member : worker.ignored) note_ignored(decision, member);
  return decision;
}

}  // namespace festina::rules
