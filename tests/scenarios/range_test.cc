// Ranges and conditions, as a client sees them (reference §1.8, §1.10).
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr const char* kDate = "Tue, 14 Nov 2023 22:13:20 GMT";

// Ten digits a thousand times over, with both validators.
Reaction digits(bool chunked = false) {
  std::string body;
  for (int i = 0; i < 1000; ++i) body += "0123456789";
  Reaction reaction = ok(body, "max-age=60");
  reaction.fields.emplace_back("ETag", "\"digits\"");
  reaction.fields.emplace_back("Last-Modified", kDate);
  reaction.chunked = chunked;
  return reaction;
}

class Ranges : public SiteScenario {
 protected:
  Answer get(const std::string& path, const Fields& fields, const std::string& method = "GET")
      const {
    return edge.get(kSite + path, {.method = method, .fields = fields, .body = {}});
  }
  void store(const std::string& path, const Reaction& reaction = digits()) {
    origin.answers(path, reaction);
    expect_answer(edge.get(kSite + path), 200, "MISS", reaction.body);
  }
};

TEST_F(Ranges, OfAStoredResponseAreHits) {
  store("/a.css");
  edge.advance(std::chrono::seconds(7));

  const Answer part = get("/a.css", {{"Range", "bytes=2-4"}});

  expect_answer(part, 206, "HIT", "234");
  EXPECT_EQ(part.field("Content-Range"), "bytes 2-4/10000");
  EXPECT_EQ(part.field("Content-Length"), "3");
  EXPECT_EQ(part.field("Content-Type"), "text/plain");
  EXPECT_EQ(part.field("ETag"), "\"digits\"");
  EXPECT_EQ(part.field("Last-Modified"), kDate);
  EXPECT_EQ(part.field("Age"), "7");
  EXPECT_EQ(part.field("Cache-Control"), "public, max-age=14400");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Ranges, AreOfTheBytesAsked) {
  const std::string body = digits().body;
  store("/a.css");
  const struct {
    const char* range;
    int status;
    std::string content_range;
    std::string body;
  } cases[] = {
      {"bytes=9990-", 206, "bytes 9990-9999/10000", "0123456789"},
      {"bytes=-3", 206, "bytes 9997-9999/10000", "789"},
      {"bytes=-50000", 206, "bytes 0-9999/10000", body},
      {"bytes=9998-50000", 206, "bytes 9998-9999/10000", "89"},
      {"bytes=10000-", 416, "bytes */10000", ""},
      {"bytes=", 416, "bytes */10000", ""},
      {"bytes=-0", 416, "bytes */10000", ""},
      {"bytes=9-3", 416, "bytes */10000", ""},
      {"bytes=0-5,3-6", 200, "", body},
      {"bytes=5-6,0-1", 200, "", body},
      {"lines=0-1", 200, "", body},
      {"bytes=99999999999999999999-", 200, "", body},
  };
  for (const auto& c : cases) {
    const Answer answer = get("/a.css", {{"Range", c.range}});
    expect_answer(answer, c.status, "HIT", c.body);
    EXPECT_EQ(answer.field("Content-Range"), c.content_range) << c.range;
  }
  EXPECT_FALSE(get("/a.css", {{"Range", "bytes=10000-"}}).has("Cache-Control"))
      << "nobody keeps a 416";
}

TEST_F(Ranges, MayBeSeveral) {
  store("/a.css");

  const Answer parts = get("/a.css", {{"Range", "bytes=0-1,5-6"}});

  EXPECT_EQ(parts.status, 206);
  EXPECT_EQ(parts.cache_status(), "HIT");
  const std::string type = parts.field("Content-Type");
  const std::string prefix = "multipart/byteranges; boundary=";
  ASSERT_TRUE(type.starts_with(prefix)) << type;
  const std::string line = "--" + type.substr(prefix.size());
  EXPECT_EQ(
      parts.body,
      line + "\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10000\r\n\r\n01\r\n" + line +
          "\r\nContent-Type: text/plain\r\nContent-Range: bytes 5-6/10000\r\n\r\n56\r\n" + line +
          "--\r\n"
  );
  EXPECT_EQ(parts.field("Content-Length"), std::to_string(parts.body.size()));
}

TEST_F(Ranges, CountUnderIfRangeOnlyOfTheVeryResponse) {
  store("/a.css");
  for (const char* holds : {"\"digits\"", kDate}) {
    EXPECT_EQ(get("/a.css", {{"Range", "bytes=0-1"}, {"If-Range", holds}}).status, 206) << holds;
  }
  for (const char* fails : {"\"other\"", "W/\"digits\"", "Tue, 14 Nov 2023 22:13:21 GMT"}) {
    EXPECT_EQ(get("/a.css", {{"Range", "bytes=0-1"}, {"If-Range", fails}}).status, 200) << fails;
  }
}

TEST_F(Ranges, OfAHeadHaveNoBody) {
  store("/a.css");
  const Answer part = get("/a.css", {{"Range", "bytes=2-4"}}, "HEAD");
  expect_answer(part, 206, "HIT", "");
  EXPECT_EQ(part.field("Content-Range"), "bytes 2-4/10000");
  EXPECT_EQ(part.field("Content-Length"), "3");
  EXPECT_EQ(get("/a.css", {{"Range", "bytes=10000-"}}, "HEAD").status, 416);
  EXPECT_EQ(get("/a.css", {{"If-None-Match", "\"digits\""}}, "HEAD").status, 304);
}

TEST_F(Ranges, OfAColdKeyFetchTheWhole) {
  origin.answers("/a.css", digits());

  const Answer part = get("/a.css", {{"Range", "bytes=0-1"}, {"If-Range", "\"digits\""}});

  expect_answer(part, 206, "MISS", "01");
  EXPECT_EQ(origin.asked("/a.css", "Range"), "") << "stored for everybody";
  EXPECT_EQ(origin.asked("/a.css", "If-Range"), "");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", digits().body);
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Ranges, OfAResponseThatCameInChunksAreServedOnceItIsWhole) {
  store("/a.css", digits(true));
  expect_answer(get("/a.css", {{"Range", "bytes=-1"}}), 206, "HIT", "9");
}

TEST_F(Ranges, OfAnErrorAreTheError) {
  origin.answers("/a.css", {.status = 404, .fields = {{"ETag", "\"e\""}}, .body = "not here"});
  edge.get(kSite + "/a.css");
  expect_answer(get("/a.css", {{"Range", "bytes=0-1"}}), 404, "HIT", "not here");
  expect_answer(get("/a.css", {{"If-None-Match", "\"e\""}}), 404, "HIT", "not here");
}

TEST_F(Ranges, OfWhatIsNotCachedAreTheOriginsMatter) {
  origin.answers(
      "/page", {.status = 206, .fields = {{"Content-Range", "bytes 0-1/10"}}, .body = "01"}
  );

  const Answer part = get("/page", {{"Range", "bytes=0-1"}, {"If-Range", "\"x\""}});

  expect_answer(part, 206, "DYNAMIC", "01");
  EXPECT_EQ(part.field("Content-Range"), "bytes 0-1/10");
  EXPECT_EQ(origin.asked("/page", "Range"), "bytes=0-1");
  EXPECT_EQ(origin.asked("/page", "If-Range"), "\"x\"");
}

TEST_F(Ranges, ThatNobodyAskedForAreNotStored) {
  origin.answers(
      "/a.css",
      {.status = 206,
       .fields = {{"Content-Range", "bytes 0-1/10"}, {"Cache-Control", "max-age=60"}},
       .body = "01"}
  );
  expect_answer(edge.get(kSite + "/a.css"), 206, "BYPASS", "01");
  expect_answer(edge.get(kSite + "/a.css"), 206, "BYPASS", "01");
  EXPECT_EQ(origin.requests("/a.css"), 2U);
}

TEST_F(Ranges, ComeAfterConditions) {
  store("/a.css");
  const Answer held = get("/a.css", {{"If-None-Match", "\"digits\""}, {"Range", "bytes=0-1"}});
  expect_answer(held, 304, "HIT", "");
  EXPECT_FALSE(held.has("Content-Range"));
  EXPECT_EQ(get("/a.css", {{"If-None-Match", "\"x\""}, {"Range", "bytes=0-1"}}).status, 206);
}

TEST_F(Ranges, ANotModifiedHasWhatCachesNeed) {  // RFC 9110 §15.4.5, reference §1.10
  Reaction reaction = digits();
  reaction.fields.emplace_back("Vary", "Accept-Encoding");
  reaction.fields.emplace_back("Content-Location", "/digits");
  store("/a.css", reaction);
  edge.advance(std::chrono::seconds(7));

  const Answer held = get("/a.css", {{"If-None-Match", "\"x\", W/\"digits\""}});

  expect_answer(held, 304, "HIT", "");
  EXPECT_EQ(held.field("ETag"), "\"digits\"");
  EXPECT_EQ(held.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(held.field("Content-Location"), "/digits");
  EXPECT_EQ(held.field("Cache-Control"), "public, max-age=14400");
  EXPECT_TRUE(held.has("Date"));
  EXPECT_EQ(held.field("Age"), "7");
  EXPECT_FALSE(held.has("Content-Type"));
  EXPECT_FALSE(held.has("Content-Length"));
  EXPECT_EQ(get("/a.css", {{"If-Modified-Since", kDate}}).status, 304);
  EXPECT_EQ(get("/a.css", {{"If-Match", "\"x\""}}).status, 200) << "no cache evaluates it";
}

}  // namespace
}  // namespace festina::harness
