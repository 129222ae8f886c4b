#include "observe/reasons.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/errors.h"
#include "observe/decision_reasons.h"
#include "observe/worker_reasons.h"

namespace festina::observe {
namespace {

using policy::Reason;

// A row for every reason that is none of a decision's; the test walks the enumeration.
constexpr std::array kReasons = {
    ReasonText{Reason::storable, "storable", "the response may be stored"},
    ReasonText{
        Reason::vary_star, "vary_star", "the response says Vary: *, which fits no other request"
    },
    ReasonText{
        Reason::vary_bypass,
        "vary_bypass",
        "the response varies by a field whose action is bypass (cf.vary, or vary of a Cache Rule)"
    },
    ReasonText{
        Reason::no_store,
        "no_store",
        "the response says no-store; an explicit edge TTL (edge_ttl \"override_origin\" of a Cache "
        "Rule, cf.cacheTtl of a Worker) overrides it"
    },
    ReasonText{
        Reason::is_private,
        "is_private",
        "the response says private; an explicit edge TTL (edge_ttl \"override_origin\" of a Cache "
        "Rule, cf.cacheTtl of a Worker) overrides it"
    },
    ReasonText{
        Reason::authorization,
        "authorization",
        "the request carries Authorization, and the response has none of public, must-revalidate "
        "and s-maxage, one of which would let it be stored"
    },
    ReasonText{
        Reason::set_cookie,
        "set_cookie",
        "the response sets a cookie; an explicit edge TTL (edge_ttl \"override_origin\" of a Cache "
        "Rule, cf.cacheTtl of a Worker) stores it without, and so do strip_set_cookie of a Cache "
        "Response Rule and private=\"Set-Cookie\" under Origin Cache Control"
    },
    ReasonText{
        Reason::no_cache,
        "no_cache",
        "the response says no-cache or max-age=0, and Origin Cache Control is off; with it on, it "
        "is stored and validated every time"
    },
    ReasonText{
        Reason::no_freshness,
        "no_freshness",
        "the response says nothing about its freshness, and its status has no default TTL; max-age "
        "or an explicit edge TTL gives it one"
    },
    ReasonText{
        Reason::deception_armor,
        "deception_armor",
        "its Content-Type does not fit the extension of the URL (Cache Deception Armor)"
    },
    ReasonText{
        Reason::too_large,
        "too_large",
        "the response is larger than what the zone's plan stores; in smaller files it would "
        "be"
    },
    ReasonText{
        Reason::larger_than_cache,
        "larger_than_cache",
        "larger than this cache: one response may take half of [cache] memory"
    },
    ReasonText{
        Reason::no_room_now,
        "no_room_now",
        "the responses that are arriving now take all the memory they may"
    },
    ReasonText{
        Reason::status_not_cacheable,
        "status_not_cacheable",
        "a response with this status is never stored: it is interim, speaks of another, or is an "
        "edge's own page"
    },
    ReasonText{
        Reason::blames_request,
        "blames_request",
        "the response says that this request was bad, which answers nobody else's; a TTL by status "
        "stores it all the same"
    },
    ReasonText{
        Reason::partial_content,
        "partial_content",
        "the origin sent a part where the whole was asked for"
    },
    ReasonText{
        Reason::answer_to_head,
        "answer_to_head",
        "the answer to a HEAD has no body that could be stored"
    },
    ReasonText{
        Reason::request_no_store,
        "request_no_store",
        "the request says no-store (RFC 9111 section 5.2.1.5)"
    },
    ReasonText{
        Reason::not_understood,
        "not_understood",
        "the response says must-understand, and what its status asks of caches is not known here"
    },
    ReasonText{
        Reason::negative_ttl, "negative_ttl", "the edge TTL is negative, which means: do not store"
    },
    ReasonText{Reason::not_eligible, "not_eligible", "the request was not eligible"},
    ReasonText{Reason::failed_upstream, "failed_upstream", "the upstream gave no answer"},
    ReasonText{
        Reason::broken_put, "broken_put", "the put broke off, or what it brought is no response"
    },
    ReasonText{
        Reason::overtaken,
        "overtaken",
        "a purge or a delete() came while it was on its way, or it found no room"
    },
    ReasonText{
        Reason::stale_at_once,
        "stale_at_once",
        "stale at once by no-cache, max-age=0 or a TTL of 0, and the Cache API gives nothing stale"
    },
    ReasonText{
        Reason::request_over,
        "request_over",
        "the request was answered too long ago: what waitUntil() still does for it ends then"
    },
    ReasonText{
        Reason::too_many_calls,
        "too_many_calls",
        "the Worker had made all the calls that [workers] limits, or its own limits.subrequests, "
        "allows for one request"
    },
    ReasonText{
        Reason::too_many_put_bytes,
        "too_many_put_bytes",
        "the Worker had put 5 GB, which is all it may for one request"
    },
    ReasonText{
        Reason::not_codable,
        "not_codable",
        "as it came: its type, or its status, is none that the edge codes"
    },
    ReasonText{
        Reason::no_transform, "no_transform", "as it came: no-transform forbids to change it"
    },
    ReasonText{
        Reason::too_small_to_code, "too_small_to_code", "as it came: too small to be worth coding"
    },
    ReasonText{
        Reason::no_coding_taken,
        "no_coding_taken",
        "as it came: the asker's Accept-Encoding prefers no coding that the edge knows"
    },
    ReasonText{
        Reason::coded_by_edge,
        "coded_by_edge",
        "coded by the edge as it was sent: the best that Accept-Encoding takes"
    },
    ReasonText{
        Reason::coding_kept,
        "coding_kept",
        "coded by the edge before, and kept so: the asker takes it"
    },
    ReasonText{
        Reason::coding_taken, "coding_taken", "coded by the origin, and the asker takes that coding"
    },
    ReasonText{
        Reason::coding_not_taken,
        "coding_not_taken",
        "coded by the origin, and decoded by the edge: the asker does not take that coding"
    },
    ReasonText{
        Reason::coding_unknown,
        "coding_unknown",
        "as it came: its Content-Encoding is none that the edge knows"
    },
    ReasonText{
        Reason::coded_behind_worker,
        "coded_behind_worker",
        "as it came: for a Worker nothing is coded, what it answers is"
    },
    ReasonText{
        Reason::strong_etag_kept,
        "strong_etag_kept",
        "as it came: it has a strong ETag, and the Worker said cf.respectStrongEtag"
    },
    ReasonText{
        Reason::stored_bytes_asked,
        "stored_bytes_asked",
        "as it is stored: a range is of those bytes"
    },
    ReasonText{
        Reason::coders_busy,
        "coders_busy",
        "as it came: as many bodies as may be are being coded already"
    },
    ReasonText{Reason::absent, "absent", "nothing is stored under this key in this data centre"},
    ReasonText{
        Reason::fresh, "fresh", "fresh: its age is below its lifetime (RFC 9111 section 4.2)"
    },
    ReasonText{
        Reason::stale, "stale", "stale: its age has reached its lifetime (RFC 9111 section 4.2)"
    },
    ReasonText{
        Reason::stale_while_revalidate,
        "stale_while_revalidate",
        "stale, but inside stale-while-revalidate: served at once and refreshed in the background "
        "(RFC 5861 section 3)"
    },
    ReasonText{
        Reason::stale_while_revalidate_waits,
        "stale_while_revalidate_waits",
        "stale: the first who asks waits for the upstream, and only those who come meanwhile get "
        "it stale; \"asynchronous\" lets nobody wait within stale-while-revalidate"
    },
    ReasonText{
        Reason::revalidation_forced,
        "revalidation_forced",
        "the Worker said cache: \"no-cache\": the origin is asked first"
    },
    ReasonText{
        Reason::incomplete,
        "incomplete",
        "what is stored is a part of the response without the bytes that are asked for"
    },
    ReasonText{
        Reason::must_revalidate,
        "must_revalidate",
        "stale, and its directives forbid serving it so (RFC 9111 section 4.2.4)"
    },
    ReasonText{
        Reason::s_maxage_forbids_stale,
        "s_maxage_forbids_stale",
        "stale, and s-maxage implies proxy-revalidate, which switches stale-while-revalidate and "
        "stale-if-error off; max-age in its place, or CDN-Cache-Control with max-age, leaves them "
        "on (RFC 9111 section 5.2.2.10)"
    },
    ReasonText{
        Reason::client_takes_stale,
        "client_takes_stale",
        "stale, but no more than the max-stale of the request allows (RFC 9111 section 5.2.1.2)"
    },
    ReasonText{
        Reason::client_wants_newer,
        "client_wants_newer",
        "the request asks for a newer one, by no-cache, max-age or min-fresh (RFC 9111 section "
        "5.2.1)"
    },
    ReasonText{
        Reason::only_if_cached,
        "only_if_cached",
        "the request says only-if-cached, and nothing that is stored will do (RFC 9111 section "
        "5.2.1.7)"
    },
};

const ReasonText& text_of(Reason reason) {
  for (const std::span<const ReasonText> rows :
       {decision_reasons(), worker_reasons(), std::span<const ReasonText>(kReasons)}) {
    const auto row = std::ranges::find(rows, reason, &ReasonText::reason);
    if (row != rows.end()) return *row;
  }
  unreachable("every reason has a sentence");
}

}  // namespace

std::string_view name(Reason reason) { return text_of(reason).name; }

std::string_view name(policy::Setter setter) {
  switch (setter) {
    case policy::Setter::product_default:
      return "default";
    case policy::Setter::zone_setting:
      return "zone setting";
    case policy::Setter::page_rule:
      return "page rule";
    case policy::Setter::cache_rule:
      return "cache rule";
    case policy::Setter::response_rule:
      return "response rule";
    case policy::Setter::worker:
      return "Worker";
    case policy::Setter::origin:
      return "origin";
    case policy::Setter::request:
      return "request";
  }
  unreachable("every setter has a name");
}

std::string sentence(Reason reason, std::string_view subject) {
  std::string text(text_of(reason).sentence);
  if (const std::size_t place = text.find('%'); place != std::string::npos)
    text.replace(place, 1, subject);
  return text;
}

}  // namespace festina::observe
