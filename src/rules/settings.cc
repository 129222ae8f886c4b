#include "rules/settings.h"

namespace festina::rules {

std::uint64_t max_cacheable_bytes(Plan plan) {
  constexpr std::uint64_t mib = 1024 * 1024;
  return plan == Plan::enterprise ? 5 * 1024 * mib : 512 * mib;
}

}  // namespace festina::rules
