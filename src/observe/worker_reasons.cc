#include "observe/worker_reasons.h"

#include <array>

namespace festina::observe {
namespace {

using policy::Reason;

constexpr std::array kReasons = {
    ReasonText{
        Reason::worker_cache_key,
        "worker_cache_key",
        "the Worker % said cf.cacheKey: it is the whole key, so a purge of the URL does not find "
        "it; "
        "one of its tag, prefix or host does"
    },
    ReasonText{
        Reason::worker_cache_tags,
        "worker_cache_tags",
        "the Worker % said cf.cacheTags, which replace those of the response"
    },
    ReasonText{
        Reason::worker_cache_control,
        "worker_cache_control",
        "the Worker % said cf.cacheControl, which the edge obeys in place of all that the response "
        "says of caching; the response keeps its own fields"
    },
    ReasonText{
        Reason::worker_vary,
        "worker_vary",
        "the Worker % said cf.vary: what the response names in Vary sets variants apart, or keeps "
        "it "
        "from being stored"
    },
    ReasonText{
        Reason::worker_strong_etags,
        "worker_strong_etags",
        "the Worker % said cf.respectStrongEtag: what has a strong ETag is not coded at the edge, "
        "so "
        "that the ETag stays as the origin sent it"
    },
    ReasonText{
        Reason::worker_resolves,
        "worker_resolves",
        "the Worker said cf.resolveOverride: the origin of % is asked, for the host of the URL"
    },
    ReasonText{
        Reason::worker_may_not_resolve,
        "worker_may_not_resolve",
        "the Worker said cf.resolveOverride = \"%\", which is ignored: it and the host of the URL "
        "must both be in the Worker's own zone"
    },
    ReasonText{
        Reason::worker_port_dropped,
        "worker_port_dropped",
        "the URL names port %, which is ignored: the Worker runs without the flag "
        "allow_custom_ports"
    },
    ReasonText{
        Reason::worker_of_another_zone,
        "worker_of_another_zone",
        "the request goes in by the front door of this host, whose own rules decide: the cf of the "
        "Worker % is ignored; a Cache Rule of that zone can say the same"
    },
    ReasonText{
        Reason::worker_needs_eligibility,
        "worker_needs_eligibility",
        "the Worker % says how to store, but not that: cf.cacheEverything, cf.cacheTtl or a Cache "
        "Rule makes the URL eligible"
    },
    ReasonText{
        Reason::worker_flag_lets_rules_win,
        "worker_flag_lets_rules_win",
        "the Worker % runs without the flag request_cf_overrides_cache_rules (on from 2025-04-02): "
        "its cf does not beat the zone"
    },
    ReasonText{
        Reason::snippet_lets_rules_win,
        "snippet_lets_rules_win",
        "% asks for it, but nothing that a Snippet says beats the zone, whatever its date and "
        "flags; what a Worker says can"
    },
    ReasonText{
        Reason::worker_meets_worker,
        "worker_meets_worker",
        "a Worker answers this fetch(), in front of the cache: the cf of % does nothing"
    },
    ReasonText{
        Reason::cache_reserve_absent,
        "cache_reserve_absent",
        "the Worker % speaks of Cache Reserve, which is not here: the cache of the colo keeps what "
        "it keeps"
    },
    ReasonText{
        Reason::plan_has_no_cache_key,
        "plan_has_no_cache_key",
        "cf.cacheKey is ignored: it needs the plan \"%\""
    },
    ReasonText{
        Reason::cache_api_beats_rules,
        "cache_api_beats_rules",
        "the zone bypasses its cache for this URL, and the Worker % uses it all the same: "
        "cache_api_compat_flags and cache_api_request_cf_overrides_cache_rules are on"
    },
    ReasonText{
        Reason::cache_api_flags_let_rules_win,
        "cache_api_flags_let_rules_win",
        "match() finds nothing and put() stores nothing where the zone bypasses its cache, because "
        "the Worker % runs without one of the flags cache_api_compat_flags (on from 2025-04-19) "
        "and cache_api_request_cf_overrides_cache_rules (on from 2025-05-19): raise its "
        "compatibility_date, or name the flags"
    },
    ReasonText{
        Reason::cache_api_key_of_another_zone,
        "cache_api_key_of_another_zone",
        "match() finds nothing and put() stores nothing where the zone bypasses its cache, and no "
        "flag of the Worker % helps, because the host of the key is of another zone: use a key "
        "whose host is of the Worker's own zone, or of none"
    },
    ReasonText{
        Reason::cf_member_unknown,
        "cf_member_unknown",
        "cf.% is no option of fetch(): it does nothing"
    },
    ReasonText{
        Reason::cf_member_unusable,
        "cf_member_unusable",
        "cf.% has a value that cannot be used: it does nothing"
    },
};

}  // namespace

std::span<const ReasonText> worker_reasons() { return kReasons; }

}  // namespace festina::observe
