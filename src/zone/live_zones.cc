#include "zone/live_zones.h"

#include <memory>
#include <utility>

#include "base/log.h"
#include "zone/composed.h"

namespace festina::zone {
namespace {

std::shared_ptr<const Zone> live(const std::shared_ptr<const Zone>& filed, const Parts& parts) {
  if (parts.empty()) return filed;
  Composed made = composed(*filed, parts);
  for (const std::string& name : made.unreadable) {
    log::error(
        "zone.part_unreadable",
        {{"zone", filed->name}, {"part", name}, {"detail", "it counts as never set"}}
    );
  }
  return std::make_shared<const Zone>(std::move(made.zone));
}

}  // namespace

LiveZones::LiveZones(Snapshots& snapshots, ZoneStore store)
    : snapshots_(snapshots), state_(State{snapshots.get(), std::move(store)}) {
  state_.with([this](const State& state) { publish(state); });
}

void LiveZones::use(SnapshotRef of_file) {
  state_.with([&](State& state) {
    state.of_file = std::move(of_file);
    publish(state);
  });
}

Result<> LiveZones::apply(
    std::uint64_t sequence, std::string_view zone, const std::vector<PartChange>& changes
) {
  return state_.with([&](State& state) -> Result<> {
    const Result<> stored = state.store.apply(sequence, zone, changes);
    if (stored) publish(state);
    return stored;
  });
}

std::uint64_t LiveZones::applied() const {
  return state_.with([](const State& state) { return state.store.applied(); });
}

std::optional<Part> LiveZones::part(std::string_view zone, std::string_view name) const {
  return state_.with([&](const State& state) -> std::optional<Part> {
    const Parts& parts = state.store.parts_of(zone);
    const auto found = parts.find(name);
    return found == parts.end() ? std::nullopt : std::optional(found->second);
  });
}

void LiveZones::publish(const State& state) {
  Snapshot snapshot = *state.of_file;
  std::vector<std::shared_ptr<const Zone>> zones;
  for (const auto& filed : state.of_file->zones.all())
    zones.push_back(live(filed, state.store.parts_of(filed->id)));
  snapshot.zones = ZoneTable(std::move(zones));
  snapshots_.replace(std::make_shared<const Snapshot>(std::move(snapshot)));
}

}  // namespace festina::zone
