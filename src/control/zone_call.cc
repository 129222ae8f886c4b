#include "control/zone_call.h"

#include "control/envelope.h"

namespace festina::control {

http::Reply wrong_method(std::string_view allowed) {
  http::Reply reply =
      failure(405, ApiCode::method_not_allowed, "Method not allowed: use " + std::string(allowed));
  reply.response.headers.add("Allow", allowed);
  return reply;
}

http::Reply no_route(const http::Request& request) {
  return failure(404, ApiCode::unknown_route, "No route for that URI: " + request.url.path);
}

}  // namespace festina::control
