#include "cluster/zone_applier.h"

#include <optional>

#include "base/json.h"
#include "base/log.h"

namespace festina::cluster {
namespace {

std::optional<zone::PartChange> part_change(std::string_view name, const json::Value& said) {
  const json::Value* body = json::find(said, "body");
  if (body == nullptr) return std::nullopt;
  zone::PartChange change{.name = std::string(name), .body = std::nullopt, .over = std::nullopt};
  if (!body->is_null()) change.body = json::to_text(*body);
  if (json::find(said, "over") == nullptr) return change;
  const auto over = json::integer_member(said, "over");
  if (!over || *over < 0) return std::nullopt;
  change.over = static_cast<std::uint64_t>(*over);
  return change;
}

json::Value said_of(const zone::PartChange& change) {
  json::Object said;
  if (change.over) said["over"] = *change.over;
  json::Value& body = said["body"];
  if (!change.body) return said;
  Result<json::Value> parsed = json::parse(*change.body);
  check(parsed.has_value(), "the body of a part is JSON");
  body = *std::move(parsed);
  return said;
}

}  // namespace

std::string zone_body(const std::vector<zone::PartChange>& changes) {
  json::Object parts;
  for (const zone::PartChange& change : changes) parts[change.name] = said_of(change);
  return json::to_text(json::Object{{"parts", std::move(parts)}});
}

Result<std::vector<zone::PartChange>> part_changes(std::string_view body) {
  Error unreadable{
      ErrorCode::malformed, Side::self, "a zone record that is none: " + std::string(body)
  };
  const Result<json::Value> parsed = json::parse(body);
  const json::Value* parts = parsed ? json::find(*parsed, "parts") : nullptr;
  if (parts == nullptr || !parts->is_object()) return unreadable;
  std::vector<zone::PartChange> changes;
  for (const auto& [name, said] : parts->as_object()) {
    auto change = part_change(name, said);
    if (!change) return unreadable;
    changes.push_back(*std::move(change));
  }
  return changes;
}

ZoneApplier::ZoneApplier(store::ChangeLog& log, zone::LiveZones& zones)
    : log_(log), zones_(zones) {}

Result<> ZoneApplier::start() {
  const std::uint64_t applied = zones_.applied();
  if (applied > log_.head()) {
    return Error{
        ErrorCode::conflict,
        Side::self,
        "zones.db knows change " + std::to_string(applied) + ", control.db ends at " +
            std::to_string(log_.head()) +
            ": the two are not of one node; remove zones.db to read " + "the log anew"
    };
  }
  return log_.follow(applied, [this](const store::Change& change) { apply(change); });
}

void ZoneApplier::apply(const store::Change& change) {
  if (change.kind != store::ChangeKind::zone || has_stopped_) return;
  const auto changes = part_changes(change.body);
  if (!changes) {
    log::error(
        "change.unreadable",
        {{"sequence", change.sequence}, {"zone", change.scope}, {"detail", changes.error().detail}}
    );
    return;
  }
  const Result<> applied = zones_.apply(change.sequence, change.scope, *changes);
  if (applied) return;
  has_stopped_ = true;
  log::error("zones.stopped", {{"sequence", change.sequence}, {"detail", applied.error().detail}});
}

}  // namespace festina::cluster
