// Every CF-Cache-Status of profile cloudflare, as a client sees it (reference §1, §2).
#include "harness/scenario.h"

namespace festina::harness {
namespace {

class Statuses : public SiteScenario {};

TEST_F(Statuses, DefaultExtensionIsMissThenHit) {
  origin.answers("/a.css", ok("body{}"));

  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "body{}");
  const Answer hit = edge.get(kSite + "/a.css");

  expect_answer(hit, 200, "HIT", "body{}");
  EXPECT_EQ(hit.field("Age"), "0");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Statuses, HtmlIsDynamicWhateverItsCacheControlSays) {
  origin.answers("/page", ok("<p>", "public, max-age=3600"));

  expect_answer(edge.get(kSite + "/page"), 200, "DYNAMIC", "<p>");
  expect_answer(edge.get(kSite + "/page"), 200, "DYNAMIC", "<p>");

  EXPECT_EQ(origin.requests("/page"), 2U);
}

TEST_F(Statuses, PostIsDynamic) {
  origin.answers("/a.css", ok("posted"));
  const Ask post{.method = "POST", .fields = {}, .body = "x=1"};

  expect_answer(edge.get(kSite + "/a.css", post), 200, "DYNAMIC", "posted");
}

// Deviation from RFC 9111 §4.4, as the profile has it: only a purge takes what is stored away.
TEST_F(Statuses, UnsafeMethodsLeaveTheStoredResponseAlone) {
  origin.answers("/a.css", ok("stored", "max-age=600"));
  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "stored");
  origin.answers("/a.css", ok("changed", "max-age=600"));

  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const Ask unsafe{.method = method, .fields = {}, .body = "x=1"};
    expect_answer(edge.get(kSite + "/a.css", unsafe), 200, "DYNAMIC", "changed");
    EXPECT_EQ(origin.asked("/a.css", ":method"), method);
    expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "stored");
  }
}

TEST_F(Statuses, ForbiddenByTheOriginIsBypassEveryTime) {
  origin.answers("/a.css", ok("mine", "private, max-age=60"));

  expect_answer(edge.get(kSite + "/a.css"), 200, "BYPASS", "mine");
  const Answer again = edge.get(kSite + "/a.css");

  expect_answer(again, 200, "BYPASS", "mine");
  EXPECT_EQ(
      again.field("Cache-Control"), "private, max-age=60"
  );  // no browser TTL on BYPASS (reference §2.6)
  EXPECT_EQ(origin.requests("/a.css"), 2U);
}

TEST_F(Statuses, SetCookieIsBypassAndKeepsItsCookie) {
  Reaction reaction = ok("hello");
  reaction.fields.emplace_back("Set-Cookie", "a=1");
  origin.answers("/a.css", reaction);

  const Answer answer = edge.get(kSite + "/a.css");

  expect_answer(answer, 200, "BYPASS", "hello");
  EXPECT_EQ(answer.field("Set-Cookie"), "a=1");
}

TEST_F(Statuses, ACookieOfTheRequestAloneChangesNothing) {  // reference appendix A
  origin.answers("/a.css", ok("a", "max-age=60"));
  const Ask known{.method = "GET", .fields = {{"Cookie", "session=1"}}, .body = {}};
  expect_answer(edge.get(kSite + "/a.css", known), 200, "MISS", "a");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "a");
}

TEST_F(Statuses, ExpiredWhenTheOriginHasANewResponse) {
  origin.answers("/a.css", ok("old", "max-age=60"));
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(61));
  origin.answers("/a.css", ok("new", "max-age=60"));

  expect_answer(edge.get(kSite + "/a.css"), 200, "EXPIRED", "new");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "new");
}

TEST_F(Statuses, RevalidatedWhenTheOriginSaysNotModified) {
  Reaction first = ok("same", "max-age=60");
  first.fields.emplace_back("ETag", "\"v1\"");
  origin.answers("/a.css", first);
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(61));
  origin.answers(
      "/a.css",
      {.status = 304, .fields = {{"ETag", "\"v1\""}, {"Cache-Control", "max-age=60"}}, .body = {}}
  );

  expect_answer(edge.get(kSite + "/a.css"), 200, "REVALIDATED", "same");

  EXPECT_EQ(origin.asked("/a.css", "If-None-Match"), "\"v1\"");
  const Answer hit = edge.get(kSite + "/a.css");
  expect_answer(hit, 200, "HIT", "same");
  EXPECT_EQ(hit.field("Age"), "0");  // counted from the validation (reference §2.3)
}

TEST_F(Statuses, UpdatingInsideStaleWhileRevalidateThenHit) {
  origin.answers("/a.css", ok("old", "max-age=60, stale-while-revalidate=30"));
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(65));
  origin.answers("/a.css", ok("new", "max-age=60"));
  origin.holds("/a.css");

  expect_answer(
      edge.get(kSite + "/a.css"), 200, "UPDATING", "old"
  );  // answered although the origin is still held
  origin.await_requests("/a.css", 2);
  origin.releases("/a.css");

  Answer after;
  do {
    after = edge.get(kSite + "/a.css");
  } while (after.cache_status() == "UPDATING");
  expect_answer(after, 200, "HIT", "new");
  EXPECT_EQ(origin.requests("/a.css"), 2U);
}

TEST_F(Statuses, StaleWhenTheOriginFails) {
  origin.answers("/a.css", ok("kept", "max-age=60"));
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(61));
  origin.answers("/a.css", {.status = 503, .fields = {}, .body = "down"});

  expect_answer(edge.get(kSite + "/a.css"), 200, "STALE", "kept");
}

TEST_F(Statuses, StaleIfErrorZeroPassesTheErrorOn) {
  origin.answers("/a.css", ok("kept", "max-age=60, stale-if-error=0"));
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(61));
  origin.answers("/a.css", {.status = 503, .fields = {}, .body = "down"});

  const Answer answer = edge.get(kSite + "/a.css");

  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "down");
}

TEST_F(Statuses, AgeCountsFromStoring) {
  origin.answers("/a.css", ok("x", "max-age=3600"));
  edge.get(kSite + "/a.css");
  edge.advance(std::chrono::seconds(120));

  EXPECT_EQ(edge.get(kSite + "/a.css").field("Age"), "120");
}

TEST_F(Statuses, HeadAndGetShareOneStoredResponse) {
  origin.answers("/a.css", ok("body{}"));
  const Ask head{.method = "HEAD", .fields = {}, .body = {}};

  const Answer first = edge.get(kSite + "/a.css", head);
  EXPECT_EQ(first.cache_status(), "MISS");
  EXPECT_EQ(first.field("Content-Length"), "6");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "body{}");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Statuses, ClientValidatorIsAnsweredAtTheEdge) {
  Reaction reaction = ok("x", "max-age=60");
  reaction.fields.emplace_back("ETag", "\"v1\"");
  origin.answers("/a.css", reaction);
  edge.get(kSite + "/a.css");
  const Ask conditional{.method = "GET", .fields = {{"If-None-Match", "\"v1\""}}, .body = {}};

  const Answer answer = edge.get(kSite + "/a.css", conditional);

  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.cache_status(), "HIT");
  EXPECT_EQ(answer.field("ETag"), "\"v1\"");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Statuses, TimeOfStoringIsLastModifiedWhereTheOriginSentNoValidator) {  // reference §1.10
  origin.answers("/a.css", ok("x", "max-age=60"));
  const std::string stored = edge.get(kSite + "/a.css").field("Last-Modified");
  ASSERT_FALSE(stored.empty());
  edge.advance(std::chrono::seconds(10));
  EXPECT_EQ(edge.get(kSite + "/a.css").field("Last-Modified"), stored);

  const Ask same{.method = "GET", .fields = {{"If-Modified-Since", stored}}, .body = {}};
  const Answer not_modified = edge.get(kSite + "/a.css", same);
  EXPECT_EQ(not_modified.status, 304);
  EXPECT_EQ(not_modified.field("Last-Modified"), stored);

  edge.advance(std::chrono::seconds(60));  // the origin never heard of that date
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "EXPIRED");
  EXPECT_EQ(origin.asked("/a.css", "If-Modified-Since"), "");
  EXPECT_EQ(edge.get(kSite + "/a.css", same).status, 200) << "stored anew since";
}

TEST_F(Statuses, WhatIsNoValidatorIsNotShown) {  // reference §1.9
  Reaction reaction = ok("x", "max-age=60");
  reaction.fields.emplace_back("ETag", "v1");
  reaction.fields.emplace_back("Last-Modified", "yesterday");
  origin.answers("/a.css", reaction);

  for (int i = 0; i < 2; ++i) {
    const Answer answer = edge.get(kSite + "/a.css");
    EXPECT_FALSE(answer.has("ETag"));
    EXPECT_NE(answer.field("Last-Modified"), "yesterday");
  }
}

TEST_F(Statuses, OrdersToTheProxyReachNoClient) {  // reference §2.5
  Reaction reaction = ok("x");
  reaction.fields.emplace_back("X-Accel-Redirect", "/internal");
  reaction.fields.emplace_back("X-Accel-Buffering", "no");
  for (const char* path : {"/a.css", "/page"}) {
    origin.answers(path, reaction);
    for (int i = 0; i < 2; ++i) {
      const Answer answer = edge.get(kSite + path);
      EXPECT_FALSE(answer.has("X-Accel-Redirect")) << path;
      EXPECT_FALSE(answer.has("X-Accel-Buffering")) << path;
    }
  }
}

TEST_F(Statuses, ACookieOfWhatIsNotEligibleIsPassedOn) {  // reference §1.4, last row
  Reaction reaction = ok("x");
  reaction.fields.emplace_back("Set-Cookie", "a=1");
  origin.answers("/page", reaction);

  const Answer answer = edge.get(kSite + "/page");
  EXPECT_EQ(answer.cache_status(), "DYNAMIC");
  EXPECT_EQ(answer.field("Set-Cookie"), "a=1");
}

TEST_F(Statuses, WhatSetsARequestApartIsAKeyOfItsOwn) {  // reference §11.1
  const struct {
    const char* path;
    Fields fields;
    const char* status;
    const char* why;
  } cases[] = {
      {"/~user/a.js", {}, "MISS", "the first"},
      {"/%7Euser/a.js", {}, "HIT", "the same, normalised (reference §11.6)"},
      {"//~user/./a.js", {}, "HIT", "the same, normalised"},
      {"/~user/a.js", {{"Cookie", "a=1"}}, "HIT", "cookies are not in the key"},
      {"/~user/a.js", {{"Accept-Encoding", "br"}}, "HIT", "nor codings"},
      {"/~user/a.js", {{"X-Forwarded-Scheme", "https"}}, "HIT", "nor the usual schemes"},
      {"/~user/A.js", {}, "MISS", "paths have case"},
      {"/~user/a.js?", {}, "MISS", "an empty query is one"},
      {"/~user/a.js", {{"Origin", "https://x"}}, "MISS", "CORS"},
      {"/~user/a.js", {{"X-Forwarded-Host", "evil"}}, "MISS", "what an origin may answer by"},
      {"/~user/a.js", {{"X-HTTP-Method-Override", "POST"}}, "MISS", "what an origin may act by"},
      {"/~user/a.js", {{"X-Forwarded-Scheme", "ftp"}}, "MISS", "an unusual scheme"},
  };
  for (const auto& c : cases) {
    for (const char* path : {"/~user/a.js", "/~user/A.js", "/~user/a.js?"})
      origin.answers(path, ok("x"));
    const Ask ask{.method = "GET", .fields = c.fields, .body = {}};
    EXPECT_EQ(edge.get(kSite + c.path, ask).cache_status(), c.status) << c.path << ": " << c.why;
  }
}

TEST_F(Statuses, SomePortsAreNotCached) {  // reference §1.1
  origin.answers("/a.css", ok("x"));

  EXPECT_EQ(edge.get("http://example.com:8443/a.css").cache_status(), "DYNAMIC");
  EXPECT_EQ(edge.get("http://example.com:8080/a.css").cache_status(), "MISS");
}

TEST_F(Statuses, FieldsThatPrivateNamesAreNotKept) {  // reference §1.3
  Reaction reaction = ok("x", "private=\"X-User, Set-Cookie\", max-age=60");
  reaction.fields.emplace_back("X-User", "alice");
  reaction.fields.emplace_back("Set-Cookie", "a=1");
  reaction.fields.emplace_back("X-Kept", "yes");
  origin.answers("/a.css", reaction);

  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "MISS");
  const Answer hit = edge.get(kSite + "/a.css");
  EXPECT_EQ(hit.cache_status(), "HIT");
  EXPECT_FALSE(hit.has("X-User"));
  EXPECT_FALSE(hit.has("Set-Cookie"));
  EXPECT_EQ(hit.field("X-Kept"), "yes");
}

TEST_F(Statuses, AnAgeOfTheOriginCountsForFreshnessButIsNotShown) {  // reference §2.3
  Reaction reaction = ok("x", "max-age=60");
  reaction.fields.emplace_back("Age", "50");
  origin.answers("/a.css", reaction);

  EXPECT_FALSE(edge.get(kSite + "/a.css").has("Age"));
  EXPECT_EQ(edge.get(kSite + "/a.css").field("Age"), "0");
  edge.advance(std::chrono::seconds(11));
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "EXPIRED");
}

TEST_F(Statuses, SurrogateControlSilencesCacheControlAtTheEdge) {  // reference §2.5, §3.1
  Reaction reaction = ok("x", "no-store");
  reaction.fields.emplace_back("Surrogate-Control", "");
  origin.answers("/a.css", reaction);

  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "MISS");
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "HIT");
}

TEST_F(Statuses, FailsafeStatusesAreNeverStored) {  // reference §1.3 rule 9
  for (const int status : {520, 526}) {
    Reaction reaction = ok("x", "max-age=60");
    reaction.status = status;
    const std::string path = "/" + std::to_string(status) + ".css";
    origin.answers(path, reaction);
    EXPECT_EQ(edge.get(kSite + path).cache_status(), "BYPASS");
    EXPECT_EQ(edge.get(kSite + path).cache_status(), "BYPASS");
  }
}

TEST_F(Statuses, HeadOfWhatIsNotEligibleStaysAHead) {  // reference §1.7
  origin.answers("/page", ok("<p>"));
  const Ask head{.method = "HEAD", .fields = {}, .body = {}};

  EXPECT_EQ(edge.get(kSite + "/page", head).cache_status(), "DYNAMIC");
  EXPECT_EQ(origin.asked("/page", ":method"), "HEAD");
}

TEST_F(Statuses, TheClientsCacheControlDoesNotCount) {  // reference §1.7
  origin.answers("/a.css", ok("x"));
  edge.get(kSite + "/a.css");
  const Ask reloading{
      .method = "GET", .fields = {{"Cache-Control", "no-cache"}, {"Pragma", "no-cache"}}, .body = {}
  };

  EXPECT_EQ(edge.get(kSite + "/a.css", reloading).cache_status(), "HIT");
}

TEST_F(Statuses, QueryStringsAreKeysOfTheirOwn) {
  origin.answers("/a.css?v=1", ok("one"));
  origin.answers("/a.css?v=2", ok("two"));

  expect_answer(edge.get(kSite + "/a.css?v=1"), 200, "MISS", "one");
  expect_answer(edge.get(kSite + "/a.css?v=2"), 200, "MISS", "two");
  expect_answer(edge.get(kSite + "/a.css?v=1"), 200, "HIT", "one");
}

TEST_F(Statuses, BrowserTtlReplacesAShorterMaxAge) {
  origin.answers("/a.css", ok("x", "max-age=60"));

  EXPECT_EQ(edge.get(kSite + "/a.css").field("Cache-Control"), "public, max-age=14400");
  EXPECT_EQ(edge.get(kSite + "/a.css").field("Cache-Control"), "public, max-age=14400");
}

TEST_F(Statuses, EveryAnswerSaysWhoMadeIt) {
  origin.answers("/a.css", ok("x"));

  const Answer miss = edge.get(kSite + "/a.css");
  const Answer hit = edge.get(kSite + "/a.css");

  EXPECT_EQ(miss.field("Server"), "festina");
  EXPECT_EQ(miss.field("CF-Ray").size(), 20U);  // 16 hex digits, a dash, the colo
  EXPECT_EQ(miss.field("CF-Ray").substr(16), "-FRA");
  EXPECT_NE(miss.field("CF-Ray"), hit.field("CF-Ray"));
  EXPECT_EQ(miss.field("Cache-Status"), "festina; fwd=uri-miss; fwd-status=200; stored");
  EXPECT_EQ(hit.field("Cache-Status").substr(0, 13), "festina; hit;");
  EXPECT_FALSE(hit.field("Date").empty());
}

TEST_F(Statuses, ForwardsWhoAsksAndWhatFor) {
  origin.answers("/page", ok("x"));
  const Ask spoofed{
      .method = "GET", .fields = {{"CF-Connecting-IP", "6.6.6.6"}, {"CF-Ray", "x"}}, .body = {}
  };

  const Answer answer = edge.get(kSite + "/page", spoofed);

  EXPECT_EQ(origin.asked("/page", "Host"), "example.com");
  EXPECT_EQ(origin.asked("/page", "CF-Connecting-IP"), "127.0.0.1");
  EXPECT_EQ(origin.asked("/page", "X-Forwarded-For"), "127.0.0.1");
  EXPECT_EQ(origin.asked("/page", "CF-Ray").substr(16), "-FRA");
  EXPECT_EQ(origin.asked("/page", "CF-Ray"), answer.field("CF-Ray"));  // one ray (reference §2.4)
  EXPECT_EQ(origin.asked("/page", "CF-IPCountry"), "DE");
  EXPECT_EQ(origin.asked("/page", "CDN-Loop"), "festina");
}

}  // namespace
}  // namespace festina::harness
