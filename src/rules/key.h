// Key: what of a request enters its cache key, as rules and settings have it (reference §11.1-11.3).
#pragma once

#include <optional>

#include "http/message.h"
#include "policy/decision.h"
#include "policy/visit.h"
#include "rules/heard.h"

namespace festina::rules {

policy::KeySpec key_spec(const ZoneRules& rules, const Heard& heard, const Facts& facts);
// resolve() decides by it; a purge by URL must name the same key. For that the request's CF-Device-Type and CF-IPCountry
// say for whom something was stored (reference §10.4).
policy::KeySpec key_spec_of_purge(
    const ZoneRules& rules, const http::Request& request, const policy::Visit& visit
);

// Who had the key made as it is; nothing for one that takes the whole URL.
std::optional<policy::Step> key_step(const policy::KeySpec& key, const Heard& heard);

}  // namespace festina::rules
