// The profile `standard`, as a client and an origin see it (docs/reference/standard.md).
#include "harness/hand_origin.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

using std::chrono::seconds;

class Standard : public testing::Test {
 protected:
  Answer get(const std::string& path, const Fields& fields = {}) const {
    return edge.get(kSite + path, {.method = "GET", .fields = fields, .body = {}});
  }
  Answer ask(const std::string& method, const std::string& path) const {
    const std::string body = method == "HEAD" ? "" : "x=1";
    return edge.get(kSite + path, {.method = method, .fields = {}, .body = body});
  }

  Origin origin;
  TempDir files;
  Edge edge{files, edge_for(zone_toml("example.com", origin.url(), "profile = \"standard\"\n"))};
};

Reaction with(Reaction reaction, const Fields& fields) {
  reaction.fields.insert(reaction.fields.end(), fields.begin(), fields.end());
  return reaction;
}

TEST_F(Standard, HtmlIsCachedAndTheBrowserGetsWhatTheOriginSaid) {
  origin.answers("/page", ok("<p>", "max-age=60"));

  expect_answer(get("/page"), 200, "MISS", "<p>");
  const Answer hit = get("/page");

  expect_answer(hit, 200, "HIT", "<p>");
  EXPECT_EQ(hit.field("Cache-Control"), "max-age=60");
  EXPECT_EQ(hit.field("Cache-Status"), "festina; hit; ttl=60");
}

TEST_F(Standard, ADateAndAnAgeAreThoseOfTheResponse) {
  origin.answers("/a", with(ok("a", "max-age=600"), {{"Age", "30"}}));

  const auto age = [this] { return std::stoi(get("/a").field("Age")); };
  EXPECT_GE(age(), 30) << "it came from a cache";
  edge.advance(seconds(60));
  const Answer hit = get("/a");

  EXPECT_GE(age(), 90);
  EXPECT_LT(age(), 150) << "no time is counted twice";
  EXPECT_EQ(hit.field("Date"), get("/a").field("Date"));
}

TEST_F(Standard, EveryVariantIsStored) {
  const Reaction varying = with(ok("en", "max-age=60"), {{"Vary", "Accept-Language"}});
  origin.answers("/a", varying);
  expect_answer(get("/a", {{"Accept-Language", "en, de"}}), 200, "MISS", "en");
  Reaction german = varying;
  german.body = "de";
  origin.answers("/a", german);

  expect_answer(get("/a", {{"Accept-Language", "de"}}), 200, "MISS", "de");
  expect_answer(get("/a", {{"Accept-Language", "De , EN"}}), 200, "HIT", "en");
  const Answer other = get("/a", {{"Accept-Language", "fr"}});

  EXPECT_EQ(other.field("Cache-Status"), "festina; fwd=vary-miss; fwd-status=200; stored");
}

TEST_F(Standard, TheClientIsHeard) {
  origin.answers("/a", ok("a", "max-age=60"));

  expect_answer(get("/a", {{"Cache-Control", "no-store"}}), 200, "BYPASS", "a");
  expect_answer(get("/a"), 200, "MISS", "a");
  const Answer newer = get("/a", {{"Cache-Control", "no-cache"}});
  EXPECT_EQ(newer.field("Cache-Status"), "festina; fwd=request; fwd-status=200; stored");
  EXPECT_EQ(origin.requests("/a"), 3U);

  edge.advance(seconds(70));
  expect_answer(get("/a", {{"Cache-Control", "max-stale=20"}}), 200, "HIT", "a");
  EXPECT_EQ(origin.requests("/a"), 3U);
}

TEST_F(Standard, OnlyIfCachedAsksNobody) {
  origin.answers("/a", ok("a", "max-age=60"));
  const Answer refused = get("/a", {{"Cache-Control", "only-if-cached"}});
  EXPECT_EQ(refused.status, 504);
  EXPECT_EQ(refused.field("Cache-Status"), "festina; detail=only-if-cached");
  EXPECT_EQ(origin.requests("/a"), 0U);

  get("/a");
  expect_answer(get("/a", {{"Cache-Control", "only-if-cached"}}), 200, "HIT", "a");
}

TEST_F(Standard, ARequestForAnotherVersionIsRefused) {  // RFC 9110 §13.1.1, §13.1.4
  constexpr const char* before = "Sat, 05 Nov 1994 08:49:37 GMT";
  constexpr const char* changed = "Sun, 06 Nov 1994 08:49:37 GMT";
  const Fields validators{{"ETag", "\"1\""}, {"Last-Modified", changed}};
  origin.answers("/a", with(ok("one", "max-age=60"), validators));

  expect_answer(get("/a", {{"If-Match", "\"2\""}}), 412, "MISS", "");
  expect_answer(get("/a", {{"If-Match", "\"2\""}}), 412, "HIT", "");
  EXPECT_EQ(get("/a", {{"If-Unmodified-Since", before}}).status, 412);
  expect_answer(get("/a", {{"If-Match", "\"1\""}}), 200, "HIT", "one");
}

TEST_F(Standard, AChangeThatPassesThroughInvalidates) {
  for (const char* path : {"/a", "/b", "/c"}) {
    origin.answers(path, ok("old", "max-age=600"));
    expect_answer(get(path), 200, "MISS", "old");
  }
  origin.answers("/a", with(ok("new"), {{"Location", "/b"}, {"Content-Location", "/c"}}));
  for (const char* path : {"/b", "/c"}) origin.answers(path, ok("new", "max-age=600"));

  EXPECT_EQ(ask("POST", "/a").field("Cache-Status"), "festina; fwd=method; fwd-status=200");

  for (const char* path : {"/a", "/b", "/c"}) EXPECT_EQ(get(path).body, "new") << path;
}

TEST_F(Standard, AChangeThatFailedInvalidatesNothing) {
  origin.answers("/a", ok("old", "max-age=600"));
  expect_answer(get("/a"), 200, "MISS", "old");
  Reaction refused = ok("no");
  refused.status = 500;
  origin.answers("/a", refused);

  EXPECT_EQ(ask("DELETE", "/a").status, 500);

  expect_answer(get("/a"), 200, "HIT", "old");
}

TEST_F(Standard, TheAnswerToAPostIsKeptForAGet) {
  origin.answers("/a", with(ok("made", "max-age=600"), {{"Content-Location", "/a"}}));

  expect_answer(ask("POST", "/a"), 200, "DYNAMIC", "made");
  expect_answer(get("/a"), 200, "HIT", "made");

  EXPECT_EQ(origin.requests("/a"), 1U);
}

TEST_F(Standard, HeadGoesOnAsHeadAndFreshensWhatIsStored) {
  const Fields tag = {{"ETag", "\"x\""}};
  origin.answers("/a", with(ok("body", "max-age=60"), tag));
  EXPECT_EQ(ask("HEAD", "/a").status, 200);
  EXPECT_EQ(origin.asked("/a", ":method"), "HEAD");
  expect_answer(get("/a"), 200, "MISS", "body");
  edge.advance(seconds(61));

  EXPECT_EQ(ask("HEAD", "/a").cache_status(), "REVALIDATED");

  EXPECT_EQ(origin.asked("/a", ":method"), "HEAD");
  expect_answer(get("/a"), 200, "HIT", "body");
}

TEST_F(Standard, TheOriginIsToldWhoAsks) {
  origin.answers("/a", ok("a"));
  get("/a", {{"Via", "1.0 other"}});
  EXPECT_EQ(origin.asked("/a", "Via"), "1.0 other, 1.1 festina");
  EXPECT_EQ(origin.asked("/a", "Forwarded"), "for=127.0.0.1;host=example.com;proto=http");
}

TEST_F(Standard, ACookieIsStoredOnlyWhereTheOriginSaysForHowLong) {
  origin.answers("/a", with(ok("a", "max-age=60"), {{"Set-Cookie", "a=1"}}));
  get("/a");
  EXPECT_EQ(get("/a").field("Set-Cookie"), "a=1");

  const Fields guessed = {
      {"Set-Cookie", "a=1"}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}
  };
  origin.answers("/b", with(ok("b"), guessed));
  expect_answer(get("/b"), 200, "BYPASS", "b");
}

// What comes before the answer, and the answer, to a client that sends this request.
std::string all_answered(const Edge& edge, std::string_view head) {
  Connection connection(edge.listener());
  connection.send(head);
  return connection.read_to_end();
}

TEST(Interim, IsPassedOnAndNotStored) {  // RFC 9110 §15.2
  const HandOrigin origin;
  TempDir files;
  Edge edge(files, edge_for(zone_toml("example.com", origin.url())));
  constexpr std::string_view request =
      "GET /a.css HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
  auto first = std::async(std::launch::async, all_answered, std::cref(edge), request);

  const auto connection = origin.accept();
  connection->read_request();
  connection->send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  connection->send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nhi");

  const std::string answered = first.get();
  constexpr std::string_view hints =
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK";
  EXPECT_EQ(answered.substr(0, hints.size()), hints);
  EXPECT_EQ(all_answered(edge, request).substr(0, 15), "HTTP/1.1 200 OK");
}

TEST(Interim, IsNothingForAClientOfHttp10) {
  const HandOrigin origin;
  TempDir files;
  Edge edge(files, edge_for(zone_toml("example.com", origin.url())));
  constexpr std::string_view request = "GET /a.css HTTP/1.0\r\nHost: example.com\r\n\r\n";
  auto first = std::async(std::launch::async, all_answered, std::cref(edge), request);

  const auto connection = origin.accept();
  connection->read_request();
  connection->send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
  );

  EXPECT_EQ(first.get().substr(9, 6), "200 OK");
}

}  // namespace
}  // namespace festina::harness
