// Facts: what a rule may look at.
#pragma once

#include <cstdint>

#include "http/message.h"
#include "policy/visit.h"

namespace festina::rules {

// When a rule is asked: before the cache is, or once the origin has answered (reference §6.4). Fields of the response
// exist in the second only.
enum class Phase : std::uint8_t { request, response };

// Requires: a response in Phase::response.
struct Facts {
  const http::Request& request;
  const policy::Visit& visit;
  const http::Response* response = nullptr;
};

}  // namespace festina::rules
