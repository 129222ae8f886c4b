// Origins of several servers: one goes, the others answer; it comes back.
#include "harness/scenario.h"

namespace festina::harness {
namespace {

std::string zone_of(const Origin& first, const Origin& second, const std::string& more) {
  return "[[zones]]\nname = \"list.example\"\norigin = [\"" + first.url() + "\", \"" +
         second.url() + "\"]\n" + more + "\n";
}

class OriginList : public testing::Test {
 protected:
  explicit OriginList(const std::string& more = {})
      : port(first->port()), edge(files, edge_for(zone_of(*first, second, more))) {
    first->answers("/page", ok("first"));
    second.answers("/page", ok("second"));
  }
  Answer get() const { return edge.get("http://list.example/page"); }
  std::string gauge(std::uint16_t of) const {
    const std::string name =
        "festina_origin_server_up{colo=\"FRA\",zone=\"list.example\",server=\"http://127.0.0.1:" +
        std::to_string(of) + "\"} ";
    const std::string text = edge.api("GET", "/metrics").body;
    const std::size_t at = text.find(name);
    return at == std::string::npos ? "none" : text.substr(at + name.size(), 1);
  }

  std::unique_ptr<Origin> first = std::make_unique<Origin>();
  std::uint16_t port;
  Origin second;
  TempDir files;
  Edge edge;
};

TEST_F(OriginList, AsksTheFirstServerWhileItIsThere) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(get().body, "first");
  EXPECT_EQ(second.requests(), 0U);
  EXPECT_EQ(gauge(port), "1");
  EXPECT_EQ(gauge(second.port()), "1");
}

TEST_F(OriginList, LosesNoRequestWithAServerAndTakesItBack) {
  EXPECT_EQ(get().body, "first");

  first.reset();
  for (int i = 0; i < 20; ++i) {
    const Answer answer = get();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "second");
  }
  edge.await_log("origin.down");
  EXPECT_EQ(gauge(port), "0");
  EXPECT_NE(
      edge.api("GET", "/metrics").body.find("festina_origin_failovers_total{colo=\"FRA\"} 1\n"),
      std::string::npos
  );

  first = std::make_unique<Origin>(port);
  first->answers("/page", ok("first again"));
  EXPECT_EQ(get().body, "second");  // it is out for a while
  edge.advance(std::chrono::seconds(10));
  EXPECT_EQ(get().body, "first again");
  edge.await_log("origin.up");
  EXPECT_EQ(gauge(port), "1");
}

TEST_F(OriginList, MovesABodyOnThatNobodyHasRead) {
  first.reset();
  const Ask post{.method = "POST", .fields = {}, .body = std::string(300'000, 'x')};

  EXPECT_EQ(edge.get("http://list.example/page", post).body, "second");
  EXPECT_EQ(second.asked("/page", "Content-Length"), "300000");
}

TEST_F(OriginList, MovesOnlyWhatCannotBeDoneTwice) {
  first->answers("/page", failing(Reaction::Fault::close_before_answer));

  EXPECT_EQ(get().body, "second");  // a GET without an answer
  const Ask post{.method = "POST", .fields = {}, .body = "order"};
  EXPECT_EQ(edge.get("http://list.example/page", post).status, 520);
  EXPECT_EQ(second.requests("/page"), 1U);
}

TEST_F(OriginList, FillsTheCacheFromWhoeverIsThere) {
  first.reset();
  second.answers("/a.css", ok("style", "max-age=60"));
  expect_answer(edge.get("http://list.example/a.css"), 200, "MISS", "style");
  expect_answer(edge.get("http://list.example/a.css"), 200, "HIT", "style");
}

class ProbedList : public OriginList {
 protected:
  ProbedList()
      : OriginList(
            "health = { path = \"/up\", interval = \"100ms\", timeout = \"2s\", "
            "consecutive_down = 2, consecutive_up = 2 }"
        ) {
    second.answers("/up", ok("well"));
  }
};

TEST_F(ProbedList, FollowsWhatTheProbesFind) {
  edge.await_log("origin.down");  // /up is 404 there
  EXPECT_EQ(get().body, "second");
  EXPECT_EQ(first->requests("/page"), 0U);
  EXPECT_EQ(gauge(port), "0");
  EXPECT_EQ(first->asked("/up", "Host"), "list.example");

  first->answers("/up", ok("well"));
  edge.await_log("origin.up");
  EXPECT_EQ(get().body, "first");
  EXPECT_EQ(gauge(port), "1");
}

TEST(OriginListWithoutServers, IsTheErrorOfTheFirst) {
  std::vector<std::string> gone;
  {
    const Origin first;
    const Origin second;
    gone = {first.url(), second.url()};
  }
  const TempDir files;
  const Edge edge(
      files,
      edge_for(
          "[[zones]]\nname = \"list.example\"\norigin = [\"" + gone[0] + "\", \"" + gone[1] +
          "\"]\n"
      )
  );
  for (int i = 0; i < 2; ++i) {  // the second time both are known to be out, and asked nevertheless
    const Answer answer = edge.get("http://list.example/page");
    EXPECT_EQ(answer.status, 521);
    EXPECT_NE(answer.body.find(gone[0].substr(7)), std::string::npos) << answer.body;
  }
}

}  // namespace
}  // namespace festina::harness
