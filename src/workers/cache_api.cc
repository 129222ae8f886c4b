#include "workers/cache_api.h"

#include <memory>
#include <span>
#include <utility>

#include "base/crypto.h"
#include "http/forwarding.h"
#include "http/selection.h"
#include "policy/cache_key.h"
#include "policy/freshness.h"
#include "rules/operation.h"
#include "rules/plan_features.h"
#include "rules/worker_cf.h"
#include "workers/arrival.h"
#include "workers/edge_flags.h"

namespace festina::workers {
namespace {

using http::Name;
using policy::Reason;

http::Reply bare(http::Status status) {
  http::Reply reply;
  reply.response.status = status;
  return reply;
}

// What a script's match is answered with. Ranges are served of responses that came with their length (reference §5.2).
http::Selection select_for_script(
    const http::Headers& asked, const cache::Entry& stored, TimePoint now
) {
  http::Representation whole = stored.representation();
  whole.length = stored.announced_length();
  return http::select(asked, whole, now);
}

// What even a Worker does not see of a response (reference §2.5).
bool is_for_the_cache_only(const http::Field& field) {
  return field.name == Name::cache_tag || field.name == Name::cloudflare_cdn_cache_control;
}

// A hit for the runtime, which gives it to the script only where it says so itself (worker-wire.md §5).
void mark(http::Headers& headers, policy::CacheApiStatusHeader shown) {
  headers.set(Name::cf_cache_status, "HIT");
  if (shown == policy::CacheApiStatusHeader::no) headers.set("X-Festina-Status", "hidden");
}

// The key of an operation as rules look at it: the script's GET, without what the runtime adds of its own (reference
// §5.6). Cache-Control goes too: a match has it of the runtime, and match and put are always alike.
http::Request key_request(const http::Request& operation) {
  http::Request key = operation;
  key.method = http::Method::get;
  key.method_text = "GET";
  remove_wire_fields(key.headers);
  http::remove_connection_fields(key.headers);
  key.headers.remove(Name::cache_control);
  key.headers.remove(Name::x_real_ip);
  return key;
}

// What rules know beside the key: whose request the script serves, and when it asks.
policy::Visit visit_of(const Caller& caller, http::Request& key, TimePoint now) {
  const bool is_known = caller.parent && caller.parent->visit;
  policy::Visit visit = is_known ? *caller.parent->visit : policy::Visit();
  visit.raw_url = http::normalize(key.url);
  visit.port = key.url.port;
  visit.colo = caller.identity.colo;
  visit.now = now;
  visit.protocol = {};
  return visit;
}

policy::CacheDecision decision_of(
    const Caller& caller, const http::Request& operation, const zone::Zone& zone,
    const zone::ZoneTable& zones, const policy::EdgeFlags& flags, TimePoint now
) {
  policy::WorkerOptions options = caller.options;
  if (operation.method == http::Method::purge)
    return rules::decision_of_operation(options, zone.rules);
  http::Request key = key_request(operation);
  const policy::Visit visit = visit_of(caller, key, now);
  const auto& target = zones.find(key.url.host);
  options.is_of_another_zone = target && target.get() != &zone;
  options.overrides_rules = flags.cache_api_overrides_rules;
  name_snippet(options, flags);
  return rules::resolve_operation(zone.rules, key, visit, options);
}

}  // namespace

struct CacheApi::Operation {
  Caller caller;
  ColoCache colo;
  std::shared_ptr<const zone::Zone> zone;
  http::Request request;
  policy::CacheDecision decision;
  bool is_of_snippet;
  policy::CacheKey key;
  TimePoint start;
  TimePoint arrived;  // by the clock on the wall
};

// What became of an operation.
struct CacheApi::Outcome {
  http::Reply reply = {};
  policy::CacheStatus status = policy::CacheStatus::none;
  std::optional<Reason> reason = {};  // why nothing was found, stored or removed
};

CacheApi::CacheApi(
    std::map<std::string, ColoCache, std::less<>> colos, const zone::Snapshots& snapshots,
    const Rays& rays, observe::Journal& journal, const Clock& clock
)
    : colos_(std::move(colos)),
      snapshots_(snapshots),
      rays_(rays),
      journal_(journal),
      clock_(clock) {}

Awaitable<http::Reply> CacheApi::handle(http::Incoming incoming) {
  const http::Method method = incoming.request.method;
  const bool is_known =
      method == http::Method::get || method == http::Method::put || method == http::Method::purge;
  if (!is_known) co_return bare(405);
  const auto operation = operation_of(std::move(incoming.request));
  if (!operation) co_return http::text_reply(400, "text/plain", "no Worker of a zone is named\n");
  if (method == http::Method::put) {
    const auto reason = co_await put(*operation, std::move(incoming.body));
    co_return finished(*operation, outcome_of_put(reason));
  }
  if (const auto why = operation->caller.refused) co_return finished(*operation, refusal(*why));
  if (method == http::Method::get) co_return finished(*operation, match(*operation));
  co_return finished(*operation, remove(*operation));
}

std::optional<CacheApi::Operation> CacheApi::operation_of(http::Request request) const {
  auto caller = caller_of(request, rays_);
  if (!caller) return {};
  const auto colo = colos_.find(caller->identity.colo);
  const zone::SnapshotRef snapshot = snapshot_of(*caller, snapshots_);
  const zone::ZoneTable& zones = snapshot->zones;
  const std::shared_ptr<const zone::Zone>& zone = zone_of(*caller, zones);
  if (colo == colos_.end() || !zone) return {};

  const http::Url url = http::normalized(request.url);
  // The key of a fetch() of this URL has the scheme by which its origin is asked.
  const bool is_own_host = zones.find(url.host) == zone;
  const http::Scheme scheme =
      is_own_host ? zone::key_scheme(zone->origin_for(url.host), url.scheme) : url.scheme;
  const TimePoint now = clock_.now();
  const policy::EdgeFlags flags = snapshot->flags_of(caller->identity.script);
  policy::CacheDecision decision = decision_of(*caller, request, *zone, zones, flags, now);
  const policy::CacheApiPlace cache{
      .name = request.headers.get(Name::cf_cache_namespace),
      .of_default = zone->rules.compat.cache_api_namespace,
      .key = decision.key.instead
  };
  policy::CacheKey key = policy::cache_api_key(zone->id, scheme, cache, url);
  count_call(*caller);
  return Operation{
      .caller = std::move(*caller),
      .colo = colo->second,
      .zone = zone,
      .request = std::move(request),
      .decision = std::move(decision),
      .is_of_snippet = flags.is_snippet,
      .key = std::move(key),
      .start = now,
      .arrived = clock_.wall()
  };
}

// The script is not told why nothing was stored. Refused by rules it is DYNAMIC, as a fetch() would be; by what it brought,
// BYPASS.
CacheApi::Outcome CacheApi::outcome_of_put(std::optional<Reason> objection) {
  using policy::CacheStatus;
  if (!objection) return {.reply = bare(204)};
  const bool is_by_rules = *objection == Reason::not_eligible;
  return {
      .reply = bare(413),
      .status = is_by_rules ? CacheStatus::dynamic : CacheStatus::bypass,
      .reason = objection
  };
}

// What the runtime makes undefined of.
CacheApi::Outcome CacheApi::nothing_found(policy::CacheStatus status, Reason why) {
  Outcome miss{.reply = bare(504), .status = status, .reason = why};
  miss.reply.response.headers.add(Name::cf_cache_status, "MISS");
  return miss;
}

// The runtime module makes an exception of it, of a match; the runtime itself of a delete.
CacheApi::Outcome CacheApi::refusal(Reason why) {
  Outcome outcome{.reply = bare(429), .reason = why};
  outcome.reply.response.headers.add(kRefusedField, refusal_word(why));
  outcome.reply.response.headers.add(Name::cf_cache_status, "HIT");
  return outcome;
}

CacheApi::Outcome CacheApi::match(const Operation& operation) const {
  if (!operation.decision.may_use_cache)
    return nothing_found(policy::CacheStatus::dynamic, Reason::not_eligible);
  cache::EntryRef entry = operation.colo.cache->lookup(operation.key);
  if (entry && entry->part()) entry = nullptr;  // what fetch() keeps of a whole (policy/partial)
  if (!entry || !policy::is_fresh(entry->stored(), operation.start, policy::Profile::cloudflare)) {
    return nothing_found(policy::CacheStatus::miss, entry ? Reason::stale : Reason::absent);
  }
  Outcome hit{.reply = {}, .status = policy::CacheStatus::hit, .reason = {}};
  http::Response& response = hit.reply.response;
  response = {.status = entry->status(), .headers = entry->headers()};
  response.headers.remove_if(is_for_the_cache_only);
  hit.reply.body = entry->open();
  const http::Selection selection =
      select_for_script(operation.request.headers, *entry, operation.start);
  http::narrow_with(hit.reply, selection, [&](http::ByteRange range) {
    return entry->open(range);
  });
  const auto age = policy::resident_age(entry->stored(), operation.start);
  response.headers.set(Name::age, std::to_string(age.count()));
  mark(response.headers, operation.zone->rules.compat.cache_api_status_header);
  return hit;
}

// What was purged is not there any more, though it may still take room.
CacheApi::Outcome CacheApi::remove(const Operation& operation) const {
  cache::Cache& cache = *operation.colo.cache;
  const bool was_there = cache.peek(operation.key) != nullptr;
  cache.erase(operation.key);
  if (was_there) return {.reply = bare(200)};
  return {.reply = bare(404), .reason = Reason::absent};
}

// Why nothing that is put may be stored, whatever it is: the call is one too many, or the zone's rules win.
std::optional<Reason> CacheApi::refusal_of_put(const Operation& operation) {
  if (operation.caller.refused) return operation.caller.refused;
  if (!operation.decision.eligible) return Reason::not_eligible;
  return std::nullopt;
}

// Why it was not stored; nothing when it was. Reads the body to its end even when it is refused: the connection goes on.
Awaitable<std::optional<Reason>> CacheApi::put(const Operation& operation, Body body) const {
  cache::Cache& cache = *operation.colo.cache;
  const auto& parent = operation.caller.parent;
  const std::optional<Reason> refused = refusal_of_put(operation);
  cache::EntryHead blank{
      .key = operation.key,
      .url = operation.request.url.text(),
      .response = {},
      .facts = {},
      .request_time = operation.start,
      .response_time = operation.start,
      .explicit_ttl = {},
      .born = cache.birth(),
      .length = {},
      .purged_by = operation.zone->rules.compat.cache_api_purge
  };
  ArrivalTerms terms{
      .max_size = rules::max_cacheable_bytes(operation.zone->rules.plan),
      .decision = operation.decision,
      .arrived = operation.arrived,
      .quota = parent && !refused ? parent->quota : nullptr,
      .refused = refused
  };
  const Quota::Turn turn = co_await Quota::turn_of_put(terms.quota, body.size().has_value());
  Arrival arrival(cache, std::move(blank), std::move(terms));
  arrival.take(body.whole);
  while (body.source) {
    const Result<Bytes> part = co_await body.source->read();
    if (!part) co_return Reason::broken_put;  // only a complete put is stored (worker-wire.md §5)
    if (part->empty()) break;
    arrival.take(*part);
  }
  co_return arrival.finish();
}

// The last of every operation: it is counted and written down (reference §14.1).
http::Reply CacheApi::finished(const Operation& operation, Outcome outcome) const {
  http::Reply reply = std::move(outcome.reply);
  operation.colo.metrics->count_request(
      observe::RequestSource::edge_worker_cache_api, outcome.status
  );
  const http::Url& url = operation.request.url;
  const auto& parent = operation.caller.parent;
  const policy::CacheDecision& decision = operation.decision;
  journal_.tell(
      {.ray = random_u64(),
       .parent_ray = operation.caller.parent_ray,
       .place = operation.caller.place,
       .source = observe::RequestSource::edge_worker_cache_api,
       .colo = operation.caller.identity.colo,
       .zone = operation.zone->name,
       .client_address = parent ? std::string_view(parent->client_address) : std::string_view(),
       .method = operation.request.method_text,
       .scheme = http::name(url.scheme),
       .host = url.host,
       .path = url.path,
       .query = url.query ? std::string_view(*url.query) : std::string_view(),
       .script = operation.caller.identity.script,
       .is_snippet = operation.is_of_snippet,
       .status = reply.response.status,
       .cache_status = outcome.status,
       .body_bytes = reply.body.size(),
       .start = operation.arrived,
       .end = operation.arrived + (clock_.now() - operation.start),
       .steps = std::span(decision.steps).first(decision.step_count),
       .asides = decision.asides,
       .compat = decision.compat,
       .not_stored = outcome.reason,
       .key = operation.key.text}
  );
  return reply;
}

}  // namespace festina::workers
