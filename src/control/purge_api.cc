#include "control/purge_api.h"

#include "base/crypto.h"
#include "cluster/applier.h"
#include "control/purge_request.h"

namespace festina::control {
namespace {

ApiCode code_of(ErrorCode why) {
  switch (why) {
    case ErrorCode::not_found:
      return ApiCode::purge_nothing_named;
    case ErrorCode::conflict:
      return ApiCode::purge_everything_not_true;
    case ErrorCode::unsupported:
      return ApiCode::purge_no_list;
    default:
      return ApiCode::purge_refused;
  }
}

}  // namespace

Awaitable<http::Reply> purge(const ControlServices& services, std::string zone_id, Body body) {
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& zone = snapshot->zones.by_id(zone_id);
  if (!zone) co_return failure(404, ApiCode::zone_not_found, "no zone with the id " + zone_id);
  const Result<json::Value> asked = co_await json_body(std::move(body));
  if (!asked) co_return failure(400, ApiCode::invalid_body, asked.error().detail);
  const auto facts = requested_purge(services, *zone, *asked);
  if (!facts) co_return failure(400, code_of(facts.error().code), facts.error().detail);

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
