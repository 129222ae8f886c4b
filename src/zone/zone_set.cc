#include "zone/zone_set.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "zone/unique.h"

namespace festina::zone {
namespace {

// The zone of a host is the one with the longest name that it is within; the end for none.
std::size_t zone_of(const std::vector<ZoneConfig>& zones, std::string_view host) {
  std::size_t longest = zones.size();
  for (std::size_t i = 0; i < zones.size(); ++i) {
    const std::string& name = zones[i].zone.name;
    if (name.empty() || !is_within(host, name)) continue;
    if (longest == zones.size() || name.size() > zones[longest].zone.name.size()) longest = i;
  }
  return longest;
}

void check_origin_hosts(const std::vector<ZoneConfig>& zones, const ZoneConfig& config) {
  const auto table = config.table.table("origins");
  if (!table) return;
  for (const auto& [host, origin] : config.zone.origins) {
    const std::string& owner = zones[zone_of(zones, host)].zone.name;
    if (owner == config.zone.name) continue;
    table->problem(
        host,
        "two zones serve host " + in_quotes(host),
        "set its origin in zone " + in_quotes(owner)
    );
  }
}

std::string names_of(const std::vector<ZoneConfig>& zones) {
  std::string names;
  for (const ZoneConfig& config : zones) append_member(names, config.zone.name);
  return names.empty() ? "there is no zone" : "the zones are " + names;
}

// The zone a route belongs to; the end, and a problem, for none.
std::size_t zone_of(
    const std::vector<ZoneConfig>& zones, const ConfiguredRoute& route, const Table& root
) {
  const std::size_t at = zone_of(zones, lower(parse_route_pattern(route.pattern)->host_name()));
  std::string message = " belongs to no zone";
  if (at < zones.size()) {
    const Zone& owner = zones[at].zone;
    const bool has_name = route.zone_name.empty() || route.zone_name == owner.name;
    const bool has_id = route.zone_id.empty() || route.zone_id == owner.id;
    if (has_name && has_id) return at;
    message = " is in zone " + in_quotes(owner.name) + ", not in " +
              in_quotes(has_name ? route.zone_id : route.zone_name);
  }
  const std::string kind = route.is_custom_domain ? "custom domain " : "route ";
  root.problem(route.place, kind + in_quotes(route.pattern) + message, names_of(zones));
  return zones.size();
}

// The same text for patterns that mean the same.
std::string canonical(const std::string& text) {
  const RoutePattern pattern = parse_route_pattern(text).value();
  const std::string scheme = pattern.scheme ? std::string(http::name(*pattern.scheme)) + "://" : "";
  return scheme + (pattern.any_prefix ? "*" : "") + lower(pattern.host) +
         std::string(pattern.path) + (pattern.any_suffix ? "*" : "");
}

// Patterns and custom domains, each given once. A Snippet may have the pattern of the Worker behind it.
struct Claims {
  Unique patterns{"routes have the pattern"};
  Unique snippets{"Snippets have the pattern"};
  Unique domains{"scripts have the custom domain"};

  bool claim(const ConfiguredRoute& route, const Script& script, const Table& root) {
    if (route.is_custom_domain) return domains.claim(route.pattern, route.place, root);
    Unique& taken = script.is_snippet ? snippets : patterns;
    return taken.claim(canonical(route.pattern), route.place, root);
  }
};

void add_domain(
    Zone& zone, const ConfiguredRoute& domain, const std::string& script, const Table& root
) {
  const bool is_free = zone.origins.emplace(domain.pattern, worker_origin(script)).second;
  if (is_free) return;
  root.problem(
      domain.place,
      "custom domain " + in_quotes(domain.pattern) + " has another origin in zone " +
          in_quotes(zone.name),
      "remove it from the zone's origins, or make it a route"
  );
}

void add(Zone& zone, const ConfiguredRoute& route, const Script& script, const Table& root) {
  if (route.is_custom_domain) return add_domain(zone, route, script.name, root);
  (script.is_snippet ? zone.snippets : zone.routes).push_back({route.pattern, script.name});
}

bool comes_first(const Route& a, const Route& b) { return is_more_specific(a.pattern, b.pattern); }

}  // namespace

void check_zones(const std::vector<ZoneConfig>& zones) {
  Unique names("zones are named");
  Unique ids("zones have the id");
  for (const ZoneConfig& config : zones) {
    const auto& [zone, table] = config;
    if (zone.name.empty() || !names.claim(zone.name, table.place("name"), table)) continue;
    ids.claim(zone.id, table.place("id"), table);
    check_origin_hosts(zones, config);
  }
}

std::vector<ZoneConfig> with_routes(
    std::vector<ZoneConfig> zones, const std::vector<Wrangler>& workers, const Table& root
) {
  Claims claims;
  for (const Wrangler& worker : workers) {
    for (const ConfiguredRoute& route : worker.routes) {
      if (!claims.claim(route, worker.script, root)) continue;
      const std::size_t at = zone_of(zones, route, root);
      if (at < zones.size()) add(zones[at].zone, route, worker.script, root);
    }
  }
  for (ZoneConfig& config : zones) {
    std::ranges::sort(config.zone.routes, comes_first);
    std::ranges::sort(config.zone.snippets, comes_first);
  }
  return zones;
}

}  // namespace festina::zone
