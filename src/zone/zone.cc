#include "zone/zone.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace festina::zone {

bool HealthCheck::expects(http::Status status) const {
  return std::ranges::any_of(expect, [status](const Statuses& expected) {
    return expected.from <= status && status <= expected.to;
  });
}

const Origin& Zone::origin_for(std::string_view host) const {
  const auto own = origins.find(host);
  return own == origins.end() ? origin : own->second;
}

std::optional<std::string_view> Zone::script_for(const http::Url& url) const {
  const auto matches = [&](const Route& route) { return route_matches(route.pattern, url); };
  const auto route = std::find_if(routes.begin(), routes.end(), matches);
  if (route == routes.end() || route->script.empty()) return std::nullopt;
  return route->script;
}

bool is_within(std::string_view host, std::string_view zone_name) {
  if (!host.ends_with(zone_name)) return false;
  host.remove_suffix(zone_name.size());
  return host.empty() || host.back() == '.';
}

std::string id_of(std::string_view zone_name) { return to_hex(sha256(zone_name)).substr(0, 32); }

}  // namespace festina::zone
