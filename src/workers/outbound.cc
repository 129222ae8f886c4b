#include "workers/outbound.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/forwarding.h"

namespace festina::workers {
namespace {

using http::Name;
using std::chrono::seconds;

// Reserved: never resolved (worker-wire.md §6).
constexpr std::string_view kOwnHost = "festina.invalid";

// Members of cf that say nothing to us and are no mistake: of fetch() (reference §4.2), of an inbound request, which
// fetch(request) carries out again (reference §13.1), and ours.
constexpr std::string_view kSilent[] = {
    // clang-format off
    "$f", "cacheControl", "cacheKey", "cacheReserveEligible", "cacheReserveMinimumFileSize",
    "cacheTags", "vary", "respectStrongEtag", "resolveOverride", "image", "minify",
    "mirage", "polish", "apps", "scrapeShield", "webp", "grpcWeb", "r2",
    "colo", "country", "isEUCountry", "continent", "region", "regionCode", "city", "postalCode", "metroCode",
    "latitude", "longitude", "timezone", "asn", "asOrganization", "httpProtocol", "tlsVersion", "tlsCipher",
    "tlsClientAuth", "tlsClientHelloLength", "tlsClientRandom", "tlsClientCiphersSha1", "tlsClientExtensionsSha1",
    "tlsClientExtensionsSha1Le", "tlsExportedAuthenticator", "clientTcpRtt", "clientQuicRtt", "clientAcceptEncoding",
    "requestPriority", "edgeRequestKeepAliveStatus", "edgeL4", "hostMetadata", "botManagement",
    // clang-format on
};

// "200-299" or "404".
std::optional<policy::StatusTtl> status_range(std::string_view text, seconds ttl) {
  constexpr std::uint64_t lowest = 100;
  constexpr std::uint64_t highest = 599;
  const auto ends = split_once(text, '-');
  const auto from = parse_decimal(ends ? ends->before : text);
  const auto to = parse_decimal(ends ? ends->after : text);
  if (!from || !to || *from < lowest || *to > highest || *from > *to) return {};
  return policy::StatusTtl{static_cast<http::Status>(*from), static_cast<http::Status>(*to), ttl};
}

std::vector<policy::StatusTtl> status_ttls(const json::Value& member) {
  std::vector<policy::StatusTtl> ttls;
  const json::Object* object = member.if_object();
  if (!object) return ttls;
  for (const auto& [key, value] : *object) {
    if (!value.is_int64()) continue;
    const auto range = status_range({key.data(), key.size()}, seconds(value.get_int64()));
    if (range) ttls.push_back(*range);
  }
  return ttls;
}

// Takes one member over into the options. False for a member nobody knows. Another type than the documented one counts
// as absent.
bool take_member(policy::WorkerOptions& options, std::string_view key, const json::Value& value) {
  if (key == "cacheEverything") {
    options.cache_everything = value == json::Value(true);
  } else if (key == "cacheTtl") {
    if (value.is_int64()) options.cache_ttl = seconds(value.get_int64());
  } else if (key == "cacheTtlByStatus") {
    options.cache_ttl_by_status = status_ttls(value);
  } else if (key == "cacheLevel") {  // RequestInit cache: "no-store", "reload" (reference §4.3)
    options.bypass = value == json::Value("bypass");
  } else if (key == "cacheForceRevalidate") {  // RequestInit cache: "no-cache"
    options.force_revalidate = value == json::Value(true);
  } else if (key == "cacheDeceptionArmor") {
    options.deception_armor = value == json::Value(true);
  } else if (key == "stripEtags") {
    options.strip_etags = value == json::Value(true);
  } else if (key == "stripLastModified") {
    options.strip_last_modified = value == json::Value(true);
  } else {
    return std::ranges::find(kSilent, key) != std::ranges::end(kSilent);
  }
  return true;
}

// Fields only the edge may set towards an origin (worker-wire.md §4). Host is the URL's.
bool is_for_the_edge_only(const http::Field& field) {
  switch (field.name) {
    case Name::host:
    case Name::cf_blob:
    case Name::cf_ray:
    case Name::cf_connecting_ip:
    case Name::cf_worker:
    case Name::cf_cache_namespace:
    case Name::x_real_ip:
    case Name::cdn_loop:
      return true;
    default:
      return starts_with_ignoring_case(field.name_text, "x-festina-");
  }
}

std::string_view text_member(const json::Value& report, std::string_view name) {
  return json::string_member(report, name).value_or("");
}

Awaitable<http::Reply> take_report(const Caller& caller, Body body) {
  const Identity& from = caller.identity;
  const std::string ray = caller.parent ? to_hex(caller.parent->ray, 16) : "";
  const auto text = co_await collect(std::move(body), kMaxReportBytes, Side::worker);
  const auto report = text ? json::parse(*text) : Result<json::Value>(text.error());
  http::Reply reply;
  if (report) {
    reply.response.status = 204;
    log::error(
        "worker.exception",
        {{"script", from.script},
         {"colo", from.colo},
         {"ray", ray},
         {"name", text_member(*report, "name")},
         {"message", text_member(*report, "message")},
         {"stack", text_member(*report, "stack")}}
    );
  } else {
    reply.response.status = report.error().code == ErrorCode::too_large ? 413 : 400;
    log::error("worker.exception", {{"script", from.script}, {"colo", from.colo}, {"ray", ray}});
  }
  co_return reply;
}

// A fetch() that is one too many for the request it is made for. What workerd sends of itself is none of the script's: a
// request that is passed through, or goes to no listener.
bool is_one_too_many(const Caller& caller) {
  if (!caller.parent || caller.operation != "fetch") return false;
  Quota& quota = *caller.parent->quota;
  return !quota.allows(quota.count_call());
}

http::Reply refusal_of_call() {
  http::Reply reply;
  reply.response.status = 429;
  reply.response.headers.add(kRefusedField, "calls");
  return reply;
}

}  // namespace

std::optional<Identity> parse_identity(std::string_view source_header) {
  const auto script = split_once(source_header, '@');
  if (!script) return {};
  const auto version = split_once(script->after, '/');
  if (!version || script->before.empty() || version->before.empty() || version->after.empty())
    return {};
  return Identity{
      std::string(script->before), std::string(version->before), std::string(version->after)
  };
}

Blob parse_blob(std::optional<std::string_view> cf_blob, std::string_view script) {
  Blob blob;
  blob.options.present = true;
  blob.options.script = script;
  const auto cf = json::parse(cf_blob.value_or("{}"));
  if (!cf || !cf->is_object()) return blob;
  for (const auto& [key, value] : cf->get_object()) {
    const std::string_view name(key.data(), key.size());
    const bool known = take_member(blob.options, name, value);
    if (!known && blob.options.unknown.size() < kMaxUnknownKeys)
      blob.options.unknown.emplace_back(name);
  }
  if (const json::Value* tag = json::find(*cf, "$f")) {
    blob.ray = parse_ray(json::string_member(*tag, "ray").value_or(""));
    blob.operation = json::string_member(*tag, "op").value_or("");
  }
  return blob;
}

std::optional<Caller> caller_of(const http::Request& request, const Rays& rays) {
  auto identity = parse_identity(request.headers.get("X-Festina-Src").value_or(""));
  if (!identity) return {};
  Blob blob = parse_blob(request.headers.get(Name::cf_blob), identity->script);
  // passThroughOnException sends the inbound request again: its own CF-Ray says which (worker-wire.md §4).
  if (blob.operation.empty()) blob.ray = parse_ray(request.headers.get(Name::cf_ray).value_or(""));
  auto parent = blob.ray ? rays.find(*blob.ray, identity->script, identity->colo) : std::nullopt;
  return Caller{
      std::move(*identity), std::move(parent), std::move(blob.options), std::move(blob.operation)
  };
}

zone::SnapshotRef snapshot_of(const Caller& caller, const zone::Snapshots& snapshots) {
  return caller.parent && caller.parent->snapshot ? caller.parent->snapshot : snapshots.get();
}

Outbound::Outbound(Subrequests& subrequests, const Rays& rays)
    : subrequests_(subrequests), rays_(rays) {}

Awaitable<http::Reply> Outbound::handle(http::Incoming incoming) {
  std::optional<Caller> caller = caller_of(incoming.request, rays_);
  if (!caller) co_return http::text_reply(400, "text/plain", "no Worker is named\n");
  if (incoming.request.url.host == kOwnHost) {
    if (caller->operation != "exception")
      co_return http::text_reply(404, "text/plain", "no such host\n");
    co_return co_await take_report(*caller, std::move(incoming.body));
  }
  if (is_one_too_many(*caller)) co_return refusal_of_call();
  incoming.request.headers.remove_if(is_for_the_edge_only);
  // One that asks for another protocol keeps the fields that say so, until the request is sent on.
  const bool asks_to_switch = http::requested_upgrade(incoming.request.headers).has_value();
  if (!asks_to_switch) http::remove_connection_fields(incoming.request.headers);
  co_return co_await subrequests_.subrequest(std::move(*caller), std::move(incoming));
}

}  // namespace festina::workers
