// Invalidation: what a change that passed through us makes of what is stored (RFC 9111 §4.4).
#pragma once

#include <vector>

#include "http/message.h"

namespace festina::policy {

// The URLs of which nothing stored may be used any more: the target, and what Location and Content-Location name of the
// same origin, after an unsafe request that did not fail. None otherwise.
std::vector<http::Url> invalidated(const http::Request&, const http::Response&);

}  // namespace festina::policy
