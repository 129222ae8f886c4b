// Purge: POST /client/v4/zones/{id}/purge_cache (api-v4.md §4.3, reference §10).
//
// The answer comes when the change is durable in the log and applied in every colo of this node. Its messages name the URLs
// under which nothing was stored, and why that may be.
#pragma once

#include "control/zone_call.h"

namespace festina::control {

Awaitable<http::Reply> purge(ZoneCall call);

}  // namespace festina::control
