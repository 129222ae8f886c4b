// The node itself: health, colos, metrics and the test clock below /festina/v1.
#pragma once

#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

// How far one call may move the test clock.
inline constexpr std::chrono::seconds kMaxAdvance{10LL * 365 * 24 * 3600};

http::Reply live();
http::Reply ready(const ControlServices&);
http::Reply list_colos(const ControlServices&);
http::Reply metrics(const ControlServices&);
Awaitable<http::Reply> advance_clock(const ControlServices&, Body);
// The page at "/": what is to be found here.
http::Reply index_page(const ControlServices&);

}  // namespace festina::control
