// Page Rules API (reference §8.2, api-v4.md §4.5).
//
//   GET, POST pagerules · GET, PUT, PATCH, DELETE pagerules/{id}
#pragma once

#include "control/zone_call.h"

namespace festina::control {

Awaitable<http::Reply> page_rules(ZoneCall call);

}  // namespace festina::control
