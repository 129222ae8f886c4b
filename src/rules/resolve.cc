#include "rules/resolve.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "http/forwarding.h"
#include "rules/worker_cf.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::Reason;
using policy::Setter;
using policy::Step;
using std::chrono::seconds;

// reference §1.2
constexpr std::string_view kDefaultExtensions[] = {
    "7z",   "avi",  "avif", "apk",   "bin", "bmp",  "bz2",  "class", "css", "csv", "doc",  "docx",
    "dmg",  "ejs",  "eot",  "eps",   "exe", "flac", "gif",  "gz",    "ico", "iso", "jar",  "jpg",
    "jpeg", "js",   "mid",  "midi",  "mkv", "mp3",  "mp4",  "ogg",   "otf", "pdf", "pict", "pls",
    "png",  "ppt",  "pptx", "ps",    "rar", "svg",  "svgz", "swf",   "tar", "tif", "tiff", "ttf",
    "webm", "webp", "woff", "woff2", "xls", "xlsx", "zip",  "zst",
};

// An extension as one number: its length, then its letters in lower case.
constexpr std::size_t kMaxPackedLetters = 7;
constexpr std::uint64_t packed(std::string_view extension) {
  std::uint64_t number = extension.size();
  for (const char c : extension) number = number << 8 | static_cast<unsigned char>(lower(c));
  return number;
}
constexpr auto kPackedExtensions = [] {
  std::array<std::uint64_t, std::size(kDefaultExtensions)> numbers{};
  std::ranges::transform(kDefaultExtensions, numbers.begin(), packed);
  std::ranges::sort(numbers);
  return numbers;
}();

// reference §1.1
bool is_cacheable_port(std::uint16_t port) {
  constexpr std::uint16_t refused[] = {2052, 2053, 2082, 2083, 2086, 2087, 2095, 2096, 8443, 8880};
  return !std::ranges::binary_search(refused, port);
}

Step eligible(Setter setter, Reason reason, std::string name = {}) {
  return {Aspect::eligible, 1, setter, reason, std::move(name)};
}
Step not_eligible(Setter setter, Reason reason, std::string name = {}) {
  return {Aspect::eligible, 0, setter, reason, std::move(name)};
}

// What nobody's wish makes cacheable (reference §1.1).
std::optional<Step> refused_by_request(
    const http::Request& request, const policy::Visit& visit, policy::Profile profile
) {
  if (request.method != http::Method::get && request.method != http::Method::head) {
    return not_eligible(Setter::request, Reason::method_not_cacheable, request.method_text);
  }
  if (http::requested_upgrade(request.headers)) {
    return not_eligible(Setter::request, Reason::upgrade_not_cacheable);
  }
  if (profile == policy::Profile::cloudflare && !is_cacheable_port(visit.port)) {
    return not_eligible(
        Setter::product_default, Reason::port_not_cacheable, std::to_string(visit.port)
    );
  }
  return std::nullopt;
}

// Development mode and cache level; a Worker's wish beats them (reference §9.1), unless its flags say otherwise (§9.2).
std::optional<Step> refused_by_settings(
    const Settings& settings, const http::Url& url, TimePoint now
) {
  if (is_on(settings.development_mode, now)) {
    return not_eligible(Setter::zone_setting, Reason::development_mode);
  }
  if (settings.cache_level == CacheLevel::basic && url.query && !url.query->empty()) {
    return not_eligible(Setter::zone_setting, Reason::query_string_refused);
  }
  return std::nullopt;
}

Step eligible_by_default(std::string_view path) {
  if (path == "/robots.txt") return eligible(Setter::product_default, Reason::robots_txt);
  std::string extension = http::path_extension(path);
  return is_default_extension(extension)
             ? eligible(Setter::product_default, Reason::default_extension, std::move(extension))
             : not_eligible(
                   Setter::product_default, Reason::not_default_extension, std::move(extension)
               );
}

Step eligibility(
    const ZoneRules& rules, const http::Request& request, const policy::Visit& visit,
    policy::UpstreamKind upstream, const policy::WorkerOptions& worker
) {
  if (upstream == policy::UpstreamKind::worker) {
    return not_eligible(Setter::zone_setting, Reason::worker_in_front);
  }
  if (worker.bypass) return not_eligible(Setter::worker, Reason::worker_bypass, worker.script);
  if (auto never = refused_by_request(request, visit, rules.profile)) return *std::move(never);
  auto refused = refused_by_settings(rules.settings, request.url, visit.now);
  if (refused && !worker.overrides_rules) return *std::move(refused);
  if (worker.cache_ttl) {  // implies cacheEverything; cacheTtlByStatus does not (reference §4.2)
    return eligible(Setter::worker, Reason::worker_cache_ttl, worker.script);
  }
  if (worker.cache_everything) {
    return eligible(Setter::worker, Reason::worker_cache_everything, worker.script);
  }
  if (refused) return *std::move(refused);
  if (rules.profile == policy::Profile::standard) {
    return eligible(Setter::zone_setting, Reason::standard_profile);
  }
  return eligible_by_default(request.url.path);
}

Step edge_ttl(const policy::WorkerOptions& worker) {
  const bool by_status = !worker.cache_ttl_by_status.empty();
  if (!by_status && !worker.cache_ttl) {
    return {Aspect::edge_ttl, 0, Setter::origin, Reason::origin_decides, {}};
  }
  const Reason reason = by_status ? Reason::worker_sets_ttl_by_status : Reason::worker_sets_ttl;
  const seconds ttl = worker.cache_ttl.value_or(seconds{0});
  return {Aspect::edge_ttl, ttl.count(), Setter::worker, reason, worker.script};
}

// The service's own idea: `standard` leaves what the origin says to browsers alone.
Step browser_ttl(const ZoneRules& rules) {
  if (rules.profile == policy::Profile::standard) {
    return {Aspect::browser_ttl, 0, Setter::zone_setting, Reason::standard_browser_ttl, {}};
  }
  const seconds ttl = rules.settings.browser_cache_ttl;
  const Reason reason =
      ttl == seconds{0} ? Reason::browser_ttl_respects_origin : Reason::zone_browser_ttl;
  return {Aspect::browser_ttl, ttl.count(), Setter::zone_setting, reason, {}};
}

// A key that takes the whole URL is no news.
std::optional<Step> key_step(const policy::KeySpec& key) {
  switch (key.query) {
    case policy::QueryInKey::whole:
      return std::nullopt;
    case policy::QueryInKey::dropped:
      return Step{Aspect::cache_key, 1, Setter::zone_setting, Reason::query_string_ignored, {}};
    case policy::QueryInKey::sorted:
      return Step{Aspect::cache_key, 1, Setter::zone_setting, Reason::query_string_sorted, {}};
  }
  unreachable("every way of the query has a step");
}

// What is as ever is no news either.
void add_exceptions(policy::CacheDecision& decision, const policy::WorkerOptions& worker) {
  if (decision.always_online) {
    decision.add({Aspect::stale_copies, 1, Setter::zone_setting, Reason::always_online, {}});
  }
  if (decision.deception_armor) {
    const Reason reason = Reason::worker_deception_armor;
    decision.add({Aspect::deception_armor, 1, Setter::worker, reason, worker.script});
  }
  if (decision.strip_etags || decision.strip_last_modified) {
    const Reason reason = Reason::worker_strips_validators;
    decision.add({Aspect::validators, 1, Setter::worker, reason, worker.script});
  }
}

// In `standard` the answer to a POST may be stored for a GET to come (RFC 9110 §9.3.3).
bool may_answer_a_get(
    const ZoneRules& rules, const Step& refused, const http::Request& request, TimePoint now
) {
  return rules.profile == policy::Profile::standard && request.method == http::Method::post &&
         refused.reason == Reason::method_not_cacheable &&
         !refused_by_settings(rules.settings, request.url, now);
}

// What the profile `standard` takes from the RFC in place of the service's habits: no era, Vary honoured, and the client
// heard (RFC 9111 §4.1, §5.2.1).
void obey_the_rfc(policy::CacheDecision& decision, const http::Headers& asked) {
  decision.compat = {};
  decision.origin_cache_control = true;
  decision.key.with_origin = false;
  decision.vary = {.otherwise = policy::VaryAction::equivalent, .rules = {}};
  const auto value = asked.joined(http::Name::cache_control);
  if (value) decision.asked = http::parse_cache_control(*value);
}

}  // namespace

policy::CacheDecision resolve(
    const ZoneRules& rules, const http::Request& request, const policy::Visit& visit,
    policy::UpstreamKind upstream, const policy::WorkerOptions& worker
) {
  policy::CacheDecision decision;
  decision.profile = rules.profile;
  decision.compat = rules.compat;
  decision.origin_cache_control = obeys_origin(rules.plan);
  decision.max_size = max_cacheable_bytes(rules.plan);
  decision.codings = codings_of(rules.plan);
  decision.announces_status = upstream != policy::UpstreamKind::worker;

  Step step = eligibility(rules, request, visit, upstream, worker);
  decision.may_use_cache = step.value != 0;
  decision.eligible = decision.may_use_cache || may_answer_a_get(rules, step, request, visit.now);
  decision.eligible_by_default = decision.eligible && step.setter == Setter::product_default;
  decision.add(std::move(step));
  if (worker.present) note_worker_cf(decision, worker);
  if (!decision.eligible) return decision;

  decision.edge_ttl = worker.cache_ttl;
  decision.edge_ttl_by_status = worker.cache_ttl_by_status;
  decision.add(edge_ttl(worker));
  Step for_browsers = browser_ttl(rules);
  decision.browser_ttl = seconds{for_browsers.value};
  decision.add(std::move(for_browsers));
  decision.key = key_spec(rules, request.url);
  if (rules.profile == policy::Profile::standard) obey_the_rfc(decision, request.headers);
  if (worker.present) settle_worker_cf(decision, worker, rules.plan);
  if (auto query = key_step(decision.key)) decision.add(*std::move(query));
  decision.force_revalidate = worker.force_revalidate;
  decision.always_online = rules.settings.always_online;
  decision.deception_armor = worker.deception_armor;
  decision.strip_etags = worker.strip_etags;
  decision.strip_last_modified = worker.strip_last_modified;
  add_exceptions(decision, worker);
  return decision;
}

policy::KeySpec key_spec(const ZoneRules& rules, const http::Url& url) {
  const Settings& settings = rules.settings;
  const bool ignores_query = settings.cache_level == CacheLevel::simplified &&
                             is_default_extension(http::path_extension(url.path)
                             );  // of static files only (reference §1.7)
  if (ignores_query) return {.query = policy::QueryInKey::dropped};
  if (settings.sort_query_string_for_cache) return {.query = policy::QueryInKey::sorted};
  return {.query = policy::QueryInKey::whole};
}

bool is_default_extension(std::string_view extension) {
  return extension.size() <= kMaxPackedLetters &&
         std::ranges::binary_search(kPackedExtensions, packed(extension));
}

}  // namespace festina::rules
