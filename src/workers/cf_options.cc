#include "workers/cf_options.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "http/status_range.h"
#include "policy/stored_response.h"
#include "rules/vary_setting.h"

namespace festina::workers {
namespace {

using policy::WorkerOptions;
using std::chrono::seconds;

// What a member should have been; nothing when it was taken.
using Objection = std::optional<std::string>;

template <class Flag>  // bool, or an optional one that says whether it was given
Objection take_flag(Flag& flag, const json::Value& value) {
  if (!value.is_bool()) return "it must be true or false";
  flag = value.get_bool();
  return {};
}

std::optional<std::string_view> text_of(const json::Value& value) {
  const auto* text = value.if_string();
  return text ? std::optional(std::string_view(text->data(), text->size())) : std::nullopt;
}

Objection take_everything(WorkerOptions& options, const json::Value& value) {
  return take_flag(options.cache_everything, value);
}

Objection take_ttl(WorkerOptions& options, const json::Value& value) {
  if (!value.is_int64()) return "it must be a whole number of seconds";
  options.cache_ttl = seconds(value.get_int64());
  return {};
}

// A code alone comes before a range that holds it (reference §6.2).
Objection take_ttl_by_status(WorkerOptions& options, const json::Value& value) {
  const json::Object* object = value.if_object();
  if (!object || object->size() > kMaxStatusRanges) return "it must be an object of TTLs by status";
  Objection objection;
  std::vector<policy::StatusTtl>& ttls = options.cache_ttl_by_status;
  std::ptrdiff_t codes = 0;
  for (const auto& [key, ttl] : *object) {
    const std::string_view statuses(key.data(), key.size());
    const auto range = ttl.is_int64() ? http::parse_status_range(statuses) : std::nullopt;
    if (range) {
      const bool is_code = range->from == range->to;
      const policy::StatusTtl entry{.statuses = *range, .ttl = seconds(ttl.get_int64())};
      ttls.insert(is_code ? ttls.begin() + codes++ : ttls.end(), entry);
    } else {
      objection = in_quotes(statuses.substr(0, kMaxMemberName)) +
                  " must be a status or a range such as \"200-299\", with seconds";
    }
  }
  return objection;
}

Objection take_key(WorkerOptions& options, const json::Value& value) {
  const auto text = text_of(value);
  if (!text || text->empty()) return "it must be a text";
  if (text->size() > kMaxWorkerCacheKey)
    return "it must not be longer than " + std::to_string(kMaxWorkerCacheKey) + " bytes";
  options.cache_key = *text;
  return {};
}

// Tags beyond the limits of a response's own Cache-Tag are dropped where those are (reference §10.3).
Objection take_tags(WorkerOptions& options, const json::Value& value) {
  const json::Array* array = value.if_array();
  if (!array) return "it must be a list of texts";
  std::vector<std::string> tags;
  Objection objection;
  for (const json::Value& item : *array) {
    const auto tag = text_of(item);
    if (tag && policy::is_cache_tag(trimmed(*tag))) {
      tags.emplace_back(trimmed(*tag));
    } else {
      objection = "a tag is printable ASCII without spaces and commas";
    }
  }
  options.cache_tags = std::move(tags);
  return objection;
}

Objection take_cache_control(WorkerOptions& options, const json::Value& value) {
  const auto text = text_of(value);
  if (!text) return "it must be a text";
  http::CacheControl directives = http::parse_cache_control(*text);
  if (directives == http::CacheControl()) return "it has no directive that is known";
  options.cache_control = std::move(directives);
  return {};
}

Objection take_vary(WorkerOptions& options, const json::Value& value) {
  auto spec = rules::parse_vary(value);
  if (!spec) return spec.error().detail;
  options.vary = std::move(*spec);
  return {};
}

Objection take_reserve_size(WorkerOptions& options, const json::Value& value) {
  if (!value.is_int64()) return "it must be a number of bytes";
  options.wants_cache_reserve = true;
  return {};
}

Objection take_override(WorkerOptions& options, const json::Value& value) {
  const auto host = text_of(value);
  if (!host || host->empty() || host->size() > kMaxOverrideHost) return "it must be a host name";
  options.resolve_override = lower(*host);
  return {};
}

// RequestInit cache: "no-store", "reload" (reference §4.3).
Objection take_level(WorkerOptions& options, const json::Value& value) {
  if (value != json::Value("bypass")) return "the runtime sets it";
  options.bypass = true;
  return {};
}

struct Member {
  std::string_view name;
  Objection (*take)(WorkerOptions&, const json::Value&);
};

// reference §4.2
constexpr Member kMembers[] = {
    {"cacheEverything", take_everything},
    {"cacheTtl", take_ttl},
    {"cacheTtlByStatus", take_ttl_by_status},
    {"cacheKey", take_key},
    {"cacheTags", take_tags},
    {"cacheControl", take_cache_control},
    {"vary", take_vary},
    {"cacheReserveEligible",
     [](WorkerOptions& o, const json::Value& v) { return take_flag(o.wants_cache_reserve, v); }},
    {"cacheReserveMinimumFileSize", take_reserve_size},
    {"respectStrongEtag",
     [](WorkerOptions& o, const json::Value& v) { return take_flag(o.respects_strong_etags, v); }},
    {"stripEtags",
     [](WorkerOptions& o, const json::Value& v) { return take_flag(o.strip_etags, v); }},
    {"stripLastModified",
     [](WorkerOptions& o, const json::Value& v) { return take_flag(o.strip_last_modified, v); }},
    {"cacheDeceptionArmor",
     [](WorkerOptions& o, const json::Value& v) { return take_flag(o.deception_armor, v); }},
    {"resolveOverride", take_override},
    {"cacheLevel", take_level},
    {"cacheForceRevalidate",
     [](WorkerOptions& o, const json::Value& v) { return take_flag(o.force_revalidate, v); }},
};

// Members that say nothing to a cache and are no mistake: ours, of fetch(), and of an inbound request.
constexpr std::string_view kSilent[] = {
    // clang-format off
    "$f", "image", "minify", "mirage", "polish", "apps", "scrapeShield", "webp", "grpcWeb", "r2",
    "colo", "country", "isEUCountry", "continent", "region", "regionCode", "city", "postalCode", "metroCode",
    "latitude", "longitude", "timezone", "asn", "asOrganization", "httpProtocol", "tlsVersion", "tlsCipher",
    "tlsClientAuth", "tlsClientHelloLength", "tlsClientRandom", "tlsClientCiphersSha1", "tlsClientExtensionsSha1",
    "tlsClientExtensionsSha1Le", "tlsExportedAuthenticator", "clientTcpRtt", "clientQuicRtt", "clientAcceptEncoding",
    "requestPriority", "edgeRequestKeepAliveStatus", "edgeL4", "hostMetadata", "botManagement",
    // clang-format on
};

// Members a script may write: the runtime's own two are none of them.
std::vector<std::string_view> names_to_suggest() {
  std::vector<std::string_view> names;
  for (const Member& member : kMembers) {
    if (member.take != take_level && member.name != "cacheForceRevalidate")
      names.push_back(member.name);
  }
  return names;
}

void ignore(
    WorkerOptions& options, policy::IgnoredMember::Why why, std::string_view name, std::string hint
) {
  if (options.ignored.size() == kMaxIgnoredMembers) return;
  options.ignored.push_back(
      {.why = why, .name = std::string(name.substr(0, kMaxMemberName)), .hint = std::move(hint)}
  );
}

void take_member(WorkerOptions& options, std::string_view name, const json::Value& value) {
  const auto* const known = std::ranges::find(kMembers, name, &Member::name);
  if (known == std::ranges::end(kMembers)) {
    if (std::ranges::find(kSilent, name) != std::ranges::end(kSilent)) return;
    const auto meant = meant_by(name);
    std::string hint = meant ? "did you mean " + std::string(*meant) + "?" : "";
    return ignore(options, policy::IgnoredMember::Why::unknown, name, std::move(hint));
  }
  if (value.is_null()) return;  // said nothing
  options.asks = true;
  if (auto objection = known->take(options, value))
    ignore(options, policy::IgnoredMember::Why::unusable, name, *std::move(objection));
}

// The runtime writes a cacheControl beside cacheTtl and RequestInit cache that says the same once more (reference §4.3).
// A script's own cannot stand there: that is a TypeError.
bool has_derived_cache_control(const json::Object& cf, const WorkerOptions& options) {
  const json::Value* ttl = cf.if_contains("cacheTtl");
  return (ttl && !ttl->is_null()) || options.bypass || options.force_revalidate;
}

}  // namespace

policy::WorkerOptions cf_options(const json::Object& cf, std::string_view script) {
  WorkerOptions options;
  options.present = true;
  options.script = script;
  for (const auto& [key, value] : cf) take_member(options, {key.data(), key.size()}, value);
  if (has_derived_cache_control(cf, options)) options.cache_control.reset();
  return options;
}

std::optional<std::string_view> meant_by(std::string_view unknown) {
  return nearest(unknown.substr(0, kMaxMemberName), names_to_suggest());
}

}  // namespace festina::workers
