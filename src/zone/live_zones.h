// LiveZones: the zones that requests meet: those of the file with what the API set of them. A reload brings other zones
// of the file, a change of the log other parts; each publishes a whole new snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "zone/snapshot.h"
#include "zone/zone_store.h"

namespace festina::zone {

class LiveZones {
 public:
  // `snapshots` outlives it, and holds what the file says.
  LiveZones(Snapshots& snapshots, ZoneStore store);

  // What the file says now.
  void use(SnapshotRef of_file);
  // Errors: io (self); then nothing has changed.
  Result<> apply(
      std::uint64_t sequence, std::string_view zone, const std::vector<PartChange>& changes
  );
  // The last change it has seen; 0 for none.
  std::uint64_t applied() const;
  // What the API set of a zone, by its id. Nothing where it never did.
  std::optional<Part> part(std::string_view zone, std::string_view name) const;

 private:
  struct State {
    SnapshotRef of_file;
    ZoneStore store;
  };
  void publish(const State&);

  Snapshots& snapshots_;
  Guarded<State> state_;
};

}  // namespace festina::zone
