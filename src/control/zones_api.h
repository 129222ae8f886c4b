// Zones: GET /client/v4/zones and /client/v4/zones/{id} (api-v4.md §4.2).
#pragma once

#include <string_view>

#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

http::Reply list_zones(const ControlServices&, const http::Request&);
http::Reply show_zone(const ControlServices&, std::string_view zone_id);

}  // namespace festina::control
