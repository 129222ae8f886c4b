// Many clients, one cold key: one request to the origin (reference §3.5).
#include <algorithm>
#include <optional>

#include "harness/scenario.h"
#include "harness/soak.h"

namespace festina::harness {
namespace {

class Collapse : public SiteScenario {};

constexpr const char* kCollapsed = "festina_collapsed_requests_total";

TEST_F(Collapse, OneOriginRequestForManyClients) {
  const std::size_t count = soaking_or<std::size_t>(1000, 100);
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");

  std::vector<std::future<Answer>> clients;
  clients.reserve(count);
  for (std::size_t i = 0; i < count; ++i) clients.push_back(edge.get_async(kSite + "/a.css"));
  await_metric(edge, kCollapsed, count - 1);
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
  await_metric(edge, kCollapsed, 1);
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

TEST_F(Collapse, ALeavingClientDoesNotCancelTheFillOfAnother) {
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");
  auto leaving = std::make_optional<Connection>(edge.listener());
  leaving->send("GET /a.css HTTP/1.1\r\nHost: example.com\r\n\r\n");
  origin.await_requests("/a.css", 1);
  auto staying = edge.get_async(kSite + "/a.css");
  await_metric(edge, kCollapsed, 1);
  leaving.reset();
  edge.await_records(1);  // it was noticed
  origin.releases("/a.css");

  EXPECT_EQ(staying.get().body, "hello");
  EXPECT_EQ(edge.get(kSite + "/a.css").cache_status(), "HIT");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Collapse, HeadAndGetShareOneFill) {
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");
  auto head = edge.get_async(kSite + "/a.css", {.method = "HEAD", .fields = {}, .body = {}});
  origin.await_requests("/a.css", 1);
  auto get = edge.get_async(kSite + "/a.css");
  await_metric(edge, kCollapsed, 1);
  origin.releases("/a.css");

  EXPECT_EQ(head.get().field("Content-Length"), "5");
  EXPECT_EQ(get.get().body, "hello");
  EXPECT_EQ(origin.requests("/a.css"), 1U);
}

TEST_F(Collapse, WhoJoinedIsAHitToClientsAndAStreamHitInTheLog) {
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");
  auto first = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);
  auto second = edge.get_async(kSite + "/a.css");
  await_metric(edge, kCollapsed, 1);
  origin.releases("/a.css");

  EXPECT_EQ(first.get().cache_status(), "MISS");
  EXPECT_EQ(second.get().cache_status(), "HIT");
  const auto records = edge.await_records(2);
  EXPECT_TRUE(std::ranges::any_of(records, [](const std::string& record) {
    return record.find("\"CacheCacheStatus\":\"stream_hit\"") != std::string::npos;
  }));
}

TEST_F(Collapse, WhatIsRememberedAsUncacheableIsStoredFromTheSecondStorableAnswerOn) {
  origin.answers("/a.css", ok("mine", "private"));
  expect_answer(edge.get(kSite + "/a.css"), 200, "BYPASS", "mine");
  origin.answers("/a.css", ok("ours", "max-age=60"));

  expect_answer(edge.get(kSite + "/a.css"), 200, "BYPASS", "ours");
  EXPECT_NE(edge.await_records(2)[1].find("\"CacheCacheStatus\":\"deferred\""), std::string::npos);
  expect_answer(edge.get(kSite + "/a.css"), 200, "MISS", "ours");
  expect_answer(edge.get(kSite + "/a.css"), 200, "HIT", "ours");
}

TEST_F(Collapse, AHeadThatDoesNotComeForAMinuteMakesRoomForAnotherTry) {
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");
  auto first = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);
  edge.advance(std::chrono::seconds(60));
  auto second = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 2);
  origin.releases("/a.css");

  EXPECT_EQ(first.get().body, "hello");
  EXPECT_EQ(second.get().body, "hello");
}

TEST_F(Collapse, WhoHasWaitedFiveSecondsAsksForItself) {
  origin.answers("/a.css", ok("hello", "max-age=60"));
  origin.holds("/a.css");
  auto first = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 1);
  auto second = edge.get_async(kSite + "/a.css");
  origin.await_requests("/a.css", 2);
  origin.releases("/a.css");

  EXPECT_EQ(first.get().cache_status(), "MISS");
  EXPECT_EQ(second.get().cache_status(), "BYPASS");
}

}  // namespace
}  // namespace festina::harness
