// Purge request: the body of a purge call as the facts it asks for (reference §10.1-10.4, api-v4.md §4.3).
//
// Several kinds in one call are purged together, unless the zone refuses that; `purge_everything` stands alone.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "cache/cache.h"
#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

// Reference §10.2: items of one call; files of one call alone, when the zone's plan is enterprise.
inline constexpr std::size_t kMaxPurgeItems = 100;
inline constexpr std::size_t kMaxEnterpriseFiles = 500;
inline constexpr std::size_t kMaxPurgeTagBytes = 1024;  // reference §10.3
// Of a normalised prefix that is taken as text: every length there is costs a look at each later check of an entry.
inline constexpr std::size_t kMaxTextPrefixBytes = 1024;

// Errors, all of the client: not_found for a body that names nothing, conflict for a purge_everything that is not true,
// unsupported for a kind that is no list, malformed for an item that is none, too_large for too many of them.
Result<std::vector<cache::PurgeFact>> requested_purge(
    const ControlServices&, const zone::Zone&, const json::Value& body
);

}  // namespace festina::control
