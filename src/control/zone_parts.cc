#include "control/zone_parts.h"

#include <algorithm>
#include <string>

#include "base/crypto.h"
#include "cluster/zone_applier.h"
#include "control/envelope.h"

namespace festina::control {
namespace {

json::Value parsed(const std::string& body) {
  Result<json::Value> value = json::parse(body);
  check(value.has_value(), "the body of a part is JSON");
  return *std::move(value);
}

// Did the change of this sequence set the part, and not another one before it?
bool was_set(
    const ControlServices& services, std::string_view zone_id, const zone::PartChange& change,
    std::uint64_t sequence
) {
  const auto part = services.zones.part(zone_id, change.name);
  if (!change.body) return !part || part->sequence > sequence;
  return part && part->sequence >= sequence;
}

}  // namespace

std::optional<StandingPart> standing_part(
    const ControlServices& services, const zone::Zone& zone, std::string_view name
) {
  const auto filed = zone.filed.find(name);
  if (filed != zone.filed.end())
    return StandingPart{.body = parsed(filed->second), .sequence = 0, .is_filed = true};
  const auto part = services.zones.part(zone.id, name);
  if (!part) return std::nullopt;
  return StandingPart{.body = parsed(part->body), .sequence = part->sequence, .is_filed = false};
}

http::Reply refused_as_filed(std::string_view what) {
  return failure(
      403,
      ApiCode::read_only,
      std::string(what) + " is set by the node's configuration file and can only be read here; " +
          "remove it there and reload to set it through the API"
  );
}

Awaitable<Result<>> set_parts(
    const ControlServices& services, std::string zone_id, std::vector<zone::PartChange> changes
) {
  store::Change change;
  change.kind = store::ChangeKind::zone;
  change.scope = zone_id;
  change.body = cluster::zone_body(changes);
  change.request_id = random_hex(32);
  const Result<std::uint64_t> sequence = co_await services.log.append(std::move(change));
  if (!sequence) co_return sequence.error();
  if (services.zones.applied() < *sequence)
    co_return Error{ErrorCode::io, Side::self, "zones.db cannot be written; the log tells why"};
  const bool all_set = std::ranges::all_of(changes, [&](const zone::PartChange& each) {
    return was_set(services, zone_id, each, *sequence);
  });
  if (all_set) co_return Result<>();
  co_return Error{ErrorCode::conflict, Side::client, "somebody else changed it at the same time"};
}

http::Reply failure_of_change(const Error& error) {
  if (error.code == ErrorCode::conflict)
    return failure(409, ApiCode::conflict, error.detail + "; read it again and repeat");
  return failure(503, ApiCode::internal, "the change could not be written: " + error.detail);
}

}  // namespace festina::control
