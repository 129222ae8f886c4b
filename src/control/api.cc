#include "control/api.h"

#include "base/crypto.h"
#include "base/text.h"
#include "control/envelope.h"
#include "control/explain_api.h"
#include "control/logs_api.h"
#include "control/node_api.h"
#include "control/page_rules_api.h"
#include "control/purge_api.h"
#include "control/rulesets_api.h"
#include "control/settings_api.h"
#include "control/zone_call.h"
#include "control/zones_api.h"
#include "http/date.h"

namespace festina::control {
namespace {

constexpr std::string_view kClientV4 = "/client/v4";
constexpr std::string_view kExplainRay = "/festina/v1/explain/";

enum class Access : std::uint8_t { granted, malformed, denied };

// A bearer token, or a global key in X-Auth-Key (api-v4.md §2).
Access access_of(const http::Headers& headers, std::string_view token) {
  if (const auto key = headers.get("X-Auth-Key")) {
    return equal_in_constant_time(*key, token) ? Access::granted : Access::denied;
  }
  const auto authorization = headers.get(http::Name::authorization);
  if (!authorization) return Access::denied;
  constexpr std::string_view bearer = "bearer ";
  if (!starts_with_ignoring_case(*authorization, bearer)) return Access::malformed;
  return equal_in_constant_time(trimmed(authorization->substr(bearer.size())), token)
             ? Access::granted
             : Access::denied;
}

std::optional<http::Reply> refusal(const http::Request& request, std::string_view token) {
  switch (access_of(request.headers, token)) {
    case Access::granted:
      return std::nullopt;
    case Access::malformed:
      return failure(
          400,
          ApiCode::invalid_headers,
          "Invalid request headers: Authorization must be \"Bearer <token>\""
      );
    case Access::denied:
      return failure(403, ApiCode::authentication, "Authentication error");
  }
  unreachable("every access is judged");
}

// "/zones/<id>/purge_cache" → {"zones", "<id>", "purge_cache"}
std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments = split(path, '/');
  std::erase_if(segments, [](std::string_view segment) { return segment.empty(); });
  return segments;
}

// What is below /zones/{id}. `at`: the whole path below /client/v4.
Awaitable<http::Reply> below_a_zone(
    const ControlServices& services, const std::vector<std::string_view>& at,
    http::Incoming incoming
) {
  zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& zone = snapshot->zones.by_id(at[1]);
  if (!zone)
    co_return failure(404, ApiCode::zone_not_found, "no zone with the id " + std::string(at[1]));
  ZoneCall call{
      .services = services,
      .snapshot = snapshot,
      .zone = *zone,
      .path = {at.begin() + 2, at.end()},
      .request = std::move(incoming.request),
      .body = std::move(incoming.body)
  };
  if (call.path.empty()) co_return show_zone(call);
  if (call.path == std::vector<std::string>{"purge_cache"})
    co_return co_await purge(std::move(call));
  if (call.path[0] == "settings") co_return co_await settings(std::move(call));
  if (call.path[0] == "rulesets") co_return co_await rulesets(std::move(call));
  if (call.path[0] == "pagerules") co_return co_await page_rules(std::move(call));
  co_return no_route(call.request);
}

}  // namespace

Awaitable<http::Reply> Api::client_v4(http::Incoming incoming) const {
  const http::Request& request = incoming.request;
  if (std::optional<http::Reply> refused = refusal(request, services_.token))
    co_return std::move(*refused);
  const std::string path = request.url.path.substr(kClientV4.size());
  const std::vector<std::string_view> at = segments_of(path);
  const bool reads = request.method == http::Method::get;

  if (at.size() == 1 && at[0] == "zones") {
    co_return reads ? list_zones(services_, request) : wrong_method("GET");
  }
  if (at.size() > 1 && at[0] == "zones")
    co_return co_await below_a_zone(services_, at, std::move(incoming));
  if (path == "/user/tokens/verify") {
    co_return success(json::Object{{"id", services_.account_id}, {"status", "active"}});
  }
  co_return no_route(request);
}

Awaitable<http::Reply> Api::own(http::Incoming incoming) const {
  const http::Request& request = incoming.request;
  const std::string_view path = request.url.path;
  if (path == "/festina/v1/clock") {
    if (request.method != http::Method::post) co_return wrong_method("POST");
    if (std::optional<http::Reply> refused = refusal(request, services_.token))
      co_return std::move(*refused);
    co_return co_await advance_clock(services_, std::move(incoming.body));
  }
  if (request.method != http::Method::get && request.method != http::Method::head)
    co_return wrong_method("GET");
  if (path == "/festina/v1/health" || path == "/festina/v1/health/ready")
    co_return ready(services_);
  if (path == "/festina/v1/health/live") co_return live();
  if (path == "/festina/v1/explain") co_return explain(services_, request);
  if (path.starts_with(kExplainRay))
    co_return explain_ray(services_, path.substr(kExplainRay.size()));
  if (path == "/festina/v1/logs") co_return logs(services_, request);
  if (path == "/festina/v1/tail") co_return tail(services_, request);
  if (path == "/festina/v1/colos") co_return list_colos(services_);
  if (path == "/metrics") co_return metrics(services_);
  if (path == "/") co_return index_page(services_);
  co_return json_reply(404, json::Object{{"error", "nothing is at " + std::string(path)}});
}

Awaitable<http::Reply> Api::handle(http::Incoming incoming) {
  http::Reply reply;
  if (incoming.request.url.path.starts_with("/client/v4/")) {
    reply = co_await client_v4(std::move(incoming));
  } else {
    reply = co_await own(std::move(incoming));
  }
  reply.response.headers.add(http::Name::date, http::format_date(services_.clock.wall()));
  reply.response.headers.add(http::Name::server, "festina");
  reply.response.headers.set(http::Name::cache_control, "no-store");
  co_return reply;
}

}  // namespace festina::control
