// ZoneCall: a call below /client/v4/zones/{id}, with the zone found and the rest of the path split.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "control/services.h"
#include "http/handler.h"

namespace festina::control {

struct ZoneCall {
  const ControlServices& services;
  zone::SnapshotRef snapshot;  // keeps the zone
  const zone::Zone& zone;
  std::vector<std::string> path;  // after the id: {"settings", "cache_level"}
  http::Request request;
  Body body;

  bool is(http::Method method, std::size_t segments) const {
    return request.method == method && path.size() == segments;
  }
};

// 405 with Allow.
http::Reply wrong_method(std::string_view allowed);
// 404
http::Reply no_route(const http::Request&);

}  // namespace festina::control
