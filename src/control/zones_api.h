// Zones: GET /client/v4/zones and /client/v4/zones/{id} (api-v4.md §4.2).
#pragma once

#include "control/zone_call.h"

namespace festina::control {

http::Reply list_zones(const ControlServices&, const http::Request&);
http::Reply show_zone(const ZoneCall&);

}  // namespace festina::control
