#include "policy/decision.h"

#include <algorithm>

namespace festina::policy {

std::optional<std::chrono::seconds> explicit_ttl(
    const CacheDecision& decision, http::Status status
) {
  const auto& ranges = decision.edge_ttl_by_status;
  const auto range = std::ranges::find_if(ranges, [status](const StatusTtl& ttl) {
    return ttl.from <= status && status <= ttl.to;
  });
  return range != ranges.end() ? range->ttl : decision.edge_ttl;
}

}  // namespace festina::policy
