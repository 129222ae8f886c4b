// Parts of responses, stored and joined in profile `standard` (RFC 9111 §3.3, §3.4), never in `cloudflare` (reference
// §1.8).
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr const char* kWhole = "0123456789";

Reaction whole(const std::string& etag = "\"x\"") {
  Reaction reaction = ok(kWhole, "max-age=60");
  reaction.fields.emplace_back("ETag", etag);
  return reaction;
}

// The bytes of the whole that a 206 gives.
Reaction part(std::size_t first, std::size_t last, const std::string& etag = "\"x\"") {
  Reaction reaction = whole(etag);
  reaction.status = 206;
  reaction.body = reaction.body.substr(first, last - first + 1);
  reaction.fields.emplace_back(
      "Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(last) + "/10"
  );
  return reaction;
}

class Parts : public testing::Test {
 protected:
  static std::string zones(const std::string& origin) {
    return zone_toml("standard.example", origin, "profile = \"standard\"\n") +
           zone_toml("cloudflare.example", origin);
  }
  Answer get(const std::string& range, const std::string& host = "standard.example") const {
    Ask ask;
    if (!range.empty()) ask.fields = {{"Range", range}};
    return edge.get("http://" + host + "/a.css", ask);
  }
  std::string asked(std::string_view field) const { return origin.asked("/a.css", field); }
  std::size_t requests() const { return origin.requests("/a.css"); }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zones(origin.url()))};
};

TEST_F(Parts, AnswerWhatIsWithinThem) {
  origin.answers("/a.css", part(2, 6));
  const Answer first = get("bytes=2-6");
  EXPECT_EQ(first.status, 206);
  EXPECT_EQ(first.body, "23456");
  EXPECT_EQ(first.field("Content-Range"), "bytes 2-6/10");
  EXPECT_EQ(asked("Range"), "bytes=2-6") << "no more than the client wants";

  const Answer inside = get("bytes=3-4");
  EXPECT_EQ(inside.status, 206);
  EXPECT_EQ(inside.body, "34");
  EXPECT_EQ(inside.field("Content-Range"), "bytes 3-4/10");
  EXPECT_TRUE(inside.has("Age"));
  EXPECT_EQ(requests(), 1U);
}

TEST_F(Parts, GrowTogether) {
  origin.answers("/a.css", part(2, 4));
  EXPECT_EQ(get("bytes=2-4").body, "234");
  origin.answers("/a.css", part(5, 6));
  EXPECT_EQ(get("bytes=3-6").body, "3456");
  EXPECT_EQ(asked("Range"), "bytes=5-6") << "what is missing";
  EXPECT_EQ(asked("If-Range"), "\"x\"");
  origin.answers("/a.css", part(0, 1));
  EXPECT_EQ(get("bytes=0-6").body, "0123456");
  EXPECT_EQ(asked("Range"), "bytes=0-1");
  EXPECT_EQ(get("bytes=1-5").body, "12345");
  EXPECT_EQ(requests(), 3U);

  origin.answers("/a.css", part(7, 9));
  const Answer all = get("");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.body, kWhole);
  EXPECT_FALSE(all.has("Content-Range"));
  EXPECT_EQ(asked("Range"), "bytes=7-");
  EXPECT_EQ(get("").body, kWhole);
  EXPECT_EQ(get("bytes=-3").body, "789");
  EXPECT_EQ(requests(), 4U) << "the whole is stored";
}

TEST_F(Parts, OfAnotherRepresentationAreNeverJoined) {
  origin.answers("/a.css", part(0, 4));
  EXPECT_EQ(get("bytes=0-4").body, "01234");
  Reaction other = whole("\"y\"");
  other.body = "abcdefghij";
  origin.answers("/a.css", other);  // If-Range does not hold any more: the whole
  const Answer all = get("");
  EXPECT_EQ(all.body, "abcdefghij");
  EXPECT_EQ(get("bytes=0-1").body, "ab");
  EXPECT_EQ(requests(), 2U);
}

TEST_F(Parts, ThatAnUpstreamMixesUpAreFetchedWhole) {
  origin.answers("/a.css", part(0, 4));
  EXPECT_EQ(get("bytes=0-4").body, "01234");
  origin.answers("/a.css", part(6, 9));  // 5-9 was asked for
  const Answer all = get("");
  EXPECT_EQ(requests(), 3U) << "the rest, then the whole";
  EXPECT_EQ(asked("Range"), "");
  EXPECT_EQ(all.status, 206) << "this upstream sends nothing else";
  EXPECT_EQ(all.field("Content-Range"), "bytes 6-9/10");
}

TEST_F(Parts, WithoutAStrongEntityTagStandAlone) {
  origin.answers("/a.css", part(0, 4, "W/\"x\""));
  EXPECT_EQ(get("bytes=0-4").body, "01234");
  EXPECT_EQ(get("bytes=1-2").body, "12");
  EXPECT_EQ(requests(), 1U);
  origin.answers("/a.css", whole("W/\"x\""));
  EXPECT_EQ(get("").body, kWhole);
  EXPECT_EQ(asked("Range"), "");
}

TEST_F(Parts, ShorterThanTheySayAreNotStored) {
  Reaction broken = part(2, 6);
  broken.body = "234";
  origin.answers("/a.css", broken);
  EXPECT_EQ(get("bytes=2-6").body, "234") << "what the origin sent";
  EXPECT_EQ(get("bytes=2-6").body, "234");
  EXPECT_EQ(requests(), 2U);
}

TEST_F(Parts, GoWithAPurgeOfTheirUrl) {
  origin.answers("/a.css", part(2, 6));
  EXPECT_EQ(get("bytes=2-6").body, "23456");
  const json::Value zones =
      json::parse(edge.api("GET", "/client/v4/zones?name=standard.example").body).value();
  const std::string zone = zones.at("result").at(0).at("id").as_string().c_str();
  edge.api(
      "POST",
      "/client/v4/zones/" + zone + "/purge_cache",
      R"({"files":["http://standard.example/a.css"]})"
  );
  EXPECT_EQ(get("bytes=2-6").body, "23456");
  EXPECT_EQ(requests(), 2U);
}

TEST_F(Parts, OfAResponseOnItsWayAreReadFromIt) {
  origin.answers("/a.css", whole());
  origin.holds("/a.css");
  auto all = edge.get_async("http://standard.example/a.css");
  origin.await_requests("/a.css", 1);
  auto some = edge.get_async(
      "http://standard.example/a.css",
      {.method = "GET", .fields = {{"Range", "bytes=2-4"}}, .body = {}}
  );
  await_metric(edge, "festina_collapsed_requests_total", 1);
  origin.releases("/a.css");
  EXPECT_EQ(all.get().body, kWhole);
  EXPECT_EQ(some.get().body, "234");
  EXPECT_EQ(requests(), 1U);
}

TEST_F(Parts, AreNotKeptInTheOtherProfile) {
  origin.answers("/a.css", whole());
  EXPECT_EQ(get("bytes=2-4", "cloudflare.example").body, "234");
  EXPECT_EQ(asked("Range"), "") << "the whole is fetched";
}

}  // namespace
}  // namespace festina::harness
