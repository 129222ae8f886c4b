#include "cluster/applier.h"

#include <gtest/gtest.h>

#include "cluster/hand_log.h"

namespace festina::cluster {
namespace {

using cache::PurgeFact;
using cache::PurgeKind;

class ApplierTest : public testing::Test {
 protected:
  ApplierTest() { EXPECT_TRUE(applier.start()); }
  store::Change purge(std::uint64_t sequence, std::string body) const {
    return {
        .sequence = sequence,
        .at = {},
        .kind = store::ChangeKind::purge,
        .scope = "zone",
        .body = std::move(body),
        .request_id = "r"
    };
  }
  ManualClock clock{TimePoint(std::chrono::seconds(1'000'000))};
  cache::Cache cache{1 << 20, clock};
  HandLog log;
  Applier applier{log, cache};
  const policy::CacheKey key{.text = "http://example.com/a.css", .zone = "zone"};
};

TEST_F(ApplierTest, BeginsAtTheHeadOfTheLog) {
  EXPECT_EQ(log.followed_from, 7U);
  EXPECT_EQ(cache.applied_sequence(), 7U);
}

TEST_F(ApplierTest, AppliesKeysToTheZoneAlone) {
  const cache::Birth born = cache.birth();
  log.deliver(purge(8, R"({"keys":["http://example.com/a.css"]})"));

  EXPECT_TRUE(cache.has_purged(key, born));
  EXPECT_FALSE(cache.has_purged({.text = "http://example.com/b.css", .zone = "zone"}, born));
  EXPECT_FALSE(cache.has_purged({.text = key.text, .zone = "other"}, born));
  EXPECT_EQ(cache.applied_sequence(), 8U);
}

TEST_F(ApplierTest, TakesAnUnreadableRecordForEverything) {
  const cache::Birth born = cache.birth();
  log.deliver(purge(8, "{"));
  EXPECT_TRUE(cache.has_purged(key, born));
}

TEST(PurgeBody, ComesBackAsTheSameFacts) {
  const std::vector<PurgeFact> keys{{PurgeKind::key, "a"}, {PurgeKind::key, "b \"quoted\""}};
  const auto facts = purge_facts(purge_body(keys));
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 2U);
  EXPECT_EQ(facts->at(1).value, "b \"quoted\"");
  EXPECT_EQ(purge_body({{PurgeKind::everything, ""}}), R"({"everything":true})");
}

TEST(PurgeBody, ListsEveryKindOfFact) {
  const std::vector<PurgeFact> facts{
      {PurgeKind::tag, "shoes"},
      {PurgeKind::key, "k"},
      {PurgeKind::host, "h"},
      {PurgeKind::prefix, "h/a"},
      {PurgeKind::tag, "hats"},
      {PurgeKind::text_prefix, "h/b-"},
  };
  const std::string body = purge_body(facts);
  EXPECT_EQ(
      body,
      R"({"tags":["shoes","hats"],"keys":["k"],"hosts":["h"],"prefixes":["h/a"],"text_prefixes":["h/b-"]})"
  );
  const auto back = purge_facts(body);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), facts.size());
  EXPECT_EQ(back->at(1).kind, PurgeKind::tag);
  EXPECT_EQ(back->at(1).value, "hats");
  EXPECT_EQ(back->at(4).kind, PurgeKind::prefix);
  EXPECT_EQ(back->at(5).kind, PurgeKind::text_prefix);
}

TEST(PurgeFacts, RefusesWhatIsNoPurge) {
  for (const char* body :
       {"",
        "[]",
        "{}",
        R"({"keys":"a"})",
        R"({"keys":[1]})",
        R"({"everything":false})",
        R"({"tags":[]})",
        R"({"keys":["a"],"colours":["b"]})"}) {
    EXPECT_FALSE(purge_facts(body)) << body;
  }
}

TEST_F(ApplierTest, CountsOtherChangesAndPurgesNothing) {
  const cache::Birth born = cache.birth();
  store::Change other = purge(8, "{}");
  other.kind = store::ChangeKind::zone;
  log.deliver(other);
  EXPECT_FALSE(cache.has_purged(key, born));
  EXPECT_EQ(cache.applied_sequence(), 8U);
}

}  // namespace
}  // namespace festina::cluster
