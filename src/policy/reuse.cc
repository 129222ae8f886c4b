#include "policy/reuse.h"

#include "policy/freshness.h"
#include "policy/validation.h"

namespace festina::policy {

namespace {

using std::chrono::seconds;

// May it answer when the upstream fails? (§4.2.4, RFC 5861 §4; no stale-if-error: without limit, reference §3.6)
bool may_serve_on_error(
    const StoredResponse& stored, const CacheDecision& decision, const Reuse& reuse
) {
  const auto window = stale_if_error_window(stored, decision);
  return !window || reuse.age - reuse.lifetime < *window;
}

}  // namespace

Reuse judge(const StoredResponse* stored, const CacheDecision& decision, TimePoint now) {
  Reuse reuse;
  if (!stored) return reuse;
  reuse.found = true;
  reuse.age = current_age(*stored, now);
  reuse.lifetime = freshness_lifetime(*stored);

  const auto verdict = [&reuse](Action action, Reason reason) {
    reuse.action = action;
    reuse.reason = reason;
    return reuse;
  };
  const Action ask = has_validator(*stored) ? Action::validate : Action::fetch;

  if (decision.force_revalidate) {  // nor a stale copy when the upstream fails (§5.2.1.4)
    return verdict(ask, Reason::revalidation_forced);
  }
  if (reuse.age < reuse.lifetime) return verdict(Action::serve, Reason::fresh);
  reuse.stale_on_error = may_serve_on_error(*stored, decision, reuse);
  if (reuse.age - reuse.lifetime < stale_while_revalidate_window(*stored, decision)) {
    return verdict(Action::serve_and_refresh, Reason::stale_while_revalidate);
  }
  const bool forbidden = forbids_stale(*stored, decision);
  return verdict(ask, forbidden ? Reason::must_revalidate : Reason::stale);
}

std::string_view header_value(CacheStatus status) {
  switch (status) {
    case CacheStatus::none:
      return "";
    case CacheStatus::hit:
      return "HIT";
    case CacheStatus::miss:
      return "MISS";
    case CacheStatus::expired:
      return "EXPIRED";
    case CacheStatus::revalidated:
      return "REVALIDATED";
    case CacheStatus::updating:
      return "UPDATING";
    case CacheStatus::stale:
      return "STALE";
    case CacheStatus::bypass:
      return "BYPASS";
    case CacheStatus::dynamic:
      return "DYNAMIC";
  }
  unreachable("every status has a header value");
}

std::string_view log_value(CacheStatus status) {
  switch (status) {
    case CacheStatus::none:
      return "unknown";
    case CacheStatus::hit:
      return "hit";
    case CacheStatus::miss:
      return "miss";
    case CacheStatus::expired:
      return "expired";
    case CacheStatus::revalidated:
      return "revalidated";
    case CacheStatus::updating:
      return "updating";
    case CacheStatus::stale:
      return "stale";
    case CacheStatus::bypass:
      return "bypass";
    case CacheStatus::dynamic:
      return "dynamic";
  }
  unreachable("every status has a log value");
}

CacheStatus cache_status(
    const CacheDecision& decision, const Reuse& reuse, std::optional<FillOutcome> outcome
) {
  if (!decision.announces_status) return CacheStatus::none;
  if (!decision.eligible) return CacheStatus::dynamic;
  if (reuse.action == Action::serve) return CacheStatus::hit;
  if (reuse.action == Action::serve_and_refresh) return CacheStatus::updating;
  if (!outcome) return CacheStatus::none;  // nobody knows yet
  switch (*outcome) {
    case FillOutcome::stored:
      return reuse.found ? CacheStatus::expired : CacheStatus::miss;
    case FillOutcome::freshened:
      return CacheStatus::revalidated;
    case FillOutcome::not_stored:
      return CacheStatus::bypass;
    case FillOutcome::failed:  // the error page of the edge comes from no cache
      return reuse.stale_on_error ? CacheStatus::stale : CacheStatus::none;
  }
  unreachable("every fill has an outcome");
}

}  // namespace festina::policy
