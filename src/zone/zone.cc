#include "zone/zone.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"

namespace festina::zone {
namespace {

constexpr std::string_view kWorkersDev = ".workers.dev";

// The script of the first route that matches; nothing when there is none, or it leads to no script.
std::optional<std::string_view> routed_script(
    const std::vector<Route>& routes, const http::Url& url
) {
  const auto matches = [&](const Route& route) { return route_matches(route.pattern, url); };
  const auto route = std::ranges::find_if(routes, matches);
  if (route == routes.end() || route->script.empty()) return std::nullopt;
  return route->script;
}

bool has_script(const std::vector<Route>& routes, std::string_view script) {
  return std::ranges::find(routes, script, &Route::script) != routes.end();
}

}  // namespace

bool HealthCheck::expects(http::Status status) const {
  return std::ranges::any_of(expect, [status](const http::StatusRange& expected) {
    return http::contains(expected, status);
  });
}

const Origin& Zone::origin_for(std::string_view host) const {
  const auto own = origins.find(host);
  return own == origins.end() ? origin : own->second;
}

std::optional<std::string_view> Zone::script_for(const http::Url& url) const {
  if (const auto routed = routed_script(routes, url)) return routed;
  const Origin& behind = origin_for(url.host);
  if (behind.kind != OriginKind::worker) return std::nullopt;
  return behind.script;
}

std::optional<std::string_view> Zone::snippet_for(const http::Url& url) const {
  return routed_script(snippets, url);
}

bool is_within(std::string_view host, std::string_view zone_name) {
  if (zone_name.find('*') != std::string_view::npos) return workers_dev_zone_of(host) == zone_name;
  if (!host.ends_with(zone_name)) return false;
  host.remove_suffix(zone_name.size());
  return host.empty() || host.back() == '.';
}

std::optional<std::string> workers_dev_zone_of(std::string_view host) {
  if (!host.ends_with(kWorkersDev)) return std::nullopt;
  host.remove_suffix(kWorkersDev.size());
  const auto labels = split_once(host, '.');
  if (!labels || labels->before.empty() || labels->after.empty()) return std::nullopt;
  if (labels->after.find('.') != std::string_view::npos) return std::nullopt;
  return std::string(labels->before) + ".*" + std::string(kWorkersDev);
}

bool is_on_workers_dev(const Zone& zone) { return zone.name.find('*') != std::string::npos; }

bool is_made_for_a_script(const Zone& zone) { return zone.origin.kind == OriginKind::worker; }

bool leads_to(const Zone& zone, std::string_view script) {
  const auto is_origin = [script](const Origin& origin) {
    return origin.kind == OriginKind::worker && origin.script == script;
  };
  return has_script(zone.routes, script) || has_script(zone.snippets, script) ||
         is_origin(zone.origin) || std::ranges::any_of(zone.origins, [&](const auto& host) {
           return is_origin(host.second);
         });
}

bool runs_scripts(const Zone& zone) {
  const auto is_worker = [](const auto& host) { return host.second.kind == OriginKind::worker; };
  return !zone.routes.empty() || !zone.snippets.empty() || is_made_for_a_script(zone) ||
         std::ranges::any_of(zone.origins, is_worker);
}

Origin worker_origin(const std::string& script) {
  Origin origin;
  origin.kind = OriginKind::worker;
  origin.script = script;
  origin.text = "worker " + script;
  return origin;
}

http::Scheme key_scheme(const Origin& origin, http::Scheme asked) {
  const bool is_connected = origin.kind == OriginKind::http || origin.kind == OriginKind::files;
  return is_connected ? origin.scheme : asked;
}

policy::KeyOrigin key_origin(const Origin& origin, http::Scheme asked) {
  const std::string_view host =
      origin.servers.empty() ? "" : std::string_view(origin.servers.front().host);
  return {key_scheme(origin, asked), host};
}

policy::KeyOrigin key_origin_of_worker(std::string_view script, http::Scheme asked) {
  return {asked, {}, script};
}

std::string setting_part(std::string_view id) {
  return std::string(kSettingParts) + std::string(id);
}

std::string ruleset_part(std::string_view phase) {
  return std::string(kRulesetParts) + std::string(phase);
}

std::string id_of(std::string_view zone_name) { return to_hex(sha256(zone_name)).substr(0, 32); }

}  // namespace festina::zone
