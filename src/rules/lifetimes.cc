#include "rules/lifetimes.h"

#include <string>

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::CacheDecision;
using policy::Reason;
using policy::Setter;
using std::chrono::seconds;

// The rules' TTLs by status, as far as the plan offers them.
const std::vector<policy::StatusTtl>& by_status(const Heard& heard) {
  static const std::vector<policy::StatusTtl> kNone;
  const bool counts =
      heard.edge_ttl.voice.setter == Setter::cache_rule || heard.heeds_ttl_by_status;
  return counts ? heard.edge_ttl->by_status : kNone;
}

Reason reason_of(const EdgeTtl& ttl, bool has_statuses) {
  switch (ttl.mode) {
    case EdgeTtl::Mode::override_origin:
      return Reason::rule_sets_ttl;
    case EdgeTtl::Mode::bypass_by_default:
      return has_statuses ? Reason::rule_sets_ttl_by_status : Reason::rule_wants_freshness;
    case EdgeTtl::Mode::respect_origin:
      return has_statuses ? Reason::rule_sets_ttl_by_status : Reason::rule_respects_origin;
  }
  unreachable("every mode has its reason");
}

void take_from_rule(CacheDecision& decision, const Heard& heard) {
  const EdgeTtl& ttl = *heard.edge_ttl;
  if (ttl.mode == EdgeTtl::Mode::override_origin) decision.edge_ttl = ttl.ttl;
  decision.wants_freshness = ttl.mode == EdgeTtl::Mode::bypass_by_default;
  decision.edge_ttl_by_status.insert(
      decision.edge_ttl_by_status.end(), by_status(heard).begin(), by_status(heard).end()
  );
}

void add_step_of_rule(CacheDecision& decision, const Heard& heard) {
  const auto& [setter, name] = heard.edge_ttl.voice;
  const Reason reason = reason_of(*heard.edge_ttl, !by_status(heard).empty());
  decision.add({Aspect::edge_ttl, heard.edge_ttl->ttl.count(), setter, reason, std::string(name)});
}

void add_overruled(CacheDecision& decision, const Voice& voice) {
  decision.asides.push_back(
      {Aspect::edge_ttl,
       1,
       voice.setter,
       Reason::overruled,
       "the rule \"" + std::string(voice.name) + "\""}
  );
}

// A cacheTtl stands in place of all that the rules say of it, statuses too. cacheTtlByStatus alone comes before them, and
// what it says nothing of is theirs. Directives of the script's own are for the edge to obey, whatever a rule's TTL.
void take_from_worker(
    CacheDecision& decision, const Heard& heard, const policy::WorkerOptions& worker
) {
  decision.edge_ttl = worker.cache_ttl;
  decision.edge_ttl_by_status = ttls_by_status(worker, decision.compat);
  const bool is_whole = worker.cache_ttl || worker.cache_control;
  if (!is_whole && heard.edge_ttl) take_from_rule(decision, heard);
  if (is_whole && heard.edge_ttl) add_overruled(decision, heard.edge_ttl.voice);
}

void add_step_of_worker(CacheDecision& decision, const policy::WorkerOptions& worker) {
  const bool has_statuses = !worker.cache_ttl_by_status.empty();
  if (!has_statuses && !worker.cache_ttl) {
    return decision.add({Aspect::edge_ttl, 0, Setter::origin, Reason::origin_decides, {}});
  }
  const Reason reason = has_statuses ? Reason::worker_sets_ttl_by_status : Reason::worker_sets_ttl;
  const seconds ttl = worker.cache_ttl.value_or(seconds{0});
  decision.add({Aspect::edge_ttl, ttl.count(), Setter::worker, reason, worker.script});
}

struct ForBrowsers {
  policy::ForBrowsers how;
  Reason reason;
};
ForBrowsers for_browsers(const BrowserTtl& ttl) {
  using How = policy::ForBrowsers;
  switch (ttl.mode) {
    case BrowserTtl::Mode::respect_origin:
      return {How::longer, Reason::rule_browser_ttl_respects_origin};
    case BrowserTtl::Mode::bypass_by_default:
      return {How::as_by_origin, Reason::rule_wants_browser_freshness};
    case BrowserTtl::Mode::override_origin:
      return {
          How::longer,
          ttl.ttl == seconds{0} ? Reason::rule_browser_ttl_respects_origin
                                : Reason::rule_browser_ttl
      };
    case BrowserTtl::Mode::bypass:
      return {How::never, Reason::rule_keeps_from_browsers};
  }
  unreachable("every mode has its way");
}

}  // namespace

bool speaks_of_ttl(const policy::WorkerOptions& worker) {
  return worker.cache_ttl || worker.cache_control || !worker.cache_ttl_by_status.empty();
}

std::vector<policy::StatusTtl> ttls_by_status(
    const policy::WorkerOptions& worker, const policy::Compat& compat
) {
  std::vector<policy::StatusTtl> ttls = worker.cache_ttl_by_status;
  if (compat.cache_ttl_by_status_zero == policy::CacheTtlByStatusZero::expired) return ttls;
  for (policy::StatusTtl& each : ttls) {
    if (each.ttl == seconds{0}) each.ttl = seconds{-1};
  }
  return ttls;
}

void settle_edge_ttl(
    CacheDecision& decision, const ZoneRules& rules, const Heard& heard,
    const policy::WorkerOptions& worker
) {
  const bool rules_come_first = heard.edge_ttl && !worker.overrides_rules;
  if (speaks_of_ttl(worker) && !rules_come_first) {
    take_from_worker(decision, heard, worker);
    return add_step_of_worker(decision, worker);
  }
  if (heard.edge_ttl) {
    take_from_rule(decision, heard);
    return add_step_of_rule(decision, heard);
  }
  decision.default_ttl = rules.settings.edge_cache_ttl;
  if (!decision.default_ttl || rules.profile == policy::Profile::standard) {
    return decision.add({Aspect::edge_ttl, 0, Setter::origin, Reason::origin_decides, {}});
  }
  decision.add(
      {Aspect::edge_ttl,
       decision.default_ttl->count(),
       Setter::zone_setting,
       Reason::zone_edge_ttl,
       {}}
  );
}

// The service's own idea: `standard` leaves what the origin says to browsers alone, unless a rule speaks.
void settle_browser_ttl(CacheDecision& decision, const ZoneRules& rules, const Heard& heard) {
  if (heard.browser_ttl) {
    const auto [how, reason] = for_browsers(*heard.browser_ttl);
    const auto& [setter, name] = heard.browser_ttl.voice;
    decision.for_browsers = how;
    decision.browser_ttl = heard.browser_ttl->ttl;
    return decision.add(
        {Aspect::browser_ttl, decision.browser_ttl.count(), setter, reason, std::string(name)}
    );
  }
  if (rules.profile == policy::Profile::standard) {
    return decision.add(
        {Aspect::browser_ttl, 0, Setter::zone_setting, Reason::standard_browser_ttl, {}}
    );
  }
  decision.browser_ttl = rules.settings.browser_cache_ttl;
  const Reason reason = decision.browser_ttl == seconds{0} ? Reason::browser_ttl_respects_origin
                                                           : Reason::zone_browser_ttl;
  decision.add({Aspect::browser_ttl, decision.browser_ttl.count(), Setter::zone_setting, reason, {}}
  );
}

}  // namespace festina::rules
