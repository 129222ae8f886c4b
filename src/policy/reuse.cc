#include "policy/reuse.h"

#include "policy/freshness.h"
#include "policy/validation.h"

namespace festina::policy {

namespace {

using std::chrono::seconds;

StandIn stand_in(const StoredResponse& stored, const CacheDecision& decision, const Reuse& reuse) {
  if (decision.always_online)
    return StandIn::when_unreachable;  // directives ignored (reference §3.3)
  const auto window = stale_if_error_window(stored, decision);
  const bool allowed = !window || reuse.age - reuse.lifetime < *window;
  return allowed ? StandIn::on_error : StandIn::never;
}

// Was it BYPASS in the older eras too? So it was where the response's own fields forbade to store it under origin cache
// control; a cookie only of what is cached by default (reference §0.2, §1.4). A part is passed on by us (§1.8).
bool was_always_bypass(const CacheDecision& decision, Reason refusal) {
  switch (refusal) {
    case Reason::vary_star:
    case Reason::partial_content:
      return true;
    case Reason::no_store:
    case Reason::is_private:
    case Reason::authorization:
      return decision.origin_cache_control;
    case Reason::set_cookie:
      return decision.origin_cache_control && decision.eligible_by_default;
    default:
      return false;
  }
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
  reuse.stand_in = stand_in(*stored, decision, reuse);
  reuse.is_spared_by_switch = is_spared_by_switch(*stored, decision);
  const auto window = stale_while_revalidate_window(*stored, decision);
  if (!window || reuse.age - reuse.lifetime < *window) {
    if (decision.compat.stale_while_revalidate == StaleWhileRevalidate::asynchronous) {
      return verdict(Action::serve_and_refresh, Reason::stale_while_revalidate);
    }
    reuse.meanwhile = Meanwhile::serve_stale;
  }
  const bool forbidden = forbids_stale(*stored, decision);
  return verdict(ask, forbidden ? Reason::must_revalidate : Reason::stale);
}

bool may_stand_in(const Reuse& reuse, http::Status failure) {
  switch (reuse.stand_in) {
    case StandIn::never:
      return false;
    case StandIn::on_error:
      return failure >= 500;
    case StandIn::when_unreachable:
      return 520 <= failure && failure <= 527;
  }
  unreachable("every way of standing in has its failures");
}

std::string_view header_value(CacheStatus status) {
  switch (status) {
    case CacheStatus::none:
      return "";
    case CacheStatus::hit:
    case CacheStatus::stream_hit:
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
    case CacheStatus::deferred:
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
    case CacheStatus::stream_hit:
      return "stream_hit";
    case CacheStatus::deferred:
      return "deferred";
  }
  unreachable("every status has a log value");
}

CacheStatus cache_status(
    const CacheDecision& decision, const Reuse& reuse, std::optional<FillOutcome> outcome,
    Waited waited
) {
  if (!decision.announces_status) return CacheStatus::none;
  if (!decision.eligible) return CacheStatus::dynamic;
  if (reuse.action == Action::serve) return CacheStatus::hit;
  if (reuse.action == Action::serve_and_refresh) return CacheStatus::updating;
  if (!outcome) return CacheStatus::none;  // nobody knows yet
  switch (*outcome) {
    case FillOutcome::stored:
      if (waited == Waited::for_anothers) return CacheStatus::stream_hit;
      return reuse.found ? CacheStatus::expired : CacheStatus::miss;
    case FillOutcome::freshened:
      return CacheStatus::revalidated;
    case FillOutcome::not_stored:
      return CacheStatus::bypass;
    case FillOutcome::failed:  // the error page of the edge comes from no cache
      return reuse.stand_in == StandIn::never ? CacheStatus::none : CacheStatus::stale;
    case FillOutcome::under_way:
      return CacheStatus::updating;
  }
  unreachable("every fill has an outcome");
}

CacheStatus labelled(
    CacheStatus status, const CacheDecision& decision, std::optional<Reason> refusal
) {
  if (status == CacheStatus::updating && decision.compat.swr_label == SwrLabel::stale) {
    return CacheStatus::stale;
  }
  const bool is_miss = status == CacheStatus::bypass && refusal &&
                       decision.compat.uncacheable_label == UncacheableLabel::miss &&
                       !was_always_bypass(decision, *refusal);
  return is_miss ? CacheStatus::miss : status;
}

}  // namespace festina::policy
