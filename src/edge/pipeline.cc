#include "edge/pipeline.h"

#include <algorithm>

#include "base/text.h"
#include "edge/caching_fetch.h"
#include "edge/deliver.h"
#include "edge/error_page.h"
#include "edge/identity.h"
#include "edge/upstream.h"
#include "edge/worker_request.h"
#include "http/forwarding.h"
#include "rules/resolve.h"

namespace festina::edge {
namespace {

// A request that has passed this often through edges like ours goes round in a circle (RFC 8586).
constexpr std::size_t kMaxLoops = 16;

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
  x.visit.raw_url = http::normalize(x.request.url);
  x.request.headers.remove_if(is_ours);
  x.request.headers.remove_if(http::is_disguised);
  x.visit.port = x.request.url.port;
  x.visit.colo = services.colo;
  x.visit.now = services.clock.now();
  x.arrived = services.clock.wall();
  return x;
}

// Where the client is; in its colo's country where nobody knows better.
void locate(const Services& services, policy::Visit& visit) {
  if (services.geoip != nullptr) visit.place = services.geoip->find(visit.client_address);
  visit.country = visit.place.country.empty() ? services.country : visit.place.country;
}

// Who the client is and how it asked, in place of what its header claims.
void identify(const Services& services, Exchange& x, const http::Peer& peer) {
  http::Request& request = x.request;
  Identity client = identity_of(peer, request.headers, x.snapshot->trusted_proxies);
  remove_claims(request.headers, is_trusted(peer.address, x.snapshot->trusted_proxies));
  request.url = with_scheme(std::move(request.url), client.scheme);
  if (x.visit.raw_url) x.visit.raw_url->scheme = client.scheme;
  x.hop = peer.address;
  x.visit.port = request.url.port;
  if (client.address == peer.address) {
    x.connection = {
        .protocol = peer.protocol,
        .tls_version = peer.tls_version,
        .tls_cipher = peer.tls_cipher,
        .round_trip = {}
    };
  }
  x.visit.client_address = std::move(client.address);
  x.visit.protocol = peer.protocol;
  locate(services, x.visit);
}

// How the Worker that was asked did. One that failed gave its error, which the reply tells of, unless a stale copy
// stands in.
observe::WorkerOutcome worker_outcome(const Exchange& x) {
  if (!x.quota) return observe::WorkerOutcome::none;
  const std::optional<Error>& failure = x.failure ? x.failure : x.covered;
  if (!failure || failure->side == Side::origin) return observe::WorkerOutcome::ok;
  if (failure->side == Side::client) return observe::WorkerOutcome::canceled;
  return failure->code == ErrorCode::worker_exception ? observe::WorkerOutcome::exception
                                                      : observe::WorkerOutcome::unavailable;
}

// Who would answer, or did, if the cache does not.
std::string_view upstream_name(const Upstream& upstream) {
  if (policy::is_script(upstream.kind)) return upstream.script;
  return upstream.origin ? std::string_view(upstream.origin->text) : std::string_view();
}

// The script that the record names: the one that answered or was to, else the one that asked.
struct Scripted {
  std::string_view name;  // empty: no script had a part in it
  bool is_snippet = false;
};
Scripted scripted(const Exchange& x) {
  if (policy::is_script(x.upstream.kind))
    return {x.upstream.script, x.upstream.kind == policy::UpstreamKind::snippet};
  if (x.asking_script.empty()) return {};
  return {x.asking_script, x.snapshot->flags_of(x.asking_script).is_snippet};
}

observe::Record record_of(const Services& services, const Exchange& x, const http::Reply& reply) {
  const Scripted script = scripted(x);
  return {
      .ray = x.ray,
      .parent_ray = x.parent_ray,
      .place = x.place,
      .source = x.source,
      .colo = services.colo,
      .zone = x.zone ? std::string_view(x.zone->name) : std::string_view(),
      .client_address = x.visit.client_address,
      .client_country = x.visit.country,
      .user_agent = x.request.headers.get(http::Name::user_agent).value_or(""),
      .method = x.request.method_text,
      .scheme = http::name(x.request.url.scheme),
      .host = x.request.url.host,
      .path = x.request.url.path,
      .query = x.request.url.query ? std::string_view(*x.request.url.query) : std::string_view(),
      .script = script.name,
      .is_snippet = script.is_snippet,
      .status = reply.response.status,
      .origin_status = x.origin_status,
      .origin_took = x.origin_took,
      .cache_status = x.status,
      .body_bytes = reply.body.size(),
      .plain_bytes = x.plain_bytes,
      .worker = worker_outcome(x),
      .subrequests = x.quota ? x.quota->calls() : 0,
      .start = x.arrived,
      .end = x.arrived + (services.clock.now() - x.visit.now),
      .steps = {x.decision.steps.data(), x.decision.step_count},
      .asides = x.decision.asides,
      .reuse = x.reuse,
      .compat = x.decision.compat,
      .outcome = x.outcome,
      .not_stored = x.not_stored,
      .joined = x.joined,
      .coding = x.coding,
      .key = x.key ? std::string_view(x.key->text) : std::string_view(),
      .upstream = upstream_name(x.upstream),
      .failure = x.failure ? std::string_view(x.failure->detail) : std::string_view(),
      .remarks = x.remarks
  };
}

// What was coded often enough is kept so.
void keep_coded(const Services& services, const Executor& executor, const Exchange& x) {
  if (!x.keeps_coding) return;
  if (!x.coding) unreachable("what is kept coded was coded");
  services.coders.keep_coded(executor, x.served, x.coding->coding);
}

// The last of every exchange: it is counted and written down.
http::Reply finished(Services& services, const Exchange& x, http::Reply reply) {
  services.metrics.count_request(x.source, x.status);
  services.journal.tell(record_of(services, x, reply));
  if (x.zone) services.notices.tell_of_rules(x.zone->name, x.decision, x.visit.now);
  return reply;
}

http::Reply refused(Services& services, Exchange& x, Refusal refusal) {
  x.remarks = refusal_detail(x, refusal);
  http::Reply reply = deliver(services, x, refusal_reply(services, x, refusal));
  return finished(services, x, std::move(reply));
}

// The runtime module makes an exception of it.
http::Reply refused_call(Services& services, Exchange& x, policy::Reason why) {
  const bool is_over = why == policy::Reason::request_over;
  http::Reply reply =
      refused(services, x, is_over ? Refusal::request_over : Refusal::too_many_calls);
  reply.response.headers.set(workers::kRefusedField, workers::refusal_word(why));
  return reply;
}

// Why this fetch() leads nowhere: workers.dev is one zone to Cloudflare (code 1042), and a Worker that is an origin has
// nothing behind it.
std::optional<Refusal> refusal_of_fetch(
    const zone::Zone* own, const Exchange& x, const workers::Caller& caller
) {
  if (x.upstream.is_foreign) return std::nullopt;
  const bool is_among_workers_dev =
      own != nullptr && zone::is_on_workers_dev(*own) && zone::is_on_workers_dev(*x.zone);
  if (is_among_workers_dev) return Refusal::workers_dev;
  const bool is_itself = x.upstream.kind == policy::UpstreamKind::worker && x.zone.get() == own &&
                         x.upstream.script == caller.identity.script;
  return is_itself ? std::optional(Refusal::own_domain) : std::nullopt;
}

// A Worker's request goes on from the one it is made for, whatever the script says of loops. Where nobody knows which one
// that is, the script's word stands: it may have copied the header of what it serves.
void link(Exchange& x, const workers::Caller& caller) {
  x.parent_ray = caller.parent_ray;
  if (!caller.parent) return;
  x.depth = caller.parent->depth;
  x.place = caller.place;
  x.visit.client_address = caller.parent->client_address;
  x.request.headers.remove(http::Name::cdn_loop);
  if (!caller.parent->loop.empty())
    x.request.headers.add(http::Name::cdn_loop, caller.parent->loop);
}

// Through our Workers, or through the network.
bool goes_round(const Exchange& x) {
  return x.depth >= workers::kMaxDepth ||
         http::loop_count(x.request.headers, http::kOwnCdn) >= kMaxLoops;
}

Upstream upstream_on(WayIn way, const Exchange& x, const policy::WorkerOptions& options) {
  switch (way) {
    case WayIn::own_cache:
      return origin_of(x.zone, connection_host(options, x.request.url.host));
    case WayIn::behind_snippet:
      return behind_snippets(x.zone, x.request.url, connection_host(options, x.request.url.host));
    case WayIn::front_door:
      return upstream_for(x.zone, x.request);
    case WayIn::out_of_house:
      return foreign_origin(x.request.url);
  }
  unreachable("every way in has an upstream");
}

}  // namespace

Awaitable<http::Reply> serve(Services& services, http::Incoming incoming) {
  const Executor executor = co_await asio::this_coro::executor;
  const std::optional<Refusal> refusal = refusal_of(incoming);
  const http::Peer peer = std::move(incoming.peer);
  Exchange x = exchange_of(services, std::move(incoming));
  x.snapshot = services.snapshots.get();
  identify(services, x, peer);
  if (refusal) co_return refused(services, x, *refusal);
  x.zone = zone::kept_by(x.snapshot, x.snapshot->zones.find(x.request.host()));
  if (!x.zone) co_return refused(services, x, Refusal::unknown_host);
  if (goes_round(x)) co_return refused(services, x, Refusal::loop);

  x.upstream = upstream_for(x.zone, x.request);
  x.decision =
      rules::resolve(x.zone->rules, x.request, x.visit, x.upstream.kind, policy::kNoWorkerOptions);
  Result<http::Reply> reply = co_await caching_fetch(services, x);

  http::Reply delivered = deliver(services, x, std::move(reply));
  keep_coded(services, executor, x);
  co_return finished(services, x, std::move(delivered));
}

Awaitable<http::Reply> subrequest(
    Services& services, workers::Caller caller, http::Incoming incoming
) {
  Exchange x = exchange_of(services, std::move(incoming));
  x.source = observe::RequestSource::edge_worker_fetch;
  x.asking_script = caller.identity.script;
  x.snapshot = workers::snapshot_of(caller, services.snapshots);
  link(x, caller);
  const std::shared_ptr<const zone::Zone>& own = workers::zone_of(caller, x.snapshot->zones);
  const std::shared_ptr<const zone::Zone>& target = x.snapshot->zones.find(x.request.host());
  const policy::EdgeFlags flags = x.snapshot->flags_of(caller.identity.script);
  const WayIn way = way_in(own.get(), target.get(), flags);
  x.zone = zone::kept_by(x.snapshot, target ? target : own);
  if (own) x.worker_zone = zone::kept_by(x.snapshot, own)->name;
  x.visit.client_address = client_address(way, x.request.headers, x.visit.client_address);
  locate(services, x.visit);
  if (caller.refused) co_return refused_call(services, x, *caller.refused);
  if (!x.zone) co_return refused(services, x, Refusal::unknown_host);
  if (goes_round(x)) co_return refused(services, x, Refusal::loop);

  policy::WorkerOptions options =
      options_on(way, std::move(caller.options), flags, x.snapshot->zones, own.get());
  options.dropped_port = apply_flags(x.request, flags);
  x.visit.port = x.request.url.port;
  x.upstream = upstream_on(way, x, options);
  const bool is_as_a_visitor = way == WayIn::front_door && target == own;
  const auto refusal = is_as_a_visitor ? std::nullopt : refusal_of_fetch(own.get(), x, caller);
  if (refusal) co_return refused(services, x, *refusal);
  x.decision = rules::resolve(x.zone->rules, x.request, x.visit, x.upstream.kind, options);
  services.notices.tell(caller.identity.script, caller.identity.version, x.decision);
  if (caller.parent && caller.is_passed_through())
    x.remarks += what_was_read(caller.parent->body_size, x.body.size());
  Result<http::Reply> reply = co_await caching_fetch(services, x);

  http::Reply delivered = deliver(services, x, std::move(reply));
  co_return finished(services, x, std::move(delivered));
}

}  // namespace festina::edge
