// Plan features: what of the configuration and of a script's cf counts from which plan on. One table; what a plan lacks
// is ignored where it is asked for, and said so.
#pragma once

#include <cstdint>
#include <string_view>

#include "rules/settings.h"

namespace festina::rules {

enum class Feature : std::uint8_t {
  worker_cache_key,  // cf.cacheKey (reference §4.2)
  true_client_ip,    // True-Client-IP towards Workers and origins (reference §13.2)
};

Plan least_plan(Feature);
bool offers(Plan, Feature);
// "enterprise"
std::string_view name(Plan);

}  // namespace festina::rules
