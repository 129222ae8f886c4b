#include "control/purge_api.h"

#include "base/crypto.h"
#include "cluster/applier.h"
#include "policy/cache_key.h"
#include "rules/resolve.h"

namespace festina::control {
namespace {

using Facts = std::vector<cache::PurgeFact>;

Error refused(std::string why) { return {ErrorCode::malformed, Side::client, std::move(why)}; }

// The key of what a visitor with these headers would have been given: the same judgement as when it was stored
// (reference §10.4).
Result<cache::PurgeFact> fact_of(
    const ControlServices& services, const zone::Zone& zone, std::string_view url,
    const http::Headers& headers
) {
  const Result<http::Url> parsed = http::parse_url(url);
  if (!parsed) return refused("\"" + std::string(url) + "\" is no URL: " + parsed.error().detail);
  http::Request request{
      .method = http::Method::get, .method_text = "GET", .url = *parsed, .headers = headers
  };
  request.url.path = http::normalized_path(request.url.path);
  if (request.url.query) request.url.query = http::normalized_query(*request.url.query);
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& owner = snapshot->zones.find(request.url.host);
  if (owner && owner->id != zone.id)
    return refused("\"" + std::string(url) + "\" belongs to the zone " + owner->name);
  if (!owner) return refused("\"" + std::string(url) + "\" is not in the zone " + zone.name);

  const http::Scheme scheme = zone.origin_for(request.url.host).scheme;
  const policy::KeySpec spec = rules::key_spec(zone.rules, request.url);
  return cache::PurgeFact{
      .kind = cache::PurgeKind::key, .value = policy::cache_key(zone.id, scheme, request, spec).text
  };
}

Result<cache::PurgeFact> fact_of(
    const ControlServices& services, const zone::Zone& zone, const json::Value& file
) {
  if (file.is_string()) return fact_of(services, zone, file.as_string(), {});
  const auto url = json::string_member(file, "url");
  if (!url)
    return refused("an item of \"files\" is a URL, or an object with \"url\" and \"headers\"");
  http::Headers headers;
  if (const json::Value* named = json::find(file, "headers");
      named != nullptr && named->is_object()) {
    for (const auto& [name, value] : named->as_object()) {
      if (!value.is_string())
        return refused("the header \"" + std::string(name) + "\" is no string");
      headers.add(name, value.as_string());
    }
  }
  return fact_of(services, zone, *url, headers);
}

// Why a body without files cannot be done.
Error nothing_to_purge(const json::Value& body) {
  for (const char* kind : {"tags", "hosts", "prefixes"}) {
    if (json::find(body, kind) == nullptr) continue;
    return {
        ErrorCode::unsupported,
        Side::client,
        "purge by " + std::string(kind) +
            " is not supported yet; name \"files\", or \"purge_everything\": true"
    };
  }
  return {
      ErrorCode::not_found,
      Side::client,
      R"(Request must contain one of "purge_everything", "files", "tags", "hosts" or "prefixes")"
  };
}

Result<Facts> facts_of(
    const ControlServices& services, const zone::Zone& zone, const json::Value& body
) {
  if (json::bool_member(body, "purge_everything").value_or(false)) {
    return Facts{{.kind = cache::PurgeKind::everything, .value = {}}};
  }
  const json::Value* files = json::find(body, "files");
  if (files == nullptr || !files->is_array() || files->as_array().empty()) {
    return nothing_to_purge(body);
  }
  if (files->as_array().size() > kMaxFilesPerPurge) {
    return refused(
        "at most " + std::to_string(kMaxFilesPerPurge) + " files can be purged in one call"
    );
  }
  Facts facts;
  for (const json::Value& file : files->as_array()) {
    Result<cache::PurgeFact> fact = fact_of(services, zone, file);
    if (!fact) return fact.error();
    facts.push_back(std::move(*fact));
  }
  return facts;
}

http::Reply refusal(const Error& error) {
  const bool nothing_named = error.code == ErrorCode::not_found;
  return failure(
      400, nothing_named ? ApiCode::purge_nothing_named : ApiCode::purge_refused, error.detail
  );
}

}  // namespace

Awaitable<http::Reply> purge(const ControlServices& services, std::string zone_id, Body body) {
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& zone = snapshot->zones.by_id(zone_id);
  if (!zone) co_return failure(404, ApiCode::zone_not_found, "no zone with the id " + zone_id);
  const Result<json::Value> asked = co_await json_body(std::move(body));
  if (!asked) co_return failure(400, ApiCode::invalid_body, asked.error().detail);
  const Result<Facts> facts = facts_of(services, *zone, *asked);
  if (!facts) co_return refusal(facts.error());

  store::Change change;
  change.kind = store::ChangeKind::purge;
  change.scope = zone->id;
  change.body = cluster::purge_body(*facts);
  change.request_id = random_hex(32);
  const Result<std::uint64_t> appended = co_await services.log.append(std::move(change));
  if (!appended)
    co_return failure(
        503, ApiCode::internal, "the purge could not be written: " + appended.error().detail
    );
  co_return success(json::Object{{"id", zone->id}});
}

}  // namespace festina::control
