#include "control/purge_api.h"

#include "base/crypto.h"
#include "cluster/applier.h"
#include "control/envelope.h"
#include "control/purge_reach.h"
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

Awaitable<http::Reply> purge(ZoneCall call) {
  const bool purges =
      call.request.method == http::Method::post || call.request.method == http::Method::del;
  if (!purges) co_return wrong_method("POST");
  const Result<json::Value> asked = co_await json_body(std::move(call.body));
  if (!asked) co_return failure(400, ApiCode::invalid_body, asked.error().detail);
  const auto facts = requested_purge(call.services, call.zone, *asked);
  if (!facts) co_return failure(400, code_of(facts.error().code), facts.error().detail);

  const std::vector<Message> messages = unreached(call.services, call.zone, *facts);
  store::Change change;
  change.kind = store::ChangeKind::purge;
  change.scope = call.zone.id;
  change.body = cluster::purge_body(*facts);
  change.request_id = random_hex(32);
  const Result<std::uint64_t> appended = co_await call.services.log.append(std::move(change));
  if (!appended)
    co_return failure(
        503, ApiCode::internal, "the purge could not be written: " + appended.error().detail
    );
  co_return success_saying(json::Object{{"id", call.zone.id}}, messages);
}

}  // namespace festina::control
