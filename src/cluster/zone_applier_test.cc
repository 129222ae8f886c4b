#include "cluster/zone_applier.h"

#include <filesystem>
#include <gtest/gtest.h>

#include "cluster/hand_log.h"

namespace festina::cluster {
namespace {

using zone::PartChange;

class ZoneApplierTest : public testing::Test {
 protected:
  ~ZoneApplierTest() override { std::filesystem::remove_all(directory_); }

  static store::Change change(std::uint64_t sequence, store::ChangeKind kind, std::string body) {
    return {
        .sequence = sequence,
        .at = {},
        .kind = kind,
        .scope = zone::id_of("example.com"),
        .body = std::move(body),
        .request_id = "r"
    };
  }
  std::string file(const std::string& name) const { return (directory_ / name).string(); }
  bool is_online() const {
    return snapshots_.get()->zones.find("example.com")->rules.settings.always_online;
  }

  static constexpr std::string_view kOnline =
      R"({"parts":{"settings/always_online":{"body":{"value":"on","modified_on":1}}}})";
  HandLog log_;

 private:
  static std::filesystem::path fresh_directory() {
    std::string name = (std::filesystem::temp_directory_path() / "festina-zones-XXXXXX").string();
    return ::mkdtemp(name.data());
  }
  static zone::SnapshotRef site() {
    auto zone = std::make_shared<zone::Zone>();
    zone->name = "example.com";
    zone->id = zone::id_of(zone->name);
    return std::make_shared<const zone::Snapshot>(
        zone::Snapshot{.zones = zone::ZoneTable({std::move(zone)})}
    );
  }
  std::filesystem::path directory_ = fresh_directory();
  zone::Snapshots snapshots_{site()};

 protected:
  zone::LiveZones zones_{snapshots_, zone::ZoneStore::open(file("zones.db")).value()};
  ZoneApplier applier_{log_, zones_};
};

TEST(ZoneRecord, IsReadAsItIsWritten) {
  const std::vector<PartChange> changes{
      {.name = "settings/a", .body = R"({"value":"on"})", .over = std::nullopt},
      {.name = "pagerules", .body = "[]", .over = 7},
      {.name = "rulesets/x", .body = std::nullopt, .over = 0},
  };
  EXPECT_EQ(part_changes(zone_body(changes)).value(), changes);
}

TEST(ZoneRecord, OfAnotherFormIsRefused) {
  for (const std::string_view body :
       {"",
        "[]",
        "{}",
        R"({"parts":[]})",
        R"({"parts":{"a":1}})",
        R"({"parts":{"a":{}}})",
        R"({"parts":{"a":{"body":1,"over":"x"}}})",
        R"({"parts":{"a":{"body":1,"over":-1}}})"}) {
    EXPECT_FALSE(part_changes(body)) << body;
  }
}

TEST_F(ZoneApplierTest, GivesZonesWhatIsTheirs) {
  EXPECT_TRUE(applier_.start());
  EXPECT_EQ(log_.followed_from, 0U);
  log_.deliver(change(1, store::ChangeKind::purge, R"({"everything":true})"));
  EXPECT_EQ(zones_.applied(), 0U) << "a purge is no part";
  log_.deliver(change(2, store::ChangeKind::zone, std::string(kOnline)));
  EXPECT_TRUE(is_online());
  EXPECT_EQ(zones_.applied(), 2U);
}

TEST_F(ZoneApplierTest, PassesOverWhatItCannotRead) {
  EXPECT_TRUE(applier_.start());
  log_.deliver(change(1, store::ChangeKind::zone, "{}"));
  EXPECT_FALSE(is_online());
  log_.deliver(change(2, store::ChangeKind::zone, std::string(kOnline)));
  EXPECT_TRUE(is_online());
}

TEST_F(ZoneApplierTest, RefusesZonesOfAnotherLog) {
  const std::uint64_t beyond = log_.head() + 1;
  EXPECT_TRUE(zones_.apply(beyond, "zone", {}));
  const Result<> started = applier_.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace festina::cluster
