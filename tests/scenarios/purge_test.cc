// Purge by URL and of everything, over the REST API (reference §10, storage-and-cluster.md promises 4 and 5).
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

class Purge : public SiteScenario {
 protected:
  Purge() {
    const json::Value zones =
        json::parse(edge.api("GET", "/client/v4/zones?name=example.com").body).value();
    zone_id = zones.at("result").at(0).at("id").as_string().c_str();
  }
  Answer purge(const std::string& body) const {
    return edge.api("POST", "/client/v4/zones/" + zone_id + "/purge_cache", body);
  }
  std::string zone_id;
};

TEST_F(Purge, ByUrlRemovesThatUrlOnly) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  origin.answers("/b.css", ok("b", "max-age=60"));
  edge.get(kSite + "/a.css");
  edge.get(kSite + "/b.css");

  const Answer purged = purge(R"({"files":["http://example.com/a.css"]})");

  EXPECT_EQ(purged.status, 200);
  const json::Value envelope = json::parse(purged.body).value();
  EXPECT_TRUE(envelope.at("success").as_bool());
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "MISS");
  EXPECT_EQ(edge.get(kSite + "/b.css").cache_status(), "HIT");
}

TEST_F(Purge, ByUrlNeedsTheKeyedHeaders) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  const Ask cors{.method = "GET", .fields = {{"Origin", "https://app.example"}}, .body = {}};
  edge.get(kSite + "/a.css", cors);

  purge(R"({"files":["http://example.com/a.css"]})");
  EXPECT_EQ(edge.get(kSite + "/a.css", cors).cache_status(), "HIT");

  purge(
      R"({"files":[{"url":"http://example.com/a.css","headers":{"Origin":"https://app.example"}}]})"
  );
  EXPECT_EQ(edge.get(kSite + "/a.css", cors).cache_status(), "MISS");
}

TEST_F(Purge, EverythingRemovesAll) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  edge.get(kSite + "/a.css");

  purge(R"({"purge_everything":true})");

  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "MISS");
}

TEST_F(Purge, AFillBegunBeforeIsNotStoredAfter) {
  origin.answers("/a.css", ok("old", "max-age=60"));
  origin.holds("/a.css");
  auto overtaken = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);

  purge(R"({"purge_everything":true})");
  origin.releases("/a.css");
  EXPECT_EQ(overtaken.get().body, "old");  // it asked before the purge
  origin.answers("/a.css", ok("new", "max-age=60"));

  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "new");
}

TEST_F(Purge, ARequestAfterAPurgeDoesNotJoinAnOlderFill) {
  origin.answers("/a.css", ok("x", "max-age=60"));
  origin.holds("/a.css");
  auto before = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);
  purge(R"({"purge_everything":true})");

  auto after = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 2);
  origin.releases("/a.css");

  EXPECT_EQ(before.get().status, 200);
  EXPECT_EQ(after.get().cache_status(), "MISS");
}

TEST_F(Purge, AcknowledgedMeansNoOldAnswerAnyMore) {
  for (int version = 0; version < 200; ++version) {
    const std::string body = std::to_string(version);
    origin.answers("/a.css", ok(body, "max-age=3600"));
    purge(R"({"files":["http://example.com/a.css"]})");
    ASSERT_EQ(edge.get(kSite + "/a.css").body, body);
    ASSERT_EQ(edge.get(kSite + "/a.css").cache_status(), "HIT");
  }
}

TEST_F(Purge, NeedsTheToken) {
  const Ask ask{
      .method = "POST",
      .fields = {{"Authorization", "Bearer wrong"}},
      .body = R"({"purge_everything":true})"
  };
  const Answer refused =
      fetch(edge.control(), edge.control() + "/client/v4/zones/" + zone_id + "/purge_cache", ask);

  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("10000"), std::string::npos);
}

TEST_F(Purge, RefusesAForeignHost) {
  const Answer refused = purge(R"({"files":["http://other.example/a.css"]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("other.example"), std::string::npos);
}

TEST_F(Purge, CommandLineDoesTheSame) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  edge.get(kSite + "/a.css");

  const Outcome outcome = run_festina(
      {"purge",
       "--control",
       edge.control(),
       "--token",
       edge.token(),
       "--zone",
       "example.com",
       "--url",
       "http://example.com/a.css"}
  );

  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "MISS");
}

// The configuration says port 0: the node alone knows its own.
TEST_F(Purge, CommandsFindTheNodeOfTheirConfiguration) {
  origin.answers("/a.css", ok("a", "max-age=60"));
  edge.get(kSite + "/a.css");

  const std::string config = edge.config_file();
  const Outcome purged = run_festina(
      {"purge", "--config", config, "--zone", "example.com", "--url", "http://example.com/a.css"}
  );
  EXPECT_EQ(purged.exit_code, 0) << purged.errors;
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "MISS");

  const Outcome told = run_festina({"env", "--config", config});
  EXPECT_EQ(told.exit_code, 0) << told.errors;
  EXPECT_NE(
      told.output.find("CLOUDFLARE_API_BASE_URL=" + edge.control() + "/client/v4\n"),
      std::string::npos
  ) << told.output;
}

}  // namespace
}  // namespace festina::harness
