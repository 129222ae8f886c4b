#include "zone/live_zones.h"

#include <filesystem>
#include <gtest/gtest.h>

namespace festina::zone {
namespace {

using std::chrono::seconds;

std::shared_ptr<Zone> zone_named(const std::string& name) {
  auto zone = std::make_shared<Zone>();
  zone->id = id_of(name);
  zone->name = name;
  return zone;
}

SnapshotRef snapshot_with(std::vector<std::shared_ptr<const Zone>> zones) {
  return std::make_shared<const Snapshot>(Snapshot{.zones = ZoneTable(std::move(zones))});
}

class LiveZonesTest : public testing::Test {
 protected:
  ~LiveZonesTest() override { std::filesystem::remove_all(directory_); }
  ZoneStore open() const { return ZoneStore::open((directory_ / "zones.db").string()).value(); }
  static std::vector<PartChange> browser_ttl(int ttl) {
    const std::string body = "{\"value\":" + std::to_string(ttl) + ",\"modified_on\":1}";
    return {{.name = setting_part("browser_cache_ttl"), .body = body, .over = std::nullopt}};
  }
  seconds live_ttl() const {
    return snapshots_.get()->zones.find("example.com")->rules.settings.browser_cache_ttl;
  }

  const std::string id_ = id_of("example.com");
  Snapshots snapshots_{snapshot_with({zone_named("example.com"), zone_named("other.example")})};

 private:
  static std::filesystem::path fresh_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "festina-live-XXXXXX").string();
    return ::mkdtemp(name.data());
  }
  std::filesystem::path directory_ = fresh_directory();
};

TEST_F(LiveZonesTest, PublishesWhatIsSet) {
  LiveZones zones(snapshots_, open());
  EXPECT_TRUE(zones.apply(1, id_, browser_ttl(60)));
  EXPECT_EQ(live_ttl(), seconds(60));
  EXPECT_EQ(zones.applied(), 1U);
  EXPECT_EQ(
      snapshots_.get()->zones.find("other.example")->rules.settings.browser_cache_ttl,
      seconds(14400)
  ) << "of one zone";
  EXPECT_TRUE(zones.part(id_, setting_part("browser_cache_ttl")));
  EXPECT_FALSE(zones.part(id_, setting_part("always_online")));
}

TEST_F(LiveZonesTest, RemembersIt) {
  EXPECT_TRUE(LiveZones(snapshots_, open()).apply(1, id_, browser_ttl(60)));
  Snapshots later{snapshot_with({zone_named("example.com")})};
  const LiveZones zones(later, open());
  EXPECT_EQ(later.get()->zones.find("example.com")->rules.settings.browser_cache_ttl, seconds(60));
}

TEST_F(LiveZonesTest, AReloadBringsTheFileAndKeepsWhatWasSet) {
  LiveZones zones(snapshots_, open());
  EXPECT_TRUE(zones.apply(1, id_, browser_ttl(60)));

  auto changed = zone_named("example.com");
  changed->rules.settings.always_online = true;
  zones.use(snapshot_with({changed}));
  EXPECT_EQ(live_ttl(), seconds(60));
  EXPECT_TRUE(snapshots_.get()->zones.find("example.com")->rules.settings.always_online);
  EXPECT_FALSE(snapshots_.get()->zones.find("other.example"));

  auto defining = zone_named("example.com");
  defining->rules.settings.browser_cache_ttl = seconds(1200);
  defining->filed[setting_part("browser_cache_ttl")] = R"({"value":1200})";
  zones.use(snapshot_with({defining}));
  EXPECT_EQ(live_ttl(), seconds(1200)) << "the file defines it now";
  zones.use(snapshot_with({zone_named("example.com")}));
  EXPECT_EQ(live_ttl(), seconds(60)) << "and now no more";
}

}  // namespace
}  // namespace festina::zone
