// CacheDecision: what the zone's owner and the script want for one request, settled before the cache is asked.
//
// rules::resolve makes it, nothing changes it afterwards. Every field that somebody set carries who set it, so that the
// chain of reasons is the explain trace. The decision says nothing of what is stored: that is Reuse.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "http/content_coding.h"
#include "http/message.h"
#include "policy/compat.h"
#include "policy/key_spec.h"
#include "policy/visit.h"

namespace festina::policy {

// Whose rules judge a response: the service's, as the reference has them, or those of RFC 9110 and 9111 alone.
enum class Profile : std::uint8_t { cloudflare, standard };

// Why a step of the chain came out as it did. observe/explain has a sentence for each.
enum class Reason : std::uint8_t {
  // clang-format off
  // eligibility
  default_extension, robots_txt, standard_profile, not_default_extension, no_extension, method_not_cacheable,
  upgrade_not_cacheable, port_not_cacheable, query_string_refused, development_mode,
  cache_level_bypass, cookie_bypasses, cookie_missing, cache_everything, rule_eligible, rule_bypasses,
  worker_cache_everything, worker_cache_ttl, worker_bypass, worker_in_front, worker_as_an_origin, snippet_in_front,
  // edge TTL
  origin_decides, worker_sets_ttl, worker_sets_ttl_by_status, rule_sets_ttl, rule_sets_ttl_by_status,
  rule_respects_origin, rule_wants_freshness, zone_edge_ttl,
  // browser TTL
  zone_browser_ttl, browser_ttl_respects_origin, standard_browser_ttl, rule_browser_ttl,
  rule_browser_ttl_respects_origin, rule_keeps_from_browsers, rule_wants_browser_freshness,
  // cache key
  query_string_ignored, query_string_sorted, rule_makes_key,
  // what rules settle beside these, and what of them does nothing
  rule_says, response_rule_tags, response_rule_directives, response_rule_strips, overruled, plan_lacks, rule_idle,
  rule_failed,
  // what else was asked for
  always_online, worker_deception_armor, worker_strips_validators,
  // what of request and response does nothing, or is lost
  request_directives_ignored, vary_ignored, cookie_removed, page_rule_behind,
  // a Worker's cf, and its Cache API beside rules (reference §4.2, §9.3)
  worker_cache_key, worker_cache_tags, worker_cache_control, worker_vary, worker_strong_etags,
  worker_resolves, worker_may_not_resolve, worker_port_dropped, worker_of_another_zone,
  worker_needs_eligibility, worker_flag_lets_rules_win, snippet_lets_rules_win, worker_meets_worker,
  cache_reserve_absent, plan_has_no_cache_key,
  cache_api_beats_rules, cache_api_flags_let_rules_win, cache_api_key_of_another_zone,
  cf_member_unknown, cf_member_unusable,
  // storability (RFC 9111 §3, reference §1.3)
  storable, vary_star, vary_bypass, no_store, is_private, authorization, set_cookie, no_cache, no_freshness,
  deception_armor, too_large, larger_than_cache, no_room_now, status_not_cacheable, blames_request,
  partial_content, answer_to_head, request_no_store, not_understood, negative_ttl, not_eligible, failed_upstream,
  broken_put, overtaken, stale_at_once, too_many_calls, too_many_put_bytes, request_over,
  // content coding (reference §11.7)
  not_codable, no_transform, too_small_to_code, no_coding_taken, coded_by_edge, coding_kept, coding_taken,
  coding_not_taken, coding_unknown, coded_behind_worker, strong_etag_kept, stored_bytes_asked, coders_busy,
  // reuse (RFC 9111 §4)
  absent, incomplete, fresh, stale, stale_while_revalidate, stale_while_revalidate_waits,
  revalidation_forced, must_revalidate, s_maxage_forbids_stale,
  client_takes_stale, client_wants_newer, only_if_cached
  // clang-format on
};

inline constexpr Reason kLastReason = Reason::only_if_cached;

// Who set a field of the decision.
enum class Setter : std::uint8_t {
  product_default,
  zone_setting,
  page_rule,
  cache_rule,
  response_rule,
  worker,
  origin,
  request
};

// What a step settles.
enum class Aspect : std::uint8_t {
  eligible,
  edge_ttl,
  browser_ttl,
  cache_key,
  stale_copies,     // when one stands in for the upstream
  deception_armor,  // is the type compared with the extension?
  validators,       // which of the origin's are kept
  worker,           // is it asked as an origin is?
  // Settled for Workers and by rules only.
  cache_tags,
  cache_control,
  vary,
  strong_etags,
  cache_reserve,
  connection,            // where the origin is asked
  worker_cf,             // what of a Worker's cf does nothing here
  origin_cache_control,  // is Cache-Control obeyed as written?
  ports,                 // on which others than the service's own something is cached
  read_timeout,
  error_pages,         // whose are they?
  rule,                // what of a rule does nothing here
  request_directives,  // does the client's Cache-Control count?
  cookies              // of the response: are they stored?
};

// One step of the chain: what was settled, how, who set it and why. It allocates nothing unless a name is long, for
// every request carries its steps; observe/explain makes sentences of them.
struct Step {
  Aspect aspect = Aspect::eligible;
  std::int64_t value = 0;  // yes or no as 1 or 0; seconds for a TTL
  Setter setter = Setter::product_default;
  Reason reason = Reason::origin_decides;
  std::string
      name;  // what the reason speaks of: the extension, the script, the rule, the key of cf
};

// What browsers are told about keeping a response (reference §2.6).
enum class ForBrowsers : std::uint8_t {
  longer,       // of what the origin says and the browser TTL
  never,        // nothing is to be kept
  as_by_origin  // what the origin says; where it says nothing, nothing is to be kept
};

inline constexpr std::size_t kMaxSteps = 8;

struct CacheDecision {
  Profile profile = Profile::cloudflare;
  Compat compat;                 // which year's behaviour
  bool may_use_cache = false;    // false: the cache is not asked
  bool announces_status = true;  // CF-Cache-Status is sent: what answers is cached
  // Request-time eligibility (reference §1.1): its answer may be stored. One to a POST in `standard` too, though nothing
  // stored answers that.
  bool eligible = false;
  bool eligible_by_default = false;  // by its path, not by a script's wish (reference §1.4)
  bool origin_cache_control = true;  // reference §1.3
  KeySpec key;

  // Explicit edge TTL: overrides whatever the origin says (reference §1.3 rule 2).
  std::optional<std::chrono::seconds> edge_ttl;
  std::vector<StatusTtl> edge_ttl_by_status;
  // What says nothing of its freshness is not stored, in place of a time by its status (reference §6.2).
  bool wants_freshness = false;
  // In place of the two hours of what says nothing of its freshness (reference §8.4).
  std::optional<std::chrono::seconds> default_ttl;
  ForBrowsers for_browsers = ForBrowsers::longer;
  std::chrono::seconds browser_ttl{0};  // 0: the origin's headers are left alone (reference §2.6)
  bool force_revalidate = false;
  bool always_online = false;    // rules stale copies in place of the directives (reference §3.6)
  bool may_be_updating = true;   // stale-while-revalidate counts (reference §3.3)
  bool deception_armor = false;  // reference §3.8
  bool strip_etags = false;      // before storing (reference §6.4)
  bool strip_last_modified = false;  // the same
  bool strip_set_cookie = false;     // the same
  // In place of what the response says to the edge, and of its tags (reference §4.2).
  std::optional<http::CacheControl> cache_control;
  std::optional<std::vector<std::string>> cache_tags;
  // In place of Cache-Control, for everybody (reference §6.4); empty: there is none.
  std::optional<std::string> cache_control_field;
  std::optional<VarySpec> vary;                   // nothing: Vary is ignored (reference §11.4)
  std::uint64_t max_size = 512ULL * 1024 * 1024;  // by plan (reference §1.6)
  // What the client's Cache-Control asks of caches, where that counts: in the profile `standard` (RFC 9111 §5.2.1).
  std::optional<http::CacheControl> asked;
  // What bodies are coded with, the best first: by plan (reference §11.7).
  std::array<http::Coding, 3> codings{http::Coding::brotli, http::Coding::gzip, http::Coding::zstd};
  bool respects_strong_etags = false;  // what has one is not coded (reference §1.9)
  bool passes_error_pages = false;     // a 502 or 504 of the origin's is the origin's own (§6.2)
  std::optional<std::chrono::milliseconds> read_timeout;  // in place of the origin's (§6.2)

  // In the order they were decided; the first `step_count` count.
  std::array<Step, kMaxSteps> steps;
  std::size_t step_count = 0;
  void add(Step step) {
    check(step_count < kMaxSteps, "every aspect is settled once");
    steps[step_count++] = std::move(step);
  }
  // What else rules and a script's cf settled, and what of them does nothing: few requests have any of it.
  std::vector<Step> asides;
};

// The explicit edge TTL for a response of this status: the first range that holds it, then the one for all (reference
// §4.2). Zero: stored as expired; negative: not stored. Nothing: origin decides.
std::optional<std::chrono::seconds> explicit_ttl(const CacheDecision&, http::Status);
// The same for a stored response of this status that a 304 freshened: a range that holds 304 comes first (reference
// §1.11).
std::optional<std::chrono::seconds> explicit_ttl_after_304(
    const CacheDecision& decision, http::Status stored
);

}  // namespace festina::policy
