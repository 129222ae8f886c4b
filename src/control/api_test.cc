#include "control/api.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "control/api_fixture.h"
#include "control/explain_api.h"
#include "control/purge_request.h"

namespace festina::control {
namespace {

TEST_F(ApiTest, AsksForTheTokenBelowClientV4) {
  EXPECT_EQ(call("GET", "/client/v4/zones", "", "").status, 403);
  const Got wrong = call("GET", "/client/v4/zones", "", "Bearer wrong");
  EXPECT_EQ(wrong.status, 403);
  EXPECT_EQ(code(wrong), 10000);
  EXPECT_EQ(wrong.body.at("success"), false);
  const Got malformed = call("GET", "/client/v4/zones", "", "Basic x");
  EXPECT_EQ(malformed.status, 400);
  EXPECT_EQ(code(malformed), 6003);
  EXPECT_EQ(wrong.text.find("secret"), std::string::npos);
}

TEST_F(ApiTest, ListsZonesInTheEnvelope) {
  const Got got = call("GET", "/client/v4/zones");

  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.headers.get(http::Name::content_type), "application/json");
  EXPECT_EQ(got.body.at("result").as_array().size(), 2U);
  EXPECT_EQ(got.body.at("result").at(0).at("name"), "example.com");
  EXPECT_EQ(got.body.at("result_info").at("total_count"), 2);
  EXPECT_TRUE(got.body.at("messages").as_array().empty());
}

TEST_F(ApiTest, FiltersZonesAndEndsTheirPages) {
  EXPECT_EQ(
      call("GET", "/client/v4/zones?name=other.example").body.at("result").at(0).at("name"),
      "other.example"
  );
  EXPECT_TRUE(call("GET", "/client/v4/zones?name=none.example").body.at("result").as_array().empty()
  );
  EXPECT_TRUE(call("GET", "/client/v4/zones?account.id=" + std::string(32, 'b'))
                  .body.at("result")
                  .as_array()
                  .empty());
  EXPECT_EQ(
      call("GET", "/client/v4/zones?per_page=1&page=2").body.at("result").at(0).at("name"),
      "other.example"
  );
  EXPECT_TRUE(call("GET", "/client/v4/zones?per_page=1&page=3").body.at("result").as_array().empty()
  );
  EXPECT_TRUE(
      call("GET", "/client/v4/zones?page=18446744073709551615").body.at("result").as_array().empty()
  );
}

TEST_F(ApiTest, ShowsOneZone) {
  EXPECT_EQ(
      call("GET", "/client/v4/zones/" + snapshots.get()->zones.all().front()->id)
          .body.at("result")
          .at("name"),
      "example.com"
  );
  EXPECT_EQ(call("GET", "/client/v4/zones/" + std::string(32, '0')).status, 404);
}

TEST_F(ApiTest, PurgesEverything) {
  EXPECT_TRUE(purges("http://example.com/a.css", R"({"purge_everything":true})"));
}

TEST_F(ApiTest, PurgesByTheKeyServingWouldUse) {
  EXPECT_TRUE(purges("http://example.com/a.css", R"({"files":["http://EXAMPLE.com/x/../a.css"]})"));
  EXPECT_FALSE(purges("http://example.com/b.css", R"({"files":["http://example.com/a.css"]})"));
}

TEST_F(ApiTest, PurgesByHostAndPrefixAsUrlsAreNormalised) {
  EXPECT_TRUE(purges("http://example.com/a.css", R"({"hosts":["EXAMPLE.com."]})"));
  EXPECT_TRUE(purges("http://example.com/x/a.css", R"({"prefixes":["Example.com/y/../x/"]})"));
  EXPECT_TRUE(purges("http://example.com/x", R"({"prefixes":["example.com/x/"]})"));
  EXPECT_TRUE(purges("http://example.com/x", R"({"prefixes":["example.com/"]})"));
  EXPECT_FALSE(purges("http://example.com/xy", R"({"prefixes":["example.com/x"]})"));
  EXPECT_FALSE(purges("http://www.example.com/", R"({"hosts":["example.com"]})"));
  EXPECT_TRUE(purges("http://nobody.example/a", R"({"hosts":["nobody.example"]})"))
      << "fetched by a Worker of this zone, perhaps";
}

TEST_F(ApiTest, PurgesSeveralKindsTogether) {
  const std::string body =
      R"({"tags":["A"],"files":["http://example.com/a.css"],"hosts":["h.example.com"]})";
  EXPECT_TRUE(purges("http://example.com/a.css", body));
  EXPECT_TRUE(purges("http://h.example.com/", body));
  EXPECT_EQ(log->head(), 2U) << "one change for one call";
}

TEST_F(ApiTest, PurgesOneKindInACallWhereTheZoneWantsIt) {  // reference §10.1
  use_zone({.purge_mixed_kinds = policy::PurgeMixedKinds::refused});
  const Got mixed = call("POST", purge_path(), R"({"tags":["a"],"hosts":["example.com"]})");
  EXPECT_EQ(mixed.status, 400);
  EXPECT_NE(mixed.text.find("purge_mixed_kinds"), std::string::npos) << mixed.text;
  EXPECT_EQ(log->head(), 0U) << "nothing of it is purged";
  EXPECT_TRUE(purges("http://example.com/a.css", R"({"hosts":["example.com"]})"));
}

TEST_F(ApiTest, LimitsTagsAndTheirLength) {
  const auto tags = [](std::size_t count, std::size_t size) {
    std::string body = R"({"tags":[)";
    for (std::size_t i = 0; i < count; ++i)
      body += (i > 0 ? ",\"" : "\"") + std::string(size, 't') + "\"";
    return body + "]}";
  };
  EXPECT_EQ(call("POST", purge_path(), tags(kMaxPurgeItems, 1)).status, 200);
  EXPECT_EQ(call("POST", purge_path(), tags(kMaxPurgeItems + 1, 1)).status, 400);
  EXPECT_EQ(call("POST", purge_path(), tags(1, kMaxPurgeTagBytes)).status, 200);
  EXPECT_EQ(call("POST", purge_path(), tags(1, kMaxPurgeTagBytes + 1)).status, 400);
}

TEST_F(ApiTest, LimitsTheSegmentsOfAPrefix) {
  const auto prefix = [](std::size_t separators) {
    std::string text = "example.com";
    for (std::size_t i = 0; i < separators; ++i) text += "/s";
    return R"({"prefixes":[")" + text + "\"]}";
  };
  EXPECT_EQ(call("POST", purge_path(), prefix(cache::kMaxPrefixSeparators)).status, 200);
  EXPECT_EQ(call("POST", purge_path(), prefix(cache::kMaxPrefixSeparators + 1)).status, 400);
}

TEST_F(ApiTest, TakesAPrefixAsTextWhereTheZoneWantsIt) {  // reference §10.4
  use_zone({.prefix_purge = policy::PrefixPurge::text});
  EXPECT_TRUE(purges("http://example.com/foobar", R"({"prefixes":["Example.com/y/../foo"]})"));
  EXPECT_TRUE(purges("http://example.com/foo/bar", R"({"prefixes":["example.com/foo"]})"));
  EXPECT_TRUE(purges("http://example.com/foo/bar", R"({"prefixes":["example.com/foo/"]})"));
  EXPECT_FALSE(purges("http://example.com/foo", R"({"prefixes":["example.com/foo/"]})"));
  EXPECT_TRUE(purges("http://example.com/foo", R"({"prefixes":["example.com/"]})"));
  EXPECT_TRUE(purges("http://example.com/foo", R"({"prefixes":["example.com"]})"));
  EXPECT_FALSE(purges("http://www.example.com/foo", R"({"prefixes":["example.com/f"]})"));
}

TEST_F(ApiTest, LimitsAPrefixThatIsText) {
  use_zone({.prefix_purge = policy::PrefixPurge::text});
  const auto prefix = [](std::size_t bytes) {
    std::string text = "example.com/";
    text.append(bytes - text.size(), 'a');
    return R"({"prefixes":[")" + text + "\"]}";
  };
  EXPECT_EQ(call("POST", purge_path(), prefix(kMaxTextPrefixBytes)).status, 200);
  EXPECT_EQ(call("POST", purge_path(), prefix(kMaxTextPrefixBytes + 1)).status, 400);
}

TEST_F(ApiTest, PurgesOfAUrlWhatItsWorkerAnsweredToo) {  // reference §10.5
  const std::string of_worker = "http://example.com/a.css worker=api";
  const std::string body = R"({"files":["http://example.com/a.css"]})";
  const auto routed = [](policy::WorkerCache worker_cache) {
    auto zone = std::make_shared<zone::Zone>(*make_zone("example.com"));
    zone->rules.compat.worker_cache = worker_cache;
    zone->origin = zone::worker_origin("api");
    return zone;
  };
  use(routed(policy::WorkerCache::zone));
  EXPECT_TRUE(purges(of_worker, body));
  EXPECT_TRUE(purges("http://example.com/a.css", body)) << "what it fetched";
  use(routed(policy::WorkerCache::off));
  EXPECT_FALSE(purges(of_worker, body));
}

TEST_F(ApiTest, AnswersAPurgeOnlyWhenItIsInTheLog) {
  call("POST", purge_path(), R"({"purge_everything":true})");
  EXPECT_EQ(log->head(), 1U);
  EXPECT_EQ(cache.applied_sequence(), 1U);
}

TEST_F(ApiTest, RefusesPurgesThatCannotBeMeant) {
  struct Case {
    std::string body;
    int code;
    std::string said;
  };
  const Case cases[] = {
      {"{", 6007, ""},
      {"{}", 1012, "must contain one of"},
      {R"({"purge_everything":false})", 1013, "must be true"},
      {R"({"purge_everything":1})", 1013, "must be true"},
      {R"({"purge_everything":true,"tags":["a"]})", 1016, "stands alone"},
      {R"({"tags":"a"})", 1014, "tags\\\" must be an array"},
      {R"({"files":{}})", 1014, "files"},
      {R"({"tags":[]})", 1012, "must contain one of"},
      {R"({"tags":[1]})", 1016, "an item of"},
      {R"({"tags":["x y"]})", 1016, "is no tag"},
      {R"({"tags":["a,b"]})", 1016, "is no tag"},
      {R"({"tags":[""]})", 1016, "is no tag"},
      {R"({"hosts":["other.example"]})", 1016, "belongs to the zone other.example"},
      {R"({"hosts":["example.com:80"]})", 1016, "all its ports"},
      {R"({"hosts":["a/b"]})", 1016, "is no host"},
      {R"({"hosts":[""]})", 1016, "is no host"},
      {R"({"prefixes":["http://example.com/a"]})", 1016, "without a scheme"},
      {R"({"prefixes":["example.com/a?b"]})", 1016, "no query"},
      {R"({"prefixes":["example.com/a#b"]})", 1016, "no query and no fragment"},
      {R"({"prefixes":["other.example/a"]})", 1016, "belongs to the zone other.example"},
      {R"({"prefixes":["/a"]})", 1016, "is no host"},
      {R"({"files":["http://other.example/a.css"]})", 1016, "belongs to the zone other.example"},
      {R"({"files":["http://nobody.example/a.css"]})", 1016, "not in the zone example.com"},
      {R"({"files":["no url"]})", 1016, "no url"},
      {R"({"files":[1]})", 1016, "an item of"},
      {R"({"files":[{"url":"http://example.com/","headers":{"Origin":1}}]})", 1016, "Origin"},
  };
  for (const Case& c : cases) {
    const Got got = call("POST", purge_path(), c.body);
    EXPECT_EQ(got.status, 400) << c.body;
    EXPECT_EQ(code(got), c.code) << c.body;
    EXPECT_NE(got.text.find(c.said), std::string::npos) << got.text;
  }
  EXPECT_EQ(log->head(), 0U);
}

TEST_F(ApiTest, LimitsTheFilesOfOnePurge) {
  const auto files = [](std::size_t count) {
    std::string body = R"({"files":["http://example.com/0")";
    for (std::size_t i = 1; i < count; ++i)
      body += ",\"http://example.com/" + std::to_string(i) + "\"";
    return body + "]}";
  };
  EXPECT_EQ(call("POST", purge_path(), files(kMaxPurgeItems)).status, 200);
  EXPECT_EQ(call("POST", purge_path(), files(kMaxPurgeItems + 1)).status, 400);
}

TEST_F(ApiTest, LimitsBodies) {
  const std::string head = R"({"purge_everything":true,"x":")";
  const std::string tail = "\"}";
  const std::size_t room = kMaxBodyBytes - head.size() - tail.size();
  EXPECT_EQ(call("POST", purge_path(), head + std::string(room, 'x') + tail).status, 200);
  EXPECT_EQ(call("POST", purge_path(), head + std::string(room + 1, 'x') + tail).status, 400);
}

TEST_F(ApiTest, NamesUnknownRoutesAndMethods) {
  EXPECT_EQ(code(call("GET", "/client/v4/nothing")), 7003);
  const Got method = call("GET", purge_path());
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.headers.get("Allow"), "POST");
  EXPECT_EQ(call("GET", "/nothing").status, 404);
}

TEST_F(ApiTest, ExplainShowsWhatElseIsStoredForThePath) {
  const std::string url = "http://example.com/a.css";
  for (std::size_t i = 0; i < 7; ++i) store(url + "?v=" + std::to_string(i), url);
  const Got got = call("GET", "/festina/v1/explain?url=" + url, "", "");
  std::size_t others = 0;
  for (const json::Value& step : got.body.at("steps").as_array())
    others += json::string_member(step, "value") == "stored too" ? 1 : 0;
  EXPECT_EQ(others, kMaxOtherKeys);
}

TEST_F(ApiTest, HealthFollowsReadiness) {
  EXPECT_EQ(call("GET", "/festina/v1/health", "", "").status, 200);
  ready = false;
  EXPECT_EQ(call("GET", "/festina/v1/health", "", "").status, 503);
  EXPECT_EQ(call("GET", "/festina/v1/health/live", "", "").status, 200);
}

TEST_F(ApiTest, MovesTheTestClockWithTheToken) {
  const TimePoint before = clock.now();
  EXPECT_EQ(call("POST", "/festina/v1/clock", R"({"advance":60})", "").status, 403);
  EXPECT_EQ(call("POST", "/festina/v1/clock", R"({"advance":60})").status, 200);
  EXPECT_GE(clock.now() - before, std::chrono::seconds(60));
}

TEST_F(ApiTest, RefusesClockMovesThatAreNone) {
  for (const char* body :
       {R"({"advance":-1})", R"({"advance":"60"})", R"({})", R"({"advance":315360001})"}) {
    EXPECT_EQ(call("POST", "/festina/v1/clock", body).status, 400) << body;
  }
  EXPECT_EQ(call("POST", "/festina/v1/clock", R"({"advance":315360000})").status, 200);
}

TEST_F(ApiTest, ExplainsWithoutAToken) {
  const Got got = call("GET", "/festina/v1/explain?url=http://example.com/a.css&colo=fra", "", "");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body.at("zone"), "example.com");
  EXPECT_EQ(got.body.at("steps").at(0).at("reason"), "default_extension");
}

TEST_F(ApiTest, ExplainSaysWhatIsWrongWithTheQuestion) {
  EXPECT_NE(call("GET", "/festina/v1/explain").text.find("url"), std::string::npos);
  EXPECT_NE(
      call("GET", "/festina/v1/explain?url=http://example.com/&colo=XXX").text.find("FRA"),
      std::string::npos
  );
  EXPECT_NE(
      call("GET", "/festina/v1/explain?url=http://no.example/")
          .text.find("example.com, other.example"),
      std::string::npos
  );
  EXPECT_EQ(call("GET", "/festina/v1/explain?url=http://example.com/&header=x").status, 400);
}

TEST_F(ApiTest, ShowsColosAndMetrics) {
  EXPECT_EQ(call("GET", "/festina/v1/colos").body.at("colos").at(0).at("name"), "FRA");
  EXPECT_NE(
      call("GET", "/metrics").text.find("festina_cache_entries{colo=\"FRA\"} 0"), std::string::npos
  );
  EXPECT_NE(call("GET", "/").text.find("example.com"), std::string::npos);
}

}  // namespace
}  // namespace festina::control
