#include "policy/decision.h"

#include <algorithm>

namespace festina::policy {

namespace {

std::optional<std::chrono::seconds> ttl_of_range(
    const CacheDecision& decision, http::Status status
) {
  const auto& ranges = decision.edge_ttl_by_status;
  const auto range = std::ranges::find_if(ranges, [status](const StatusTtl& ttl) {
    return http::contains(ttl.statuses, status);
  });
  return range == ranges.end() ? std::nullopt : std::optional(range->ttl);
}

}  // namespace

std::optional<std::chrono::seconds> explicit_ttl(
    const CacheDecision& decision, http::Status status
) {
  const auto of_range = ttl_of_range(decision, status);
  return of_range ? of_range : decision.edge_ttl;
}

std::optional<std::chrono::seconds> explicit_ttl_after_304(
    const CacheDecision& decision, http::Status stored
) {
  const auto own = ttl_of_range(decision, 304);
  return own ? own : explicit_ttl(decision, stored);
}

}  // namespace festina::policy
