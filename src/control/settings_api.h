// Settings API: a zone's settings (api-v4.md §4.2, reference §8.4).
//
//   GET settings · PATCH settings {"items": [{"id": …, "value": …}]} · GET, PATCH settings/{id} {"value": …}
#pragma once

#include "control/zone_call.h"

namespace festina::control {

Awaitable<http::Reply> settings(ZoneCall call);

}  // namespace festina::control
