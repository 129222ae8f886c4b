#include "edge/pipeline.h"

#include <algorithm>

#include "base/text.h"
#include "edge/caching_fetch.h"
#include "edge/deliver.h"
#include "edge/error_page.h"
#include "edge/identity.h"
#include "edge/upstream.h"
#include "http/forwarding.h"
#include "rules/resolve.h"

namespace festina::edge {
namespace {

// A request that has passed this often through edges like ours goes round in a circle (RFC 8586).
constexpr std::size_t kMaxLoops = 16;

// The address another zone sees of a Worker's request: the visitor is not its own (reference §13.2).
constexpr std::string_view kOtherZonesWorker = "2a06:98c0:3600::103";

// Fields only the edge may set. A client that sends them would speak in our name.
bool is_ours(const http::Field& field) {
  switch (field.name) {
    case http::Name::cf_blob:
    case http::Name::cf_cache_namespace:
    case http::Name::cf_cache_status:
    case http::Name::cf_connecting_ip:
    case http::Name::cf_ip_country:
    case http::Name::cf_ray:
    case http::Name::cf_visitor:
    case http::Name::cf_worker:
      return true;
    case http::Name::other:
      return starts_with_ignoring_case(field.name_text, "x-festina-") ||
             starts_with_ignoring_case(field.name_text, "cf-");
    default:
      return false;
  }
}

// What a client may not ask for, whatever the site: TRACE would show it the fields that the edge adds, and a target in
// absolute form must not claim another scheme than the connection has (RFC 9110 §4.3.3, §7.4, §9.3.8).
std::optional<Refusal> refusal_of(const http::Incoming& incoming) {
  if (incoming.request.method == http::Method::trace) return Refusal::method;
  if (incoming.request.url.scheme != incoming.peer.scheme) return Refusal::misdirected;
  return std::nullopt;
}

Exchange exchange_of(const Services& services, http::Incoming incoming) {
  Exchange x;
  x.ray = new_ray();
  x.request = std::move(incoming.request);
  x.body = std::move(incoming.body);
  x.asker = incoming.asker;
  x.request.url = http::normalized(std::move(x.request.url));
  x.request.headers.remove_if(is_ours);
  x.request.headers.remove_if(http::is_disguised);
  x.visit.port = x.request.url.port;
  x.visit.colo = services.colo;
  x.visit.now = services.clock.now();
  return x;
}

std::string country_of(const Services& services, const std::string& address) {
  std::string country;
  if (services.geoip != nullptr) country = services.geoip->country(address);
  return country.empty() ? std::string(services.country) : country;
}

// Who the client is and how it asked, in place of what its header claims.
void identify(const Services& services, Exchange& x, const http::Peer& peer) {
  http::Request& request = x.request;
  Identity client = identity_of(peer, request.headers, x.snapshot->trusted_proxies);
  remove_claims(request.headers, is_trusted(peer.address, x.snapshot->trusted_proxies));
  request.url = with_scheme(std::move(request.url), client.scheme);
  x.hop = peer.address;
  x.visit.port = request.url.port;
  x.visit.client_address = std::move(client.address);
  x.visit.country = country_of(services, x.visit.client_address);
}

observe::Record record_of(const Services& services, const Exchange& x, const http::Reply& reply) {
  return {
      .ray = x.ray,
      .parent_ray = x.parent_ray,
      .source = x.source,
      .colo = services.colo,
      .zone = x.zone ? std::string_view(x.zone->name) : std::string_view(),
      .client_address = x.visit.client_address,
      .method = x.request.method_text,
      .scheme = http::name(x.request.url.scheme),
      .host = x.request.url.host,
      .path = x.request.url.path,
      .query = x.request.url.query ? std::string_view(*x.request.url.query) : std::string_view(),
      .script = x.upstream.script,
      .status = reply.response.status,
      .origin_status = x.origin_status,
      .cache_status = x.status,
      .body_bytes = reply.body.size(),
      .start = x.visit.now,
      .end = services.clock.now(),
  };
}

// The last of every exchange: it is counted and written down.
http::Reply finished(Services& services, const Exchange& x, http::Reply reply) {
  services.metrics.count_request(x.source, x.status);
  if (services.access_log.enabled()) services.access_log.write(record_of(services, x, reply));
  return reply;
}

http::Reply refused(Services& services, Exchange& x, Refusal refusal) {
  http::Reply reply = deliver(services, x, refusal_reply(services, x, refusal));
  return finished(services, x, std::move(reply));
}

// The zone a Worker's request is made for: of the request it serves, else of the script's first route.
std::shared_ptr<const zone::Zone> zone_of(
    const zone::ZoneTable& zones, const workers::Caller& caller
) {
  return caller.parent ? zones.by_id(caller.parent->zone) : zones.by_script(caller.identity.script);
}

// Why this fetch() leads nowhere: workers.dev is one zone to Cloudflare (code 1042), and a Worker that is an origin has
// nothing behind it.
std::optional<Refusal> refusal_of_fetch(
    const zone::Zone* own, const Exchange& x, const workers::Caller& caller
) {
  const bool is_among_workers_dev =
      own != nullptr && zone::is_on_workers_dev(*own) && zone::is_on_workers_dev(*x.zone);
  if (is_among_workers_dev) return Refusal::workers_dev;
  const bool is_itself = x.upstream.kind == policy::UpstreamKind::worker && x.zone.get() == own &&
                         x.upstream.script == caller.identity.script;
  return is_itself ? std::optional(Refusal::own_domain) : std::nullopt;
}

}  // namespace

Awaitable<http::Reply> serve(Services& services, http::Incoming incoming) {
  const std::optional<Refusal> refusal = refusal_of(incoming);
  const http::Peer peer = std::move(incoming.peer);
  Exchange x = exchange_of(services, std::move(incoming));
  x.snapshot = services.snapshots.get();
  identify(services, x, peer);
  if (refusal) co_return refused(services, x, *refusal);
  x.zone = zone::kept_by(x.snapshot, x.snapshot->zones.find(x.request.host()));
  if (!x.zone) co_return refused(services, x, Refusal::unknown_host);
  if (http::loop_count(x.request.headers, "festina") >= kMaxLoops)
    co_return refused(services, x, Refusal::loop);

  x.upstream = upstream_for(x.zone, x.request);
  x.decision =
      rules::resolve(x.zone->rules, x.request, x.visit, x.upstream.kind, policy::kNoWorkerOptions);
  Result<http::Reply> reply = co_await caching_fetch(services, x);

  http::Reply delivered = deliver(services, x, std::move(reply));
  co_return finished(services, x, std::move(delivered));
}

Awaitable<http::Reply> subrequest(
    Services& services, workers::Caller caller, http::Incoming incoming
) {
  Exchange x = exchange_of(services, std::move(incoming));
  x.source = observe::RequestSource::edge_worker_fetch;
  if (caller.parent) {
    x.parent_ray = caller.parent->ray;
    x.depth = caller.parent->depth;
    x.visit.client_address = caller.parent->client_address;
  }
  x.snapshot = workers::snapshot_of(caller, services.snapshots);
  const std::shared_ptr<const zone::Zone> own = zone_of(x.snapshot->zones, caller);
  const std::shared_ptr<const zone::Zone>& target = x.snapshot->zones.find(x.request.host());
  const bool other_front =
      target && target != own;  // that zone's own front decides (reference §4.5)
  x.zone = zone::kept_by(x.snapshot, target ? target : own);  // no zone of ours: the caller's cache
  if (other_front) x.visit.client_address = kOtherZonesWorker;
  x.visit.country = country_of(services, x.visit.client_address);
  if (!x.zone) co_return refused(services, x, Refusal::unknown_host);
  if (x.depth >= workers::kMaxDepth) co_return refused(services, x, Refusal::loop);

  if (other_front) {
    x.upstream = upstream_for(x.zone, x.request);
  } else {
    x.upstream = target ? origin_of(x.zone, x.request) : foreign_origin(x.request.url);
  }
  if (const auto refusal = refusal_of_fetch(own.get(), x, caller))
    co_return refused(services, x, *refusal);
  const policy::WorkerOptions& options = other_front ? policy::kNoWorkerOptions : caller.options;
  x.decision = rules::resolve(x.zone->rules, x.request, x.visit, x.upstream.kind, options);
  Result<http::Reply> reply = co_await caching_fetch(services, x);

  http::Reply delivered = deliver(services, x, std::move(reply));
  co_return finished(services, x, std::move(delivered));
}

}  // namespace festina::edge
