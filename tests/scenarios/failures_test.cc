// What goes wrong at an origin is a page that says so, and is never stored.
#include "harness/scenario.h"

namespace festina::harness {
namespace {

// Nobody listens on a port that was just given back.
std::string closed_port_url() {
  const Origin gone;
  return gone.url();
}

EdgeOptions with_closed_origin() {
  EdgeOptions options;
  options.zones = zone_toml("closed.example", closed_port_url()) +
                  zone_toml("nowhere.example", "http://does-not-exist.invalid");
  return options;
}

class Failures : public SiteScenario {
 protected:
  Failures() : SiteScenario(with_closed_origin()) {}
};

TEST_F(Failures, UnknownHostIsA530PageThatNamesTheZones) {
  const Answer answer = edge.get("http://unknown.example/");

  EXPECT_EQ(answer.status, 530);
  EXPECT_NE(answer.body.find("unknown.example"), std::string::npos);
  EXPECT_NE(answer.body.find("closed.example"), std::string::npos);
  const Ask json{.method = "GET", .fields = {{"Accept", "application/json"}}, .body = {}};
  EXPECT_EQ(edge.get("http://unknown.example/", json).field("Content-Type"), "application/json");
}

TEST_F(Failures, RefusedOriginIsA521Page) {
  const Answer answer = edge.get("http://closed.example/a.css");

  EXPECT_EQ(answer.status, 521);
  EXPECT_NE(answer.body.find("521"), std::string::npos);
  EXPECT_NE(answer.body.find("origin"), std::string::npos);
  EXPECT_NE(answer.body.find(answer.field("CF-Ray")), std::string::npos);
  EXPECT_NE(answer.body.find("/festina/v1/explain/"), std::string::npos);
}

TEST_F(Failures, OriginWithoutAddressIsA530Page) {
  const Answer answer = edge.get("http://nowhere.example/");
  EXPECT_EQ(answer.status, 530);
  EXPECT_NE(answer.body.find("1016"), std::string::npos);
}

TEST_F(Failures, OriginThatClosesWithoutAnAnswerIsA520Page) {
  origin.answers("/a.css", failing(Reaction::Fault::close_before_answer));
  EXPECT_EQ(edge.get(kSite + "/a.css").status, 520);

  origin.answers("/a.css", ok("back", "max-age=60"));
  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "back");  // the failure was not stored
}

TEST_F(Failures, TruncatedBodyIsCutForTheClientAndNeverStored) {
  Reaction cut = ok(std::string(100'000, 'x'), "max-age=60");
  cut.fault = Reaction::Fault::cut_body;
  origin.answers("/a.css", cut);

  EXPECT_FALSE(edge.get(kSite + "/a.css").complete);

  origin.answers("/a.css", ok("whole", "max-age=60"));
  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "whole");
}

TEST_F(Failures, TruncatedDynamicBodyIsCutToo) {
  Reaction cut = ok(std::string(100'000, 'x'));
  cut.fault = Reaction::Fault::cut_body;
  origin.answers("/page", cut);

  EXPECT_FALSE(edge.get(kSite + "/page").complete);
}

class ImpatientFailures : public SiteScenario {
 protected:
  ImpatientFailures() : SiteScenario(impatient()) {}
  static EdgeOptions impatient() {
    EdgeOptions options;
    options.zones = "timeouts = { connect = \"1s\", read = \"200ms\" }\n";
    return options;
  }
};

TEST_F(ImpatientFailures, SilentOriginIsA524Page) {
  origin.answers("/a.css", failing(Reaction::Fault::never_answer));

  const Answer answer = edge.get(kSite + "/a.css");

  EXPECT_EQ(answer.status, 524);
  EXPECT_NE(answer.body.find("524"), std::string::npos);
}

TEST_F(Failures, RequestsThatAreNoHttpAreRefusedAndClosed) {
  for (const char* bad :
       {"GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 1\r\nTransfer-Encoding: "
        "chunked\r\n\r\n",
        "nonsense\r\n\r\n"}) {
    Connection connection(edge.listener());
    connection.send(bad);
    const std::string bytes = connection.read_to_end();
    EXPECT_EQ(bytes.substr(0, 12), "HTTP/1.1 400") << bad;
  }
  EXPECT_EQ(origin.requests(), 0U);
}

TEST_F(Failures, SigtermLetsAnswersEndAndExitsCleanly) {
  origin.answers("/a.css", ok("late", "max-age=60"));
  origin.holds("/a.css");
  auto waiting = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);

  auto exit_code = std::async(std::launch::async, [&] { return edge.stop(); });
  edge.await_log("server.draining");
  origin.releases("/a.css");

  EXPECT_EQ(waiting.get().body, "late");
  EXPECT_EQ(exit_code.get(), 0);
}

}  // namespace
}  // namespace festina::harness
