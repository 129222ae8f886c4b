// Purge: POST /client/v4/zones/{id}/purge_cache (api-v4.md §4.3, reference §10).
//
// The answer comes when the change is durable in the log and applied in every colo of this node.
#pragma once

#include <string>

#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

Awaitable<http::Reply> purge(const ControlServices&, std::string zone_id, Body);

}  // namespace festina::control
