#include "zone/snapshot.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

SnapshotRef snapshot_with(const std::string& name) {
  auto zone = std::make_shared<Zone>();
  zone->name = name;
  return std::make_shared<const Snapshot>(Snapshot{.zones = ZoneTable({std::move(zone)})});
}

TEST(KeptBy, HoldsTheSnapshotAndNotTheZone) {
  SnapshotRef snapshot = snapshot_with("example.com");
  const std::weak_ptr<const Snapshot> watched = snapshot;
  const auto& found = snapshot->zones.find("example.com");
  const long counted = found.use_count();
  std::shared_ptr<const Zone> kept = kept_by(snapshot, found);
  EXPECT_EQ(found.use_count(), counted) << "threads share no count of a zone";
  snapshot.reset();
  EXPECT_EQ(kept->name, "example.com");
  EXPECT_FALSE(watched.expired());
  kept.reset();
  EXPECT_TRUE(watched.expired());
}

TEST(KeptBy, OfNoZoneIsNone) {
  const SnapshotRef snapshot = snapshot_with("example.com");
  EXPECT_FALSE(kept_by(snapshot, snapshot->zones.find("other.example")));
}

TEST(Snapshots, LeaveARequestTheOneItBeganWith) {
  Snapshots snapshots(snapshot_with("old.example"));
  const SnapshotRef of_request = snapshots.get();
  snapshots.replace(snapshot_with("new.example"));
  EXPECT_TRUE(of_request->zones.find("old.example"));
  EXPECT_FALSE(snapshots.get()->zones.find("old.example"));
  EXPECT_TRUE(snapshots.get()->zones.find("new.example"));
}

}  // namespace
}  // namespace festina::zone
