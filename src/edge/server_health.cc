#include "edge/server_health.h"

#include <limits>

namespace festina::edge {
namespace {

std::uint32_t one_more(std::uint32_t count) {
  return count == std::numeric_limits<std::uint32_t>::max() ? count : count + 1;
}

}  // namespace

bool ServerHealth::admits(TimePoint now) {
  if (out_by_probes_) return false;
  if (!out_until_) return true;
  if (now < *out_until_) return false;
  out_until_ = now + kOutFor;
  return true;
}

void ServerHealth::passed_probe(const zone::HealthCheck& check) {
  failed_ = 0;
  passed_ = one_more(passed_);
  if (passed_ < check.consecutive_up) return;
  out_by_probes_ = false;
  out_until_.reset();
}

void ServerHealth::failed_probe(const zone::HealthCheck& check) {
  passed_ = 0;
  failed_ = one_more(failed_);
  if (failed_ >= check.consecutive_down) out_by_probes_ = true;
}

}  // namespace festina::edge
