#include "edge/deliver.h"

#include "edge/coding.h"
#include "edge/error_page.h"
#include "edge/selection.h"
#include "http/date.h"
#include "http/field_syntax.h"
#include "http/forwarding.h"
#include "policy/cache_status_field.h"
#include "policy/freshness.h"

namespace festina::edge {
namespace {

using http::Name;

// Room for what the edge adds to a stored head: more costs an allocation, not correctness.
constexpr std::size_t kOwnLines = 13;
constexpr std::size_t kOwnBytes = 480;

// What the client is told of the cache.
policy::CacheStatus status_of_exchange(const Exchange& x, bool answered) {
  if (!answered) return policy::CacheStatus::none;
  const auto waited = x.joined ? policy::Waited::for_anothers : policy::Waited::for_own_fill;
  if (x.is_deferred) return policy::CacheStatus::deferred;
  const auto status = policy::cache_status(x.decision, x.reuse, x.outcome, waited);
  return policy::labelled(status, x.decision, x.not_stored);
}

// Answered out of the cache without waiting for the upstream: such replies have an Age (reference §2.3).
bool came_from_cache(policy::CacheStatus status) {
  return status == policy::CacheStatus::hit || status == policy::CacheStatus::updating ||
         status == policy::CacheStatus::stale || status == policy::CacheStatus::stream_hit;
}

policy::Handling handling_of(const Exchange& x) {
  const bool has_variants = x.key && policy::text_without_variant(x.key->text) != x.key->text;
  return {
      .method = x.request.method,
      .has_variants = has_variants,
      .outcome = x.outcome,
      .waited = x.joined ? policy::Waited::for_anothers : policy::Waited::for_own_fill,
      .upstream_status = x.origin_status
  };
}

// Cache-Control and Expires as the browser gets them (reference §2.6).
void add_browser_freshness(http::Headers& headers, const cache::Entry& stored, const Exchange& x) {
  const http::Headers as_stored = stored.headers({Name::cache_control, Name::expires});
  const auto rewritten = policy::browser_cache_control(as_stored, stored.facts(), x.decision);
  if (!rewritten) {
    for (const http::Field field : as_stored) headers.add(field.name, field.value);
    return;
  }
  headers.add(Name::cache_control, *rewritten);
  if (stored.facts().has_expires)
    headers.add(Name::expires, http::format_date(x.arrived + x.decision.browser_ttl));
}

// The validators and what guides caches (RFC 9110 §15.4.5); Date and freshness follow. The ETag is that of the 200.
void shape_not_modified(
    const cache::Entry& stored, const policy::CodingChoice& choice, http::Headers& headers
) {
  for (const Name name : {Name::content_location, Name::etag, Name::last_modified, Name::vary}) {
    if (const auto value = stored.field(name)) headers.add(name, *value);
  }
  const bool is_weak = choice.treatment != policy::Treatment::as_it_is;
  if (!is_weak || !headers.has(Name::etag)) return;
  headers.set(Name::etag, http::weakened(*stored.field(Name::etag)));
}

// Beside what the stored Vary says, if that is not enough (RFC 9110 §12.5.5).
void add_vary(const cache::Entry& stored, http::Headers& headers) {
  const auto vary = stored.field(Name::vary);
  const bool is_said = vary && (http::list_has_token(*vary, "accept-encoding") || *vary == "*");
  if (!is_said) headers.add(Name::vary, "Accept-Encoding");
}

// A reply out of a stored response: the head ready to send, or what the request selects of the response.
void shape_served(const Services& services, Exchange& x, http::Reply& reply) {
  const cache::Entry& stored = *x.served;
  http::Headers& headers = reply.response.headers;
  const http::Selection selection = selection_of(x, stored);
  const policy::CodingChoice choice = coding_for(x, stored);
  switch (selection.what) {
    case http::Selected::whole:
      code_served(services, x, choice, reply);
      break;
    case http::Selected::not_modified:
      shape_not_modified(stored, choice, headers);
      break;
    case http::Selected::part:
    case http::Selected::parts:
      headers = stored.shown_headers();
      x.coding = {.reason = policy::Reason::stored_bytes_asked, .varies = choice.varies};
      break;
    case http::Selected::refused:
    case http::Selected::unsatisfiable:
      http::narrow(reply, selection, {});  // nobody keeps a 412 or 416: it says no more
      return;
  }
  http::narrow_with(reply, selection, [&](http::ByteRange range) { return stored.open(range); });
  if (choice.varies) add_vary(stored, headers);
  if (const auto since = policy::edge_last_modified(stored.stored(), x.decision)) {
    headers.add(Name::last_modified, http::format_date(*since));
  }
  add_browser_freshness(headers, stored, x);
}

// A reply the cache has no part in: what concerns only our own cache and hop goes (reference §2.5).
void shape_passed(const Exchange& x, http::Reply& reply) {
  const bool from_worker = policy::is_script(x.upstream.kind);
  const bool is_standard = x.decision.profile == policy::Profile::standard;
  http::remove_connection_fields(reply.response.headers);
  reply.response.headers.remove_if([from_worker, is_standard](const http::Field& field) {
    switch (field.name) {
      case Name::cache_tag:
      case Name::cloudflare_cdn_cache_control:
      case Name::cf_ray:
      case Name::server:
        return true;
      case Name::cache_status:  // a list of all caches on the way (RFC 9211 §2)
      case Name::date:          // of its generation (RFC 9110 §6.6.1)
        return !is_standard;
      case Name::cf_cache_status:
        return !from_worker;  // a Worker passes on what its fetch() was told (reference §2.1)
      default:
        return http::is_order_to_proxy(field);
    }
  });
}

// In `standard` a response keeps the Date of its generation (RFC 9110 §6.6.1); the service dates what it sends.
TimePoint date_to_send(const Exchange& x) {
  const bool keeps = x.served && x.decision.profile == policy::Profile::standard;
  return keeps ? x.served->facts().date : x.arrived;
}

// What comes out of the cache has an Age (RFC 9111 §5.1, reference §2.3); in `standard` also what came just now, from a
// cache before us.
std::optional<std::chrono::seconds> age_to_send(const Exchange& x) {
  if (!x.served) return std::nullopt;
  const auto age = policy::age_to_send(x.served->stored(), x.visit.now, x.decision.profile);
  const bool is_old = x.decision.profile == policy::Profile::standard && age.count() > 0;
  return came_from_cache(x.status) || is_old ? std::optional(age) : std::nullopt;
}

void add_own_fields(const Services& services, const Exchange& x, http::Headers& headers) {
  if (!headers.has(Name::date)) headers.add(Name::date, http::format_date(date_to_send(x)));
  if (const auto age = age_to_send(x)) headers.set(Name::age, std::to_string(age->count()));
  const std::string_view status = policy::header_value(x.status);
  if (!status.empty()) headers.set(Name::cf_cache_status, status);
  const bool explains =
      x.zone && x.zone->rules.settings.cache_status_header && x.decision.announces_status;
  if (explains) {
    headers.add(
        Name::cache_status, policy::cache_status_field(x.decision, x.reuse, handling_of(x))
    );
  }
  headers.add(Name::cf_ray, ray_field(services, x));
  headers.add(Name::server, "festina");
}

// The edge's own page stands before a 502 or 504 of the origin's, unless the owner lets that through (reference §6.2,
// §8.4). A Worker gets what its fetch() was answered, and answers what it likes.
bool is_behind_own_page(const Exchange& x, http::Status status) {
  const bool is_gateway_error = status == 502 || status == 504;
  return is_gateway_error && x.source == observe::RequestSource::eyeball &&
         x.upstream.kind == policy::UpstreamKind::origin &&
         x.decision.profile == policy::Profile::cloudflare && !x.decision.passes_error_pages;
}

http::Reply with_own_page(const Services& services, Exchange& x, http::Reply reply) {
  const http::Status status = x.served ? x.served->status() : reply.response.status;
  if (!is_behind_own_page(x, status)) return reply;
  x.served = nullptr;
  x.remarks = gateway_error_detail(status);
  return gateway_error_reply(services, x, status);
}

}  // namespace

http::Reply deliver(const Services& services, Exchange& x, Result<http::Reply> reply) {
  x.status = status_of_exchange(x, reply.has_value());
  if (!reply) x.failure = reply.error();
  http::Reply out = reply ? with_own_page(services, x, std::move(*reply))
                          : error_reply(services, x, reply.error());
  if (x.served) {
    out.response.headers.reserve(kOwnLines, kOwnBytes);
    shape_served(services, x, out);
  } else {
    shape_passed(x, out);
    if (!x.failure) code_passed(services, x, out);
  }
  add_own_fields(services, x, out.response.headers);
  return out;
}

}  // namespace festina::edge
