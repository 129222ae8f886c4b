// Explain: GET /festina/v1/explain, what would happen to a request. From the pure functions and a look into one colo's
// cache; nothing is fetched or changed.
#pragma once

#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

http::Reply explain(const ControlServices&, const http::Request&);

}  // namespace festina::control
