// What hits which entry is tested through purge_table_test.cc; here is what only the facts themselves know.
#include "cache/zone_purges.h"

#include <gtest/gtest.h>

namespace festina::cache {
namespace {

class ZonePurgesTest : public testing::Test {
 protected:
  bool hits(std::uint64_t sequence, const PurgeSubject& subject) const {
    return zone_.purged_after(sequence, subject, hash_);
  }

  KeyedHash hash_{42};
  ZonePurges zone_{"z"};
};

TEST_F(ZonePurgesTest, HaveFactsBeforeTheyPublishThem) {
  zone_.enter(hash_, {{.kind = PurgeKind::key, .value = "a"}}, 5);
  EXPECT_EQ(zone_.last_sequence(), 0u);
  EXPECT_TRUE(hits(4, {.key = "a", .target = "", .tags = {}}));
  zone_.publish(5);
  zone_.publish(4);
  EXPECT_EQ(zone_.last_sequence(), 5u) << "never back";
}

TEST_F(ZonePurgesTest, CountFactsOfEveryKindOnce) {
  zone_.enter(
      hash_,
      {{.kind = PurgeKind::key, .value = "a"},
       {.kind = PurgeKind::tag, .value = "a"},
       {.kind = PurgeKind::host, .value = "a"},
       {.kind = PurgeKind::prefix, .value = "a"},
       {.kind = PurgeKind::text_prefix, .value = "a"},
       {.kind = PurgeKind::everything, .value = ""}},
      1
  );
  zone_.enter(hash_, {{.kind = PurgeKind::tag, .value = "a"}}, 2);
  EXPECT_EQ(zone_.facts(), 5u);
}

TEST_F(ZonePurgesTest, TakeEverythingOnceTheirFactsAreForgotten) {
  zone_.enter(hash_, {{.kind = PurgeKind::tag, .value = "a"}}, 5);
  zone_.raise_floor();
  EXPECT_EQ(zone_.facts(), 0u);
  EXPECT_TRUE(hits(4, {.key = "k", .target = "h/", .tags = std::span<const std::uint64_t>()}));
  EXPECT_FALSE(hits(5, {.key = "k", .target = "h/", .tags = std::span<const std::uint64_t>()}));
}

TEST_F(ZonePurgesTest, LookNoFurtherThanThePathOfATarget) {
  zone_.enter(hash_, {{.kind = PurgeKind::prefix, .value = "h/a"}}, 5);
  EXPECT_TRUE(hits(4, {.key = "", .target = "h/a", .tags = {}}));
  EXPECT_TRUE(hits(4, {.key = "", .target = "h/a//b", .tags = {}}));
  EXPECT_FALSE(hits(4, {.key = "", .target = "h", .tags = {}}));
  EXPECT_FALSE(hits(4, {.key = "", .target = "", .tags = {}}));
}

}  // namespace
}  // namespace festina::cache
