// Cache parameters: the action_parameters of `set_cache_settings` in the phase http_request_cache_settings (reference
// §6.2), each with its bounds.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "rules/plan_features.h"
#include "rules/reading.h"
#include "rules/wishes.h"

namespace festina::rules {

inline constexpr std::chrono::seconds kMaxRuleTtl{31'536'000};  // a year (reference §3.7)
inline constexpr std::int64_t kLeastRuleStatus = 100;           // reference §6.2
inline constexpr std::int64_t kMaxRuleStatus = 999;
inline constexpr std::chrono::seconds kLeastReadTimeout{100};
inline constexpr std::chrono::seconds kMaxReadTimeout{6000};
inline constexpr std::size_t kMaxRuleStatusTtls = 100;
inline constexpr std::size_t kMaxCacheablePorts = 100;

// What the object says. Empty objects in it say nothing.
Wishes read_cache_parameters(Reading& parameters, Plan plan);

}  // namespace festina::rules
