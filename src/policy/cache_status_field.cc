#include "policy/cache_status_field.h"

#include <string>

namespace festina::policy {

namespace {

// Was it answered without anything forwarded?
bool is_hit(const Reuse& reuse, const Handling& handling) {
  return reuse.action == Action::serve || reuse.action == Action::serve_and_refresh ||
         handling.outcome == FillOutcome::under_way;
}

// Why it went to the next hop (RFC 9211 §2.2).
std::string_view why_forwarded(
    const CacheDecision& decision, const Reuse& reuse, const Handling& handling
) {
  const bool may_be_cached =
      handling.method == http::Method::get || handling.method == http::Method::head;
  if (!decision.may_use_cache) return may_be_cached ? "bypass" : "method";
  if (!reuse.found) return handling.has_variants ? "vary-miss" : "uri-miss";
  const bool was_asked_for =
      reuse.reason == Reason::client_wants_newer || reuse.reason == Reason::revalidation_forced;
  return was_asked_for && reuse.age < reuse.lifetime ? "request" : "stale";
}

}  // namespace

CacheStatusField cache_status_field(
    const CacheDecision& decision, const Reuse& reuse, const Handling& handling
) {
  CacheStatusField text("festina");
  if (reuse.action == Action::refuse) {
    text.append("; detail=only-if-cached");
    return text;
  }
  if (decision.may_use_cache && is_hit(reuse, handling)) {
    text.append("; hit; ttl=");
    text.append(std::to_string((reuse.lifetime - reuse.age).count()));
    return text;
  }
  text.append("; fwd=");
  text.append(why_forwarded(decision, reuse, handling));
  if (handling.upstream_status != 0) {
    text.append("; fwd-status=");
    text.append(std::to_string(handling.upstream_status));
  }
  const bool is_kept =
      handling.outcome == FillOutcome::stored || handling.outcome == FillOutcome::freshened;
  if (is_kept && handling.waited == Waited::for_anothers) {
    text.append("; collapsed");
  } else if (is_kept) {
    text.append("; stored");
  }
  return text;
}

}  // namespace festina::policy
