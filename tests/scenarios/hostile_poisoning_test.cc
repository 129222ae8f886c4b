// Cache poisoning and deception: what one client sends must not change what another is served. "Different" requests get
// entries of their own; what is in nobody's key changes nobody's answer.
#include "harness/scenario.h"

namespace festina::harness {
namespace {

Ask with(Fields fields) { return {.method = "GET", .fields = std::move(fields), .body = {}}; }

class Poisoning : public SiteScenario {
 protected:
  void expect_from_cache(const std::string& path, const std::string& body) const {
    expect_answer(edge.get(kSite + path), 200, "HIT", body);
  }
};

TEST_F(Poisoning, FieldsThatChangeAnswersArePartOfTheKey) {  // reference §11.1
  const struct {
    const char* name;
    const char* value;
    bool has_its_own;
    std::string_view why;
  } cases[] = {
      {"Origin", "https://evil.example", true, "CORS answers name it"},
      {"X-HTTP-Method-Override", "POST", true, "a framework takes it for the method"},
      {"X-HTTP-Method", "DELETE", true, "another spelling"},
      {"X-Method-Override", "PUT", true, "another spelling"},
      {"X-Forwarded-Host", "evil.example", true, "links are made of it"},
      {"X-Host", "evil.example", true, "links are made of it"},
      {"X-Forwarded-Scheme", "nothttps", true, "redirects to itself"},
      {"X-Original-URL", "/admin", true, "a framework takes it for the path"},
      {"X-Rewrite-URL", "/admin", true, "a framework takes it for the path"},
      {"Forwarded", "host=evil.example", true, "RFC 7239"},
      {"x-forwarded-host", "evil.example", true, "case does not matter"},
      {"X-Forwarded-Scheme", "https", false, "replaced by the truth"},
      {"X-Forwarded-Proto", "ftp", false, "replaced by the truth"},
      {"X_Forwarded_Host", "evil.example", false, "a disguise: not forwarded"},
      {"Range", "bytes=0-0", false, "not forwarded"},
      {"If-None-Match", "*", false, "not forwarded"},
      {"If-Match", "\"none\"", false, "not forwarded"},
      {"If-Modified-Since", "Sun, 06 Nov 2094 08:49:37 GMT", false, "not forwarded"},
      {"Accept-Encoding", "gzip", false, "the edge asks for everybody"},
      {"Expect", "200-nothing", false, "not forwarded"},
  };
  int number = 0;
  for (const auto& c : cases) {
    const std::string path = "/" + std::to_string(++number) + ".css";
    SCOPED_TRACE(std::string(c.name) + ": " + c.value + ", " + std::string(c.why));
    origin.answers(path, ok("for one", "max-age=600"));
    edge.get(kSite + path, with({{c.name, c.value}}));
    origin.await_requests(path, 1);
    if (!c.has_its_own) EXPECT_NE(origin.asked(path, c.name), c.value);

    origin.answers(path, ok("for all", "max-age=600"));
    const char* kept = c.has_its_own ? "for all" : "for one";
    expect_answer(edge.get(kSite + path), 200, c.has_its_own ? "MISS" : "HIT", kept);
    expect_from_cache(path, kept);
  }
}

TEST_F(Poisoning, ABodyOfAGetIsNotForwardedWhereTheAnswerIsKept) {  // ADR 0008
  origin.answers("/fat.css", ok("plain", "max-age=600"));
  const Ask fat{
      .method = "GET", .fields = {{"Content-Type", "application/json"}}, .body = "{\"a\":1}"
  };

  expect_answer(edge.get(kSite + "/fat.css", fat), 200, "MISS", "plain");
  EXPECT_EQ(origin.asked("/fat.css", "Content-Length"), "");
  EXPECT_EQ(origin.asked("/fat.css", "Transfer-Encoding"), "");
  expect_from_cache("/fat.css", "plain");
}

TEST_F(Poisoning, KeyRuleAndOriginAgreeAboutThePath) {  // reference §11.6
  const struct {
    const char* sent;
    const char* means;  // to the key, the rules and the origin
    bool is_stored;     // has the extension of a static file
    std::string_view why;
  } cases[] = {
      {"/account/x.css", "/account/x.css", true, "as it is"},
      {"//account///x.css", "/account/x.css", true, "slashes"},
      {"/account\\x.css", "/account/x.css", true, "a backslash"},
      {"/%61ccount/x%2ecss", "/account/x.css", true, "encoded letters"},
      {"/b/../account/./x.css", "/account/x.css", true, "dot segments"},
      {"/b/%2e%2E/account/x.css", "/account/x.css", true, "encoded dot segments"},
      {"/../../account/x.css", "/account/x.css", true, "above the root"},
      {"/ACCOUNT/x.css", "/ACCOUNT/x.css", true, "case matters"},
      {"/a/..%2fx.css", "/a/..%2Fx.css", true, "an encoded slash is no slash"},
      {"/a/..%2Fx.css", "/a/..%2Fx.css", true, "hexadecimal digits have no case"},
      {"/account%2fx.css", "/account%2Fx.css", true, "an encoded slash is no slash"},
      {"/account%5cx.css", "/account%5Cx.css", true, "an encoded backslash is no slash"},
      {"/account%3fx.css", "/account%3Fx.css", true, "an encoded question mark asks nothing"},
      {"/account%23x.css", "/account%23x.css", true, "an encoded hash is no fragment"},
      {"/account;x.css", "/account;x.css", true, "a parameter is part of the path"},
      {"/account%3bx.css", "/account%3Bx.css", true, "an encoded semicolon is another byte"},
      {"/x%00.css", "/x%00.css", true, "NUL stays encoded"},
      {"/account%0ax.css", "/account%0Ax.css", true, "a line end stays encoded"},
      {"/account%0d%0aX:y.css", "/account%0D%0AX:y.css", true, "a field is none"},
      {"/x%252e.css", "/x%252e.css", true, "nothing is decoded twice"},
      {"/x%zz.css", "/x%25zz.css", true, "a percent sign that encodes nothing"},
      {"/account/x.css?", "/account/x.css?", true, "an empty query is another request"},
      {"/account/x.css?%61=b", "/account/x.css?a=b", true, "encoded letters in the query"},
      {"/account/x.css?a=..%2f", "/account/x.css?a=..%2F", true, "the query keeps its dots"},
      {"/account/x.css.", "/account/x.css.", false, "a dot at the end: another extension"},
      {"/account/x.css/", "/account/x.css/", false, "a slash at the end: none"},
      {"/account/x.css%20", "/account/x.css%20", false, "a space at the end: another one"},
      {"/account?x.css", "/account?x.css", false, "an extension in the query is none"},
  };
  for (const auto& c : cases) origin.answers(c.means, ok(c.means, "max-age=600"));
  for (const auto& c : cases) {
    SCOPED_TRACE(std::string(c.sent) + ": " + std::string(c.why));
    Connection client(edge.listener());
    for (int round = 0; round < 2; ++round) {
      client.send("GET " + std::string(c.sent) + " HTTP/1.1\r\nHost: example.com\r\n\r\n");
      const Answer answer = client.read();
      EXPECT_EQ(answer.status, 200);
      EXPECT_EQ(answer.body, c.means) << "what the origin holds under that path";
      if (!c.is_stored) EXPECT_EQ(answer.cache_status(), "DYNAMIC");
      if (c.is_stored && round == 1) EXPECT_EQ(answer.cache_status(), "HIT");
    }
    if (c.is_stored) EXPECT_EQ(origin.requests(c.means), 1U) << "one entry for all spellings";
  }
}

TEST_F(Poisoning, WhatIsNoPathAtAllIsRefused) {  // reference §11.6
  Connection client(edge.listener());
  client.send("GET \\account\\x.css HTTP/1.1\r\nHost: example.com\r\n\r\n");
  EXPECT_EQ(client.read().status, 400);
}

TEST_F(Poisoning, AnswersThatBlameTheRequestAreNotKept) {
  for (const int status : {400, 408, 411, 412, 413, 414, 417, 421, 425, 426, 428, 431}) {
    const std::string path = "/" + std::to_string(status) + ".css";
    Reaction refusal = ok("your request is too large", "public, max-age=600");
    refusal.status = status;
    origin.answers(path, refusal);
    const Fields huge{{"X-Oversized", std::string(20'000, 'x')}};

    expect_answer(
        edge.get(kSite + path, with(huge)), status, "BYPASS", "your request is too large"
    );
    origin.answers(path, ok("fine", "max-age=600"));
    EXPECT_EQ(edge.get(kSite + path).body, "fine") << status;
  }
}

TEST_F(Poisoning, OriginsCanNotHideWhoAnAnswerIsFor) {  // RFC 9110 §7.6.1
  const struct {
    Fields fields;
    std::string_view why;
  } cases[] = {
      {{{"Connection", "cache-control"}, {"Cache-Control", "private"}}, "private all the same"},
      {{{"Connection", "set-cookie"}, {"Set-Cookie", "a=b"}, {"Cache-Control", "max-age=600"}},
       "somebody's cookie"},
      {{{"Connection", "vary"}, {"Vary", "*"}, {"Cache-Control", "max-age=600"}},
       "varies by everything"},
  };
  int number = 0;
  for (const auto& c : cases) {
    const std::string path = "/" + std::to_string(++number) + ".css";
    Reaction mine = ok("mine");
    mine.fields = c.fields;
    origin.answers(path, mine);
    EXPECT_EQ(edge.get(kSite + path).cache_status(), "BYPASS") << c.why;

    origin.answers(path, ok("yours", "max-age=600"));
    EXPECT_EQ(edge.get(kSite + path).body, "yours") << c.why;
  }
}

TEST_F(Poisoning, ClientsCanNotHideWhoAnAnswerIsFor) {
  origin.answers("/mine.css", ok("mine", "max-age=600"));
  const Fields hidden{{"Authorization", "Basic eA=="}, {"Connection", "authorization"}};

  EXPECT_EQ(edge.get(kSite + "/mine.css", with(hidden)).cache_status(), "BYPASS");
  EXPECT_EQ(origin.asked("/mine.css", "Authorization"), "Basic eA==");
}

TEST_F(Poisoning, PortsHaveEntriesOfTheirOwn) {
  origin.answers("/p.css", ok("odd", "max-age=600"));
  EXPECT_EQ(edge.get("http://example.com:1234/p.css").body, "odd");
  EXPECT_EQ(origin.asked("/p.css", "Host"), "example.com:1234");

  origin.answers("/p.css", ok("even", "max-age=600"));
  expect_answer(edge.get(kSite + "/p.css"), 200, "MISS", "even");
}

}  // namespace
}  // namespace festina::harness
