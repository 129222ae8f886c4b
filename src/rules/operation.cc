#include "rules/operation.h"

#include <optional>
#include <utility>

#include "rules/eligibility.h"
#include "rules/heard.h"
#include "rules/worker_cf.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;
using policy::Step;
using policy::WorkerOptions;

// The override is for what is the owner's own, and for hosts of no zone (reference §9.2).
bool overrides(const WorkerOptions& worker) {
  return worker.overrides_rules && !worker.is_of_another_zone;
}

Reason why_rules_win(const WorkerOptions& worker) {
  if (worker.is_of_snippet) return Reason::snippet_lets_rules_win;
  return worker.is_of_another_zone ? Reason::cache_api_key_of_another_zone
                                   : Reason::cache_api_flags_let_rules_win;
}

}  // namespace

CacheDecision resolve_operation(
    const ZoneRules& rules, const http::Request& key, const policy::Visit& visit,
    const WorkerOptions& worker
) {
  CacheDecision decision = decision_of_operation(worker, rules);
  const Facts facts{.request = key, .visit = visit};
  std::optional<Step> refused = refused_by_owner(rules, hear(rules, facts), facts);
  decision.eligible = decision.may_use_cache = !refused || overrides(worker);
  if (!refused) return decision;
  if (decision.eligible) {
    decision.add({Aspect::eligible, 1, Setter::worker, Reason::cache_api_beats_rules, worker.script}
    );
    return decision;
  }
  decision.add(*std::move(refused));
  decision.asides.push_back(
      {Aspect::worker_cf, 0, Setter::worker, why_rules_win(worker), worker.script}
  );
  return decision;
}

}  // namespace festina::rules
