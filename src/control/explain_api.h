// Explain: what would happen to a request, and what became of one that was served.
#pragma once

#include <cstddef>
#include <string_view>

#include "control/envelope.h"
#include "control/services.h"

namespace festina::control {

// Of what is stored for the same path under other keys, so many are shown.
inline constexpr std::size_t kMaxOtherKeys = 5;

// GET /festina/v1/explain?url=…: the decision chain. Nothing is fetched or changed.
http::Reply explain(const ControlServices&, const http::Request&);
// GET /festina/v1/explain/{ray}: "89abcdef01234567", with or without "-FRA" behind it.
http::Reply explain_ray(const ControlServices&, std::string_view ray);

}  // namespace festina::control
