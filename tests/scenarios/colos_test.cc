// Several data centres in one process: own listeners, cache and counters.
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

EdgeOptions two_colos() {
  EdgeOptions options;
  options.colos =
      "[[colos]]\nname = \"FRA\"\ncountry = \"DE\"\nlisten = [\"http://127.0.0.1:0\"]\n"
      "[[colos]]\nname = \"LHR\"\ncountry = \"GB\"\nlisten = [\"http://127.0.0.1:0\"]\n";
  return options;
}

class Colos : public SiteScenario {
 protected:
  Colos() : SiteScenario(two_colos()) {}
};

TEST_F(Colos, StoredInOneIsAMissInTheOther) {
  origin.answers("/a.css", ok("x", "max-age=60"));

  EXPECT_EQ(edge.get(kSite + "/a.css", {}, "FRA").cache_status(), "MISS");
  EXPECT_EQ(edge.get(kSite + "/a.css", {}, "FRA").cache_status(), "HIT");
  const Answer other = edge.get(kSite + "/a.css", {}, "LHR");

  EXPECT_EQ(other.cache_status(), "MISS");
  EXPECT_EQ(other.field("CF-Ray").substr(16), "-LHR");
  EXPECT_EQ(origin.asked("/a.css", "CF-IPCountry"), "GB");
  EXPECT_EQ(origin.requests("/a.css"), 2U);
}

TEST_F(Colos, CountTheirOwnRequests) {
  origin.answers("/a.css", ok("x", "max-age=60"));
  edge.get(kSite + "/a.css", {}, "FRA");
  edge.get(kSite + "/a.css", {}, "FRA");

  const std::string metrics = edge.api("GET", "/metrics").body;

  EXPECT_NE(metrics.find("colo=\"FRA\""), std::string::npos);
  EXPECT_NE(
      metrics.find("festina_requests_total{colo=\"FRA\",source=\"eyeball\",cache_status=\"hit\"} 1"
      ),
      std::string::npos
  ) << metrics;
  EXPECT_EQ(
      metrics.find("festina_requests_total{colo=\"LHR\",source=\"eyeball\",cache_status=\"hit\"} 1"
      ),
      std::string::npos
  );
}

TEST_F(Colos, APurgeReachesAllOfThem) {
  origin.answers("/a.css", ok("x", "max-age=60"));
  for (const char* colo : {"FRA", "LHR"}) edge.get(kSite + "/a.css", {}, colo);
  const json::Value zones = json::parse(edge.api("GET", "/client/v4/zones").body).value();
  const std::string id = zones.at("result").at(0).at("id").as_string().c_str();

  const Answer purged =
      edge.api("POST", "/client/v4/zones/" + id + "/purge_cache", R"({"purge_everything":true})");

  EXPECT_EQ(purged.status, 200) << purged.body;
  for (const char* colo : {"FRA", "LHR"})
    EXPECT_EQ(edge.get(kSite + "/a.css", {}, colo).cache_status(), "MISS");
}

}  // namespace
}  // namespace festina::harness
