#include "workers/cache_api.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "http/h1_response.h"
#include "http/selection.h"
#include "policy/cache_key.h"
#include "policy/freshness.h"
#include "policy/storability.h"
#include "rules/settings.h"

namespace festina::workers {
namespace {

using http::Name;
using policy::Reason;

http::Reply bare(http::Status status) {
  http::Reply reply;
  reply.response.status = status;
  return reply;
}

// What an edge said of the response that a script passes on: it is no part of the response.
bool is_of_an_edge(const http::Field& field) {
  return field.name == Name::cf_cache_status || field.name == Name::cf_ray ||
         field.name == Name::cache_status;
}

// What a script's match is answered with. Ranges are served of responses that came with their length (reference §5.2).
http::Selection select_for_script(
    const http::Headers& asked, const cache::Entry& stored, TimePoint now
) {
  http::Representation whole = stored.representation();
  whole.length = stored.announced_length();
  return http::select(asked, whole, now);
}

// A response on its way into the cache: a serialised head, then its body. Once refused, the rest is let pass.
class Arrival {
 public:
  // `blank` has all that is known before the response.
  Arrival(cache::EntryHead blank, std::uint64_t max_size)
      : head_(std::move(blank)), max_size_(max_size) {}

  void take(const Bytes& part) {
    if (refused_) return;
    if (has_head_) return take_body(part);
    text_ += part.view();
    auto found = http::parse_embedded_response_head(text_);
    if (!found) return refuse(Reason::broken_put);
    if (auto& head = *found) take_head(std::move(*head));
  }

  // Why it is not stored, once all of it has been taken.
  std::optional<Reason> refused() const {
    const bool is_whole = has_head_ && head_.length.value_or(body_->size()) == body_->size();
    return refused_ || is_whole ? refused_ : Reason::broken_put;
  }

  // The entry, its body complete. Requires: not refused.
  cache::EntryRef finish() {
    body_->complete();
    return cache::Entry::make(std::move(head_), std::move(body_));
  }

 private:
  void take_head(http::EmbeddedHead found) {
    const http::Response& response = found.response;
    head_.facts = policy::facts_of_put(response, head_.response_time);
    if (const auto length = response.headers.get(Name::content_length))
      head_.length = parse_decimal(*length);
    const policy::Storability verdict =
        policy::may_put(response, head_.facts, max_size_, head_.length);
    if (!verdict.may_store) return refuse(verdict.reason);
    head_.response = std::move(found.response);
    policy::remove_unstored_fields(head_.response.headers, head_.facts);
    head_.response.headers.remove_if(is_of_an_edge);
    has_head_ = true;
    take_body(Bytes::copy_of(std::string_view(text_).substr(found.consumed)));
    text_ = {};
  }

  void take_body(const Bytes& part) {
    if (part.empty()) return;
    if (part.size() > max_size_ - body_->size()) return refuse(Reason::too_large);
    body_->append(part);
  }

  void refuse(Reason why) {
    refused_ = why;
    text_ = {};
    body_ = std::make_shared<cache::StoredBody>();
  }

  cache::EntryHead head_;
  std::uint64_t max_size_;
  std::string text_;  // of the head, while it is not complete
  bool has_head_ = false;
  std::optional<Reason> refused_;
  std::shared_ptr<cache::StoredBody> body_ = std::make_shared<cache::StoredBody>();
};

}  // namespace

struct CacheApi::Operation {
  Caller caller;
  ColoCache colo;
  std::shared_ptr<const zone::Zone> zone;
  http::Request request;
  policy::CacheKey key;
  TimePoint start;
  std::uint32_t place = 0;  // among the calls of its request
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
  const auto operation = operation_of(incoming.request);
  if (!operation) co_return http::text_reply(400, "text/plain", "no Worker of a zone is named\n");
  switch (incoming.request.method) {
    case http::Method::get:
      co_return finished(*operation, match(*operation));
    case http::Method::put: {
      const auto refused = co_await put(*operation, std::move(incoming.body));
      co_return finished(*operation, bare(refused ? 413 : 204), refused);
    }
    case http::Method::purge:
      co_return finished(
          *operation, bare(operation->colo.cache->erase(operation->key) ? 200 : 404)
      );
    default:
      co_return bare(405);
  }
}

std::optional<CacheApi::Operation> CacheApi::operation_of(const http::Request& request) const {
  auto caller = caller_of(request, rays_);
  if (!caller) return {};
  const auto colo = colos_.find(caller->identity.colo);
  const zone::SnapshotRef snapshot = snapshot_of(*caller, snapshots_);
  const zone::ZoneTable& zones = snapshot->zones;
  const auto zone =
      caller->parent ? zones.by_id(caller->parent->zone) : zones.by_script(caller->identity.script);
  if (colo == colos_.end() || !zone) return {};

  const http::Url url = http::normalized(request.url);
  // The key of a fetch() of this URL has the scheme by which its origin is asked.
  const bool is_own_host = zones.find(url.host) == zone;
  const http::Scheme scheme = is_own_host ? zone->origin_for(url.host).scheme : url.scheme;
  const std::uint32_t place = caller->parent ? count_call(*caller->parent) : 0;
  const std::string_view cache = request.headers.get(Name::cf_cache_namespace).value_or("");
  return Operation{
      .caller = std::move(*caller),
      .colo = colo->second,
      .zone = zone,
      .request = request,
      .key = policy::cache_api_key(zone->id, scheme, cache, url),
      .start = clock_.now(),
      .place = place
  };
}

http::Reply CacheApi::match(const Operation& operation) const {
  const cache::EntryRef entry = operation.colo.cache->lookup(operation.key);
  if (!entry || !policy::is_fresh(entry->stored(), operation.start)) {
    http::Reply miss = bare(504);
    miss.response.headers.add(Name::cf_cache_status, "MISS");
    return miss;
  }
  http::Reply reply;
  reply.response = {.status = entry->status(), .headers = entry->headers()};
  reply.body = entry->open();
  const http::Selection selection =
      select_for_script(operation.request.headers, *entry, operation.start);
  http::narrow_with(reply, selection, [&](http::ByteRange range) { return entry->open(range); });
  const auto age = policy::resident_age(entry->stored(), operation.start);
  reply.response.headers.set(Name::age, std::to_string(age.count()));
  reply.response.headers.set(Name::cf_cache_status, "HIT");
  return reply;
}

// Why it was not stored; nothing when it was. Reads the body to its end even when it is refused: the connection goes on.
Awaitable<std::optional<Reason>> CacheApi::put(const Operation& operation, Body body) const {
  cache::Cache& cache = *operation.colo.cache;
  cache::EntryHead blank{
      .key = operation.key,
      .url = operation.request.url.text(),
      .response = {},
      .facts = {},
      .request_time = operation.start,
      .response_time = operation.start,
      .explicit_ttl = {},
      .born = cache.birth(),
      .length = {}
  };
  const std::uint64_t max_size = rules::max_cacheable_bytes(operation.zone->rules.plan);
  Arrival arrival(std::move(blank), std::min(max_size, cache.max_charge()));
  arrival.take(body.whole);
  while (body.source) {
    const Result<Bytes> part = co_await body.source->read();
    if (!part) co_return Reason::broken_put;  // only a complete put is stored (worker-wire.md §5)
    if (part->empty()) break;
    arrival.take(*part);
  }
  const std::optional<Reason> refused = arrival.refused();
  if (refused) co_return refused;
  const cache::EntryRef entry = arrival.finish();
  if (!cache.commit(entry)) co_return Reason::overtaken;
  co_return std::nullopt;
}

// The last of every operation: it is counted and written down (reference §14.1).
http::Reply CacheApi::finished(
    const Operation& operation, http::Reply reply, std::optional<Reason> not_stored
) const {
  policy::CacheStatus status = not_stored ? policy::CacheStatus::bypass : policy::CacheStatus::none;
  if (operation.request.method == http::Method::get) {
    const bool is_hit = reply.response.headers.get(Name::cf_cache_status) == "HIT";
    status = is_hit ? policy::CacheStatus::hit : policy::CacheStatus::miss;
  }
  operation.colo.metrics->count_request(observe::RequestSource::edge_worker_cache_api, status);
  const http::Url& url = operation.request.url;
  const auto& parent = operation.caller.parent;
  journal_.tell(
      {.ray = random_u64(),
       .parent_ray = parent ? parent->ray : 0,
       .place = operation.place,
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
       .status = reply.response.status,
       .cache_status = status,
       .body_bytes = reply.body.size(),
       .start = operation.start,
       .end = clock_.now(),
       .not_stored = not_stored,
       .key = operation.key.text}
  );
  return reply;
}

}  // namespace festina::workers
