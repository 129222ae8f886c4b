#include "edge/upstream.h"

#include <algorithm>

#include "edge/origin_fetch.h"
#include "http/forwarding.h"
#include "observe/unheeded.h"
#include "rules/plan_features.h"

namespace festina::edge {
namespace {

workers::Visitor visitor_of(const Exchange& x) {
  workers::Visitor who;
  who.connection = x.connection;
  if (who.connection && x.asker) who.connection->round_trip = x.asker->round_trip();
  who.accept_encoding = x.request.headers.joined(http::Name::accept_encoding).value_or("");
  return who;
}

workers::Call call_of(const Exchange& x, const Services& services) {
  const bool is_heard = services.journal.feed.wants_console(x.upstream.script);
  return {
      .script = std::string(x.upstream.script),
      .ray =
          {.ray = x.ray,
           .parent = x.parent_ray,
           .depth = x.depth + 1,
           .script = std::string(x.upstream.script),
           .colo = std::string(services.colo),
           .zone = x.zone->id,
           .snapshot = x.snapshot,
           .client_address = x.visit.client_address,
           .body_size = x.body.size(),
           .loop = x.request.headers.joined(http::Name::cdn_loop).value_or(""),
           .quota = x.quota},
      .visit = x.visit,
      .visitor = visitor_of(x),
      .tells_true_client_ip = rules::offers(x.zone->rules.plan, rules::Feature::true_client_ip),
      .clock_offset = services.clock.advanced(),
      .console = is_heard ? workers::Console::captured : workers::Console::not_captured,
      .asker = x.asker
  };
}

Awaitable<Result<http::Reply>> call_script(Services& services, Exchange& x) {
  services.metrics.count(observe::Counter::worker_requests);
  if (!x.quota) x.quota = new_quota(x);
  workers::Call call = call_of(x, services);
  http::Request request = x.request;
  if (!x.hop.empty()) http::append_forwarded_for(request.headers, x.hop);
  Result<http::Reply> reply =
      co_await services.workers.call(std::move(call), std::move(request), std::move(x.body));
  if (reply) {
    if (!x.decision.announces_status) x.remarks += observe::unheeded(reply->response.headers);
  } else {
    services.metrics.count(observe::Counter::worker_failures);
  }
  co_return reply;
}

bool has_server(const zone::Origin& origin, const zone::Server& asked) {
  return std::ranges::any_of(origin.servers, [&asked](const zone::Server& server) {
    return server.host == asked.host && server.port == asked.port;
  });
}

bool is_origin_of_a_zone(const zone::ZoneTable& zones, const zone::Server& asked) {
  return std::ranges::any_of(zones.all(), [&asked](const auto& zone) {
    return has_server(zone->origin, asked) ||
           std::ranges::any_of(zone->origins, [&](const auto& origin) {
             return has_server(origin.second, asked);
           });
  });
}

Error refused_address(const zone::Server& server, bool may_be_control) {
  const std::string why =
      may_be_control
          ? " with the port of this node's API is nothing that Workers may reach"
          : " is a private address; [workers] private_network = \"allow\" lets Workers reach it";
  return {ErrorCode::permission_denied, Side::worker, server.host + why};
}

// What a Worker may reach beyond the zones: public addresses and the zones' own origins, and private ones only when the
// operator says so, but never this node's API. The address that was judged is the one that is asked, so that a name cannot change its mind.
Awaitable<Result<>> check_foreign(Services& services, Exchange& x) {
  const zone::Server& server = x.upstream.origin->servers.front();
  const bool may_be_control = server.port == services.control_port;
  const bool trusted = !may_be_control && (x.snapshot->private_network_allowed ||
                                           is_origin_of_a_zone(x.snapshot->zones, server));
  if (trusted) co_return Result<>();
  const auto addresses = co_await services.resolver.resolve(server.host);
  if (!addresses) co_return addresses.error();
  if (!std::ranges::all_of(*addresses, net::is_public)) {
    co_return refused_address(server, may_be_control);
  }
  auto pinned = std::make_shared<zone::Origin>(*x.upstream.origin);
  pinned->servers.front().address = addresses->front().to_string();
  x.upstream.origin = std::move(pinned);
  co_return Result<>();
}

Awaitable<Result<http::Reply>> ask_origin(Services& services, Exchange& x) {
  if (x.upstream.origin->kind == zone::OriginKind::none) {
    co_return Error{
        ErrorCode::unresolved, Side::origin, "zone " + x.zone->name + " has no origin for this host"
    };
  }
  if (x.upstream.is_foreign) {
    const Result<> allowed = co_await check_foreign(services, x);
    if (!allowed) co_return allowed.error();
  }
  services.metrics.count(observe::Counter::origin_requests);
  Result<http::Reply> reply = co_await fetch_origin(services, x);
  if (!reply) services.metrics.count(observe::Counter::origin_failures);
  co_return reply;
}

}  // namespace

std::shared_ptr<workers::Quota> new_quota(const Exchange& x) {
  return std::make_shared<workers::Quota>(x.snapshot->max_calls_of(x.upstream.script));
}

Upstream origin_of(const std::shared_ptr<const zone::Zone>& zone, std::string_view host) {
  const zone::Origin& origin = zone->origin_for(host);
  const bool is_worker = origin.kind == zone::OriginKind::worker;
  return {
      .kind = is_worker ? policy::UpstreamKind::worker : policy::UpstreamKind::origin,
      .origin = std::shared_ptr<const zone::Origin>(zone, &origin),
      .script = origin.script
  };
}

Upstream upstream_for(const std::shared_ptr<const zone::Zone>& zone, const http::Request& request) {
  Upstream upstream = behind_snippets(zone, request.url, request.url.host);
  if (const std::optional<std::string_view> snippet = zone->snippet_for(request.url)) {
    upstream.kind = policy::UpstreamKind::snippet;
    upstream.script = *snippet;
  }
  return upstream;
}

Upstream behind_snippets(
    const std::shared_ptr<const zone::Zone>& zone, const http::Url& url, std::string_view host
) {
  Upstream upstream = origin_of(zone, host);
  if (const std::optional<std::string_view> script = zone->script_for(url)) {
    upstream.kind = policy::UpstreamKind::worker;
    upstream.script = *script;
  }
  return upstream;
}

Upstream foreign_origin(const http::Url& url) {
  auto origin = std::make_shared<zone::Origin>();
  origin->scheme = url.scheme;
  origin->text = url.authority();
  origin->servers = {{url.host, url.port, "", origin->text}};
  return {
      .kind = policy::UpstreamKind::origin,
      .origin = std::move(origin),
      .script = {},
      .is_foreign = true
  };
}

Awaitable<Result<http::Reply>> fetch_upstream(Services& services, Exchange& x) {
  if (policy::is_script(x.upstream.kind)) co_return co_await call_script(services, x);
  const TimePoint asked = services.clock.now();
  Result<http::Reply> reply = co_await ask_origin(services, x);
  if (!reply) co_return reply;
  x.origin_status = reply->response.status;
  x.origin_took = services.clock.now() - asked;
  co_return reply;
}

}  // namespace festina::edge
