#include "zone/script_routes.h"

#include <utility>

#include "base/text.h"
#include "zone/route.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

// Why this is no host of a custom domain; empty: it is one.
std::string fault_of_domain(std::string_view host) {
  if (host.find('*') != std::string_view::npos) return "it has a wildcard";
  if (host.find('/') != std::string_view::npos) return "it has a path";
  return is_host_name(host) ? "" : "it is no host name";
}

bool is_well_formed(const ConfiguredRoute& route, const Table& table) {
  if (route.is_custom_domain) {
    const std::string fault = fault_of_domain(route.pattern);
    if (fault.empty()) return true;
    table.problem(
        route.place,
        in_quotes(route.pattern) + " is no custom domain: " + fault,
        "write a host, which is served whole, or make it a route"
    );
    return false;
  }
  const auto checked = check_route_pattern(route.pattern);
  if (checked) return true;
  table.problem(
      route.place,
      in_quotes(route.pattern) + " is no route: " + checked.error().detail,
      "write it like \"example.com/api/*\""
  );
  return false;
}

// What a route's own table says; nothing when it has no pattern, or is switched off.
std::optional<ConfiguredRoute> read_entry(const Table& entry) {
  ConfiguredRoute route{
      .pattern = entry.string("pattern").value_or(""),
      .zone_name = lower(entry.string("zone_name").value_or("")),
      .zone_id = lower(entry.string("zone_id").value_or("")),
      .place = entry.place("pattern"),
      .is_custom_domain = entry.boolean("custom_domain").value_or(false)
  };
  const bool is_on = entry.boolean("enabled").value_or(true);
  entry.ignore("previews_enabled");
  entry.report_unknown_keys();
  if (!entry.has("pattern")) entry.problem(entry.place(), "the route has no pattern");
  if (!route.zone_name.empty() && !route.zone_id.empty())
    entry.problem("zone_id", "zone_name and zone_id exclude each other", "keep one of them");
  if (!is_on && !route.is_custom_domain)
    entry.problem("enabled", "only a custom domain is switched off", "remove the route");
  if (route.is_custom_domain) route.pattern = lower(route.pattern);
  return route.pattern.empty() || !is_on ? std::nullopt : std::optional(std::move(route));
}

std::optional<ConfiguredRoute> read_route(const Table& table, const Table::Element& element) {
  std::optional<ConfiguredRoute> route;
  if (element.table) {
    route = read_entry(*element.table);
  } else {
    route = ConfiguredRoute{.pattern = element.text, .place = element.place};
  }
  if (!route || !is_well_formed(*route, table)) return std::nullopt;
  return route;
}

// An environment that says either of the two keys inherits neither.
const Table& table_of_routes(const WranglerFile& file) {
  return file.of(file.is_said_by_environment("route") ? "route" : "routes");
}

}  // namespace

std::vector<ConfiguredRoute> read_routes(const WranglerFile& file) {
  const Table& table = table_of_routes(file);
  auto elements = table.elements("routes");
  if (auto only = table.element("route")) {
    if (table.has("routes"))
      table.problem("route", "route and routes exclude each other", "keep one of them");
    elements.push_back(std::move(*only));
  }
  std::vector<ConfiguredRoute> routes;
  for (const auto& element : elements) {
    if (auto route = read_route(table, element)) routes.push_back(std::move(*route));
  }
  return routes;
}

bool read_workers_dev(const WranglerFile& file) {
  const Table& table = table_of_routes(file);
  const bool has_routes = !table.says_nothing("routes") || table.has("route");
  return file.of("workers_dev").boolean("workers_dev").value_or(!has_routes);
}

}  // namespace festina::zone
