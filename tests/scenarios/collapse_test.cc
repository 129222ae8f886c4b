// Many clients, one cold key: one request to the origin (reference §3.5).
#include "harness/scenario.h"

namespace festina::harness {
namespace {

class Collapse : public SiteScenario {};

std::uint64_t metric(const Edge& edge, const std::string& name) {
  const std::string text = edge.api("GET", "/metrics").body;
  const std::size_t at = text.find("\n" + name);
  return at == std::string::npos ? 0 : std::stoull(text.substr(text.find(' ', at + 1) + 1));
}

TEST_F(Collapse, OneOriginRequestForManyClients) {
  constexpr std::size_t kClients = 20;
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");

  std::vector<std::future<Answer>> clients;
  for (std::size_t i = 0; i < kClients; ++i) clients.push_back(edge.get_async(kSite + "/a.css"));
  while (metric(edge, "festina_collapsed_requests_total") < kClients - 1) {
  }
  origin.releases("/a.css");

  std::size_t misses = 0;
  for (auto& client : clients) {
    const Answer answer = client.get();
    EXPECT_EQ(answer.body, "hello");
    misses += answer.cache_status() == "MISS" ? 1 : 0;
  }
  EXPECT_EQ(misses, 1U);
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Collapse, AnUncacheableAnswerReleasesTheQueueAndIsRemembered) {
  origin.answers("/a.css", ok("mine", "private"));
  origin.holds("/a.css");
  auto first = edge.get_async(kSite + "/a.css");
  auto second = edge.get_async(kSite + "/a.css");
  while (metric(edge, "festina_collapsed_requests_total") < 1) {
  }
  origin.releases("/a.css");
  EXPECT_EQ(first.get().cache_status(), "BYPASS");
  EXPECT_EQ(second.get().cache_status(), "BYPASS");

  // Two held at once now: neither waits for the other.
  origin.holds("/a.css");
  auto third = edge.get_async(kSite + "/a.css");
  auto fourth = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 4);
  origin.releases("/a.css");
  EXPECT_EQ(third.get().body, "mine");
  EXPECT_EQ(fourth.get().body, "mine");
}

TEST_F(Collapse, ALeavingClientDoesNotCancelTheFill) {
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");
  {
    Connection leaving(edge.listener());
    leaving.send("GET /a.css HTTP/1.1\r\nHost: example.com\r\n\r\n");
    origin.await_requests("/a.css", 1);
  }
  auto staying = edge.get_async(kSite + "/a.css");
  origin.releases("/a.css");

  EXPECT_EQ(staying.get().body, "hello");
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "HIT");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

}  // namespace
}  // namespace festina::harness
