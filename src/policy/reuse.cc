#include "policy/reuse.h"

#include "policy/freshness.h"
#include "policy/validation.h"

namespace festina::policy {

namespace {

using std::chrono::seconds;

// How the upstream is asked about what is stored.
Action way_to_ask(const StoredResponse& stored) {
  return has_validator(stored) ? Action::validate : Action::fetch;
}

StandIn stand_in(const StoredResponse& stored, const CacheDecision& decision, const Reuse& reuse) {
  if (decision.always_online)
    return StandIn::when_unreachable;  // directives ignored (reference §3.3)
  const auto window = stale_if_error_window(stored, decision);
  const bool allowed = !window || reuse.age - reuse.lifetime < *window;
  return allowed ? StandIn::on_error : StandIn::never;
}

// Is what is stored too old for this client? (RFC 9111 §5.2.1.1, §5.2.1.3, §5.2.1.4)
bool wants_newer(const http::CacheControl& asked, const Reuse& reuse) {
  const seconds left = reuse.lifetime - reuse.age;
  const bool is_stale = left <= seconds{0};
  return asked.no_cache                                      // not without the origin's word
         || (asked.max_age && reuse.age > *asked.max_age)    // no older than that
         || (asked.max_age && is_stale && !asked.max_stale)  // nor stale, unless it says so
         || (asked.min_fresh && left < *asked.min_fresh);    // fresh for so long from now
}

// Does the client take it stale, and the origin let it? (RFC 9111 §5.2.1.2, §4.2.4)
bool takes_stale(
    const http::CacheControl& asked, const StoredResponse& stored, const CacheDecision& decision,
    const Reuse& reuse
) {
  return asked.max_stale && reuse.age - reuse.lifetime <= *asked.max_stale &&
         !decision.force_revalidate && !forbids_stale(stored, decision);
}

// What the client's Cache-Control makes of the verdict.
Reuse as_asked(
    Reuse reuse, const http::CacheControl& asked, const StoredResponse* stored,
    const CacheDecision& decision
) {
  const auto asks = [&reuse] {
    return reuse.action == Action::validate || reuse.action == Action::fetch;
  };
  if (stored && wants_newer(asked, reuse)) {
    reuse.action = way_to_ask(*stored);
    reuse.stand_in = StandIn::never;
    reuse.reason = Reason::client_wants_newer;
  } else if (stored && asks() && takes_stale(asked, *stored, decision, reuse)) {
    reuse.action = Action::serve;
    reuse.reason = Reason::client_takes_stale;
  }
  if (asks() && asked.only_if_cached) {
    reuse.action = Action::refuse;
    reuse.reason = Reason::only_if_cached;
  }
  return reuse;
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

// Why what is stale does not answer by itself.
Reason why_not_stale(const StoredResponse& stored, const CacheDecision& decision) {
  if (!forbids_stale(stored, decision)) return Reason::stale;
  return is_s_maxage_alone(stored, decision) ? Reason::s_maxage_forbids_stale
                                             : Reason::must_revalidate;
}

// By what is stored, and what the owner and the script want.
Reuse as_stored(const StoredResponse* stored, const CacheDecision& decision, TimePoint now) {
  Reuse reuse;
  if (!stored) return reuse;
  reuse.found = true;
  reuse.age = current_age(*stored, now, decision.profile);
  reuse.lifetime = freshness_lifetime(*stored, decision.profile);

  const auto verdict = [&reuse](Action action, Reason reason) {
    reuse.action = action;
    reuse.reason = reason;
    return reuse;
  };
  const Action ask = way_to_ask(*stored);

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
    return verdict(ask, Reason::stale_while_revalidate_waits);
  }
  return verdict(ask, why_not_stale(*stored, decision));
}

}  // namespace

Reuse judge(const StoredResponse* stored, const CacheDecision& decision, TimePoint now) {
  const Reuse reuse = as_stored(stored, decision, now);
  return decision.asked ? as_asked(reuse, *decision.asked, stored, decision) : reuse;
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
  if (!decision.may_use_cache) return CacheStatus::dynamic;
  if (reuse.action == Action::serve) return CacheStatus::hit;
  if (reuse.action == Action::serve_and_refresh) return CacheStatus::updating;
  if (!outcome) return CacheStatus::none;  // nobody knows yet, or only what is stored was wanted
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
