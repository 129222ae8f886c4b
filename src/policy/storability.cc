#include "policy/storability.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "http/field_syntax.h"
#include "http/forwarding.h"
#include "policy/deception_armor.h"
#include "policy/freshness.h"
#include "policy/partial.h"

namespace festina::policy {

namespace {

using std::chrono::seconds;

Storability no(Reason reason) { return {false, reason}; }

// Final statuses whose meaning for a cache we know and obey (RFC 9111 §5.2.2.3): those of RFC 9110 §15 that may be stored
// whole.
bool is_understood(http::Status status) {
  switch (status) {
    case 200:
    case 203:
    case 204:
    case 300:
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
    case 404:
    case 405:
    case 410:
    case 414:
    case 501:
      return true;
    default:
      return false;
  }
}

// Of us and the next hop alone, to nobody who gets the stored copy (RFC 9111 §3.1).
bool concerns_the_proxy(const http::Field& field) {
  return field.name == http::Name::proxy_authenticate ||
         field.name == http::Name::proxy_authorization ||
         equal_ignoring_case(field.name_text, "proxy-authentication-info");
}

bool varies_by_everything(const http::Headers& headers) {
  for (const http::Field field : headers) {
    if (field.name == http::Name::vary && http::list_has_token(field.value, "*")) return true;
  }
  return false;
}

// What no wish of owner or script changes: the answer is not one that can be kept.
std::optional<Reason> never_stored(const http::Response& response) {
  const bool is_interim = response.status < 200;        // RFC 9111 §3: only final ones
  const bool is_not_modified = response.status == 304;  // of nothing we have (reference §1.11)
  if (is_interim || is_not_modified) return Reason::status_not_cacheable;
  if (varies_by_everything(response.headers)) return Reason::vary_star;  // §4.1: never matches
  return std::nullopt;
}

// A part that may not be kept: in profile `cloudflare` only whole responses are (reference §1.8), in `standard` the part
// that was asked for, of its full length (RFC 9111 §3.3).
bool is_unwanted_part(
    const http::Request& request, const http::Response& response, const CacheDecision& decision,
    std::optional<std::uint64_t> length
) {
  if (response.status != 206) return false;
  const auto part = part_of(response);
  const bool is_coded = response.headers.has(http::Name::content_encoding);
  return decision.profile != Profile::standard || is_coded || !part ||
         !holds_wanted(*part, request) || length != part->range.size();
}

// A request with credentials, and a response that does not say it is for everybody (RFC 9111 §3.5).
bool is_for_its_user_only(
    const http::Request& request, const http::CacheControl& cc, const CacheDecision& decision
) {
  const bool is_for_everybody = cc.is_public                 // §5.2.2.9
                                || cc.must_revalidate        // §5.2.2.2
                                || cc.s_maxage.has_value();  // §5.2.2.10
  return decision.origin_cache_control && request.headers.has(http::Name::authorization) &&
         !is_for_everybody;
}

bool names_set_cookie(const http::CacheControl& cc) {
  const auto is_set_cookie = [](const std::string& name) {
    return equal_ignoring_case(name, "set-cookie");
  };
  return std::ranges::any_of(cc.private_fields, is_set_cookie) ||
         std::ranges::any_of(cc.no_cache_fields, is_set_cookie);
}

// The matrix of reference §1.4, where no explicit edge TTL speaks.
bool cookie_forbids(
    const http::Response& response, const http::CacheControl& cc, const CacheDecision& decision
) {
  const bool is_dropped = decision.origin_cache_control
                              ? names_set_cookie(cc)           // as told
                              : decision.eligible_by_default;  // of a static file
  return response.headers.has(http::Name::set_cookie) && !is_dropped;
}

// Without origin cache control the finer directives of Cache-Control are obeyed by not storing; the CDN's own fields are
// always obeyed as written (reference §1.3, §3.1).
bool is_taken_bluntly(const ResponseFacts& facts, const CacheDecision& decision) {
  return !decision.origin_cache_control &&
         facts.edge.source == http::DirectiveSource::cache_control;
}

// no-cache, max-age=0, s-maxage=0 (reference §1.3 rule 6).
bool asks_every_time(const http::CacheControl& cc) {
  const auto max_age = cc.s_maxage ? cc.s_maxage : cc.max_age;
  return cc.no_cache || max_age == seconds{0};
}

// Not what its URL promises, unless the origin says by Cache-Control how to cache it (reference §3.8).
bool armor_forbids(
    const http::Request& request, const http::Response& response, const http::CacheControl& cc,
    const CacheDecision& decision
) {
  const bool is_meant =
      decision.origin_cache_control && (cc.is_public || cc.max_age || cc.s_maxage);
  return decision.deception_armor && !is_meant &&
         !fits_extension(response.headers, request.url.path);
}

// Does the status say what is wrong with this request, and nothing of the resource? Stored, one client's bad request would
// be the answer to everybody's good one. Deviation: RFC 9111 §3 leaves it to the origin; here the owner must say it.
bool blames_the_request(http::Status status) {
  constexpr std::array<http::Status, 12> blaming = {
      400, 408, 411, 412, 413, 414, 417, 421, 425, 426, 428, 431
  };
  return std::ranges::find(blaming, status) != blaming.end();
}

// May this method's answer be stored at all? One to a POST may, if it says that it is what a GET would bring (RFC 9110
// §9.3.3): explicit freshness, and a Content-Location that is the target.
bool is_of_a_get(
    const http::Request& request, const http::Response& response, const ResponseFacts& facts
) {
  if (request.method != http::Method::post) return true;
  const auto location = response.headers.get(http::Name::content_location);
  if (!location || !has_explicit_lifetime(facts)) return false;
  const auto named = http::resolved(request.url, *location);
  return named && named->text() == request.url.text();
}

// Nobody says how long it is fresh: neither the origin nor, where the owner lets that do, the profile by its own idea
// (reference §1.5, §6.2).
bool lacks_freshness(
    const ResponseFacts& facts, http::Status status, const CacheDecision& decision
) {
  const bool is_guessed = !facts.edge.directives.no_cache && !has_explicit_lifetime(facts);
  return (decision.wants_freshness && is_guessed) ||
         !origin_lifetime(facts, status, decision.profile);
}

// What the RFC says of storing (RFC 9111 §3), for a shared cache, where no owner speaks.
std::optional<Reason> standard_forbids(
    const http::Request& request, const http::Response& response, const ResponseFacts& facts,
    const CacheDecision& decision
) {
  const http::CacheControl& cc = facts.edge.directives;
  if (cc.must_understand && !is_understood(response.status)) return Reason::not_understood;
  if (cc.no_store && !cc.must_understand) return Reason::no_store;  // §5.2.2.5, §5.2.2.3
  if (decision.asked && decision.asked->no_store) return Reason::request_no_store;  // §5.2.1.5
  if (cc.is_private) return Reason::is_private;                                     // §5.2.2.7
  if (is_for_its_user_only(request, cc, decision)) return Reason::authorization;    // §3.5
  if (!is_of_a_get(request, response, facts)) return Reason::method_not_cacheable;
  if (armor_forbids(request, response, cc, decision)) return Reason::deception_armor;
  const bool is_guessed = !cc.no_cache && !has_explicit_lifetime(facts);
  const bool sets_cookie = response.headers.has(http::Name::set_cookie);
  if (is_guessed && sets_cookie) return Reason::set_cookie;  // §7.3: not for others by a guess
  if (lacks_freshness(facts, response.status, decision)) return Reason::no_freshness;
  return std::nullopt;
}

// Rules 3-7 of reference §1.3: what the origin's fields forbid.
std::optional<Reason> origin_forbids(
    const http::Request& request, const http::Response& response, const ResponseFacts& facts,
    const CacheDecision& decision
) {
  if (decision.profile == Profile::standard) {
    return standard_forbids(request, response, facts, decision);
  }
  const http::CacheControl& cc = facts.edge.directives;
  const bool bluntly = is_taken_bluntly(facts, decision);
  if (blames_the_request(response.status)) return Reason::blames_request;
  if (cc.no_store) return Reason::no_store;      // RFC 9111 §5.2.2.5
  if (cc.is_private) return Reason::is_private;  // we are shared (§5.2.2.7)
  if (bluntly && !cc.private_fields.empty()) return Reason::is_private;
  if (is_for_its_user_only(request, cc, decision)) return Reason::authorization;
  if (cookie_forbids(response, cc, decision)) return Reason::set_cookie;
  if (bluntly && asks_every_time(cc)) return Reason::no_cache;
  if (armor_forbids(request, response, cc, decision)) return Reason::deception_armor;
  if (lacks_freshness(facts, response.status, decision)) return Reason::no_freshness;
  return std::nullopt;
}

// What the fields of a response say against its put (reference §5.3).
std::optional<Reason> put_forbids(const http::Response& response, const ResponseFacts& facts) {
  const http::CacheControl& cc = facts.edge.directives;
  if (cc.no_store) return Reason::no_store;
  if (cc.is_private) return Reason::is_private;
  if (response.headers.has(http::Name::set_cookie) && !names_set_cookie(cc)) {
    return Reason::set_cookie;
  }
  const auto lifetime = origin_lifetime(facts, response.status, Profile::cloudflare);
  if (!lifetime) return Reason::no_freshness;
  if (*lifetime == seconds{0}) return Reason::stale_at_once;
  return std::nullopt;
}

// What an edge says when it had no answer: it is none of the resource (reference §1.3 rule 9).
bool is_failsafe(http::Status status) { return 520 <= status && status <= 526; }

// A field it varies by is one that the decision wants in no key (reference §1.3 rule 1).
bool varies_too_much(const http::Response& response, const CacheDecision& decision) {
  return decision.vary && variance(response.headers, *decision.vary).bypasses;
}

// All rules but that of size. `ttl`: the explicit one that would count.
Storability judged(
    const http::Request& request, const http::Response& response, const ResponseFacts& facts,
    const CacheDecision& decision, std::optional<seconds> ttl
) {
  if (!decision.eligible) return no(Reason::not_eligible);
  if (const auto reason = never_stored(response)) return no(*reason);
  if (varies_too_much(response, decision)) return no(Reason::vary_bypass);
  if (is_failsafe(response.status)) return no(Reason::status_not_cacheable);
  if (ttl) {
    if (*ttl < seconds{0}) return no(Reason::negative_ttl);
    // All that the origin's fields say is overridden, but not that an answer is for one user (reference §1.3 rule 2).
    if (is_for_its_user_only(request, facts.edge.directives, decision)) {
      return no(Reason::authorization);
    }
  } else if (const auto reason = origin_forbids(request, response, facts, decision)) {
    return no(*reason);
  }
  return {true, Reason::storable};
}

// The members of a list but this directive.
std::string without_directive(std::string_view value, std::string_view directive) {
  std::string kept;
  http::ListReader members(value, ",;");
  while (const auto member = members.next()) {
    if (!equal_ignoring_case(http::parameter(*member).name, directive))
      append_member(kept, *member);
  }
  return kept;
}

void replace_cache_control(http::Headers& headers, const std::string& value) {
  headers.remove(http::Name::cache_control);
  if (!value.empty()) headers.add(http::Name::cache_control, value);
}

void remove_immutable(http::Headers& headers) {
  const auto value = headers.joined(http::Name::cache_control);
  if (!value || !http::parse_cache_control(*value).immutable) return;
  replace_cache_control(headers, without_directive(*value, "immutable"));
}

void replace_tags(http::Headers& headers, const std::vector<std::string>& tags) {
  headers.remove(http::Name::cache_tag);
  for (const std::string& tag : tags) headers.add(http::Name::cache_tag, tag);
}

}  // namespace

void edit_response(http::Headers& headers, const CacheDecision& decision) {
  if (decision.cache_control_field) replace_cache_control(headers, *decision.cache_control_field);
  if (decision.cache_tags) replace_tags(headers, *decision.cache_tags);
  if (decision.strip_etags) headers.remove(http::Name::etag);
  if (decision.strip_last_modified) headers.remove(http::Name::last_modified);
  if (decision.strip_set_cookie) headers.remove(http::Name::set_cookie);
  if (decision.eligible && !decision.origin_cache_control) remove_immutable(headers);
}

Storability may_store(
    const http::Request& request, const http::Response& response, const ResponseFacts& facts,
    const CacheDecision& decision, std::optional<std::uint64_t> length
) {
  if (decision.eligible && is_unwanted_part(request, response, decision, length)) {
    return no(Reason::partial_content);
  }
  const auto ttl = explicit_ttl(decision, response.status);
  const Storability verdict = judged(request, response, facts, decision, ttl);
  const bool is_too_large = length > decision.max_size;  // reference §1.6
  return verdict.may_store && is_too_large ? no(Reason::too_large) : verdict;
}

Storability may_keep(
    const http::Request& request, const http::Response& freshened, const ResponseFacts& facts,
    const CacheDecision& decision
) {
  const auto ttl = explicit_ttl_after_304(decision, freshened.status);
  return judged(request, freshened, facts, decision, ttl);
}

Storability may_put(
    const http::Response& response, const ResponseFacts& facts, std::optional<seconds> ttl,
    std::uint64_t max_size, std::optional<std::uint64_t> length
) {
  if (response.status == 206) return no(Reason::partial_content);  // reference §5.3
  if (const auto reason = never_stored(response)) return no(*reason);
  if (ttl) {
    if (*ttl < seconds{0}) return no(Reason::negative_ttl);
    if (*ttl == seconds{0}) return no(Reason::stale_at_once);  // nothing is served stale here
  } else if (const auto reason = put_forbids(response, facts)) {
    return no(*reason);
  }
  if (length > max_size) return no(Reason::too_large);
  return {true, Reason::storable};
}

void remove_unstored_fields(http::Headers& headers, const ResponseFacts& facts, Profile profile) {
  http::remove_connection_fields(headers);
  headers.remove_if(http::is_order_to_proxy);
  headers.remove_if(concerns_the_proxy);
  headers.remove(http::Name::age);
  if (profile == Profile::cloudflare) {
    headers.remove(http::Name::set_cookie);
    if (!facts.has_etag) headers.remove(http::Name::etag);
    if (!facts.last_modified) headers.remove(http::Name::last_modified);
  }
  for (const std::string& name : facts.edge.directives.private_fields) headers.remove(name);
  for (const std::string& name : facts.edge.directives.no_cache_fields) headers.remove(name);
}

}  // namespace festina::policy
