#include "observe/decision_reasons.h"

#include <array>

namespace festina::observe {
namespace {

using policy::Reason;

constexpr std::array kReasons = {
    ReasonText{
        Reason::default_extension,
        "default_extension",
        "the extension \"%\" is one of those cached by default"
    },
    ReasonText{Reason::robots_txt, "robots_txt", "/robots.txt is cached by default"},
    ReasonText{
        Reason::standard_profile,
        "standard_profile",
        "the profile of the zone is \"standard\": every GET and HEAD may be answered from the cache"
    },
    ReasonText{
        Reason::not_default_extension,
        "not_default_extension",
        "the extension \"%\" is not one of those cached by default, and headers of the origin "
        "cannot change that; a Cache Rule that makes it eligible for cache, cache_level "
        "\"cache_everything\" of a Page Rule or cf.cacheEverything of a Worker can"
    },
    ReasonText{
        Reason::no_extension,
        "no_extension",
        "a path without an extension is not among those cached by default, and headers of the "
        "origin cannot change that; a Cache Rule that makes it eligible for cache, cache_level "
        "\"cache_everything\" of a Page Rule or cf.cacheEverything of a Worker can"
    },
    ReasonText{
        Reason::method_not_cacheable,
        "method_not_cacheable",
        "only GET and HEAD are cached, not %, whatever a rule says; a Worker can keep its answer "
        "for a GET (caches.default.put)"
    },
    ReasonText{
        Reason::upgrade_not_cacheable,
        "upgrade_not_cacheable",
        "an upgrade to another protocol is never cached"
    },
    ReasonText{
        Reason::port_not_cacheable,
        "port_not_cacheable",
        "nothing is cached on port %; 80, 443 and 8080 are"
    },
    ReasonText{
        Reason::query_string_refused,
        "query_string_refused",
        "cache_level \"basic\" caches no URL with a query string; \"aggressive\" makes it part of "
        "the key"
    },
    ReasonText{
        Reason::development_mode,
        "development_mode",
        "development mode is on: nothing is cached until it ends, and what is stored stays as it "
        "is; it purges nothing"
    },
    ReasonText{
        Reason::cache_level_bypass,
        "cache_level_bypass",
        "cache_level \"bypass\" switches the cache off"
    },
    ReasonText{
        Reason::cookie_bypasses,
        "cookie_bypasses",
        "the Page Rule \"%\" has bypass_cache_on_cookie, and a cookie of the request is among those"
    },
    ReasonText{
        Reason::cookie_missing,
        "cookie_missing",
        "the Page Rule \"%\" has cache_on_cookie, and no cookie of the request is among those"
    },
    ReasonText{
        Reason::cache_everything,
        "cache_everything",
        "the Page Rule \"%\" has cache_level \"cache_everything\": whatever the extension"
    },
    ReasonText{
        Reason::rule_eligible,
        "rule_eligible",
        "the Cache Rule \"%\" makes it eligible for cache, whatever the extension, HTML too, as "
        "\"cache everything\" does; a later rule that bypasses cache takes an exception out"
    },
    ReasonText{
        Reason::rule_bypasses,
        "rule_bypasses",
        "the Cache Rule \"%\" says \"bypass cache\": such a request is DYNAMIC, for it is settled "
        "before the cache is asked; BYPASS is what an answer can lead to"
    },
    ReasonText{
        Reason::worker_cache_everything,
        "worker_cache_everything",
        "the Worker % said cf.cacheEverything"
    },
    ReasonText{
        Reason::worker_cache_ttl,
        "worker_cache_ttl",
        "the Worker % said cf.cacheTtl, which implies cacheEverything"
    },
    ReasonText{Reason::worker_bypass, "worker_bypass", "the Worker % said cache: \"no-store\""},
    ReasonText{
        Reason::worker_in_front,
        "worker_in_front",
        "the Worker % answers here, in front of the cache; what it fetches meets the cache request "
        "by request, and is stored, found and purged under the URLs that it fetches"
    },
    ReasonText{
        Reason::worker_as_an_origin,
        "worker_as_an_origin",
        "the Worker % is asked as an origin is: what it answers is cached by the zone's rules"
    },
    ReasonText{
        Reason::snippet_in_front,
        "snippet_in_front",
        "the Snippet % runs here, in front of Workers and the cache; what it fetches of its zone "
        "goes on to them"
    },
    ReasonText{
        Reason::origin_decides,
        "origin_decides",
        "the origin's CDN-Cache-Control, Cache-Control or Expires decides, else the default for "
        "its status (200, 301: two hours; 302, 303: 20 minutes; 404, 410: 3 minutes), which edge "
        "TTL by status of a rule replaces"
    },
    ReasonText{Reason::worker_sets_ttl, "worker_sets_ttl", "the Worker % said cf.cacheTtl"},
    ReasonText{
        Reason::worker_sets_ttl_by_status,
        "worker_sets_ttl_by_status",
        "the Worker % said cf.cacheTtlByStatus"
    },
    ReasonText{
        Reason::rule_sets_ttl,
        "rule_sets_ttl",
        "the rule \"%\" sets the edge TTL, whatever the origin says; \"respect_origin\" leaves it "
        "to "
        "the origin"
    },
    ReasonText{
        Reason::rule_sets_ttl_by_status,
        "rule_sets_ttl_by_status",
        "the rule \"%\" sets the edge TTL by status, whatever the origin says"
    },
    ReasonText{
        Reason::rule_respects_origin,
        "rule_respects_origin",
        "the rule \"%\" lets the origin decide: CDN-Cache-Control, Cache-Control or Expires, else "
        "the default for its status"
    },
    ReasonText{
        Reason::rule_wants_freshness,
        "rule_wants_freshness",
        "the rule \"%\" lets the origin decide, and what says nothing of its freshness is not "
        "stored"
    },
    ReasonText{
        Reason::zone_edge_ttl,
        "zone_edge_ttl",
        "edge_cache_ttl of the zone stands in place of two hours where the origin says nothing"
    },
    ReasonText{
        Reason::zone_browser_ttl,
        "zone_browser_ttl",
        "Browser Cache TTL of the zone replaces a shorter max-age, in browsers alone, where no "
        "purge reaches it; 0 leaves them what the origin says"
    },
    ReasonText{
        Reason::browser_ttl_respects_origin,
        "browser_ttl_respects_origin",
        "Browser Cache TTL is 0: the origin's headers reach the browser"
    },
    ReasonText{
        Reason::standard_browser_ttl,
        "standard_browser_ttl",
        "the profile of the zone is \"standard\": what the origin says reaches the browser"
    },
    ReasonText{
        Reason::rule_browser_ttl,
        "rule_browser_ttl",
        "the rule \"%\" sets the browser TTL, which replaces a shorter max-age"
    },
    ReasonText{
        Reason::rule_browser_ttl_respects_origin,
        "rule_browser_ttl_respects_origin",
        "the rule \"%\" lets the origin's headers reach the browser"
    },
    ReasonText{
        Reason::rule_keeps_from_browsers,
        "rule_keeps_from_browsers",
        "the rule \"%\" tells browsers to keep nothing"
    },
    ReasonText{
        Reason::rule_wants_browser_freshness,
        "rule_wants_browser_freshness",
        "the rule \"%\" lets the origin's headers reach the browser; where it sends none, nothing "
        "is to be kept"
    },
    ReasonText{
        Reason::query_string_ignored,
        "query_string_ignored",
        "cache_level \"simplified\" leaves the query string out of the key of static files"
    },
    ReasonText{
        Reason::query_string_sorted,
        "query_string_sorted",
        "sort_query_string_for_cache sorts the query string in the key"
    },
    ReasonText{
        Reason::rule_makes_key,
        "rule_makes_key",
        "the rule \"%\" says what is in the key; a purge of the URL must name the same"
    },
    ReasonText{Reason::rule_says, "rule_says", "the rule \"%\" says so"},
    ReasonText{
        Reason::response_rule_tags,
        "response_rule_tags",
        "the Cache Response Rule \"%\" changes the cache tags"
    },
    ReasonText{
        Reason::response_rule_directives,
        "response_rule_directives",
        "the Cache Response Rule \"%\" changes Cache-Control, and the edge obeys it"
    },
    ReasonText{
        Reason::response_rule_strips,
        "response_rule_strips",
        "the Cache Response Rule \"%\" removes fields before the response is stored"
    },
    ReasonText{
        Reason::overruled, "overruled", "what % says of it does not count: another comes first"
    },
    ReasonText{Reason::plan_lacks, "plan_lacks", "the plan of the zone does not offer %"},
    ReasonText{Reason::rule_idle, "rule_idle", "% is accepted, and does nothing here"},
    ReasonText{
        Reason::rule_failed,
        "rule_failed",
        "the expression of the rule \"%\" could not be computed for this request, so it counts as "
        "not matching"
    },
    ReasonText{
        Reason::always_online,
        "always_online",
        "Always Online is on: a stored copy stands in when the origin cannot be reached (520 to "
        "527), and stale-while-revalidate and stale-if-error do not count; always_online \"off\" "
        "lets them"
    },
    ReasonText{
        Reason::worker_deception_armor,
        "worker_deception_armor",
        "the Worker % said cf.cacheDeceptionArmor: a response whose Content-Type does not fit the "
        "extension of the URL is not stored"
    },
    ReasonText{
        Reason::worker_strips_validators,
        "worker_strips_validators",
        "the Worker % said cf.stripEtags or cf.stripLastModified: an expired copy is fetched whole"
    },
    ReasonText{
        Reason::request_directives_ignored,
        "request_directives_ignored",
        "the request's Cache-Control or Pragma does not count at the edge: a reload, or a warm-up "
        "with no-cache, gets what is stored; a purge refreshes it, or cache: \"no-cache\" of a "
        "Worker's fetch()"
    },
    ReasonText{
        Reason::vary_ignored,
        "vary_ignored",
        "the response says Vary: %, which sets no variants apart: who asks next gets the same; "
        "vary of a Cache Rule, that field in a custom key, cf.vary of a Worker, or bypassing cache "
        "tells them apart"
    },
    ReasonText{
        Reason::cookie_removed,
        "cookie_removed",
        "the response's Set-Cookie is removed, for the response is stored for everybody; to keep "
        "it for its visitor, bypass cache, or leave edge TTL and Set-Cookie to Origin Cache Control"
    },
    ReasonText{
        Reason::page_rule_behind,
        "page_rule_behind",
        "the Page Rule \"%\" matches too, but of Page Rules the first that matches is the only one "
        "that counts; of Cache Rules all count, per setting the last"
    },
};

}  // namespace

std::span<const ReasonText> decision_reasons() { return kReasons; }

}  // namespace festina::observe
