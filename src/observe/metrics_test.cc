#include "observe/metrics.h"

#include <gtest/gtest.h>
#include <thread>

namespace festina::observe {
namespace {

constexpr auto kEyeball = static_cast<std::size_t>(RequestSource::eyeball);
constexpr auto kHit = static_cast<std::size_t>(policy::CacheStatus::hit);

TEST(Metrics, SumsWhatAllThreadsCounted) {
  Metrics metrics;
  std::vector<std::jthread> threads;
  threads.reserve(20);  // more than cells
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&metrics] {
      for (int n = 0; n < 1000; ++n)
        metrics.count_request(RequestSource::eyeball, policy::CacheStatus::hit);
      metrics.count(Counter::collapsed);
    });
  }
  threads.clear();

  const Totals totals = metrics.totals();

  EXPECT_EQ(totals.requests[kEyeball][kHit], 20'000U);
  EXPECT_EQ(totals.counters[static_cast<std::size_t>(Counter::collapsed)], 20U);
}

TEST(PrometheusText, NamesColoSourceAndStatusAndLeavesOutZeroes) {
  Metrics metrics;
  metrics.count_request(RequestSource::edge_worker_fetch, policy::CacheStatus::dynamic);

  const std::string text =
      prometheus_text({{.colo = "FRA", .totals = metrics.totals(), .gauges = {}}});

  EXPECT_NE(text.find("# TYPE festina_requests_total counter\n"), std::string::npos);
  EXPECT_NE(
      text.find("festina_requests_total{colo=\"FRA\",source=\"edgeWorkerFetch\",cache_status="
                "\"dynamic\"} 1\n"),
      std::string::npos
  );
  EXPECT_EQ(text.find("cache_status=\"hit\""), std::string::npos);
}

TEST(PrometheusText, HeadsEachMetricOnceForAllColos) {
  const auto colo = [](const char* name) {
    return ColoMetrics{
        .colo = name, .totals = {}, .gauges = {{"festina_cache_entries", "Stored responses.", 7}}
    };
  };

  const std::string text = prometheus_text({colo("FRA"), colo("LHR")});

  const std::size_t head = text.find("# HELP festina_cache_entries Stored responses.\n");
  ASSERT_NE(head, std::string::npos);
  EXPECT_EQ(text.find("# HELP festina_cache_entries", head + 1), std::string::npos);
  EXPECT_NE(text.find("festina_cache_entries{colo=\"FRA\"} 7\n"), std::string::npos);
  EXPECT_NE(text.find("festina_cache_entries{colo=\"LHR\"} 7\n"), std::string::npos);
}

TEST(PrometheusText, SaysWhichServersAreIn) {
  Metrics metrics;
  metrics.set_servers({{"a.example", "http://one", true}, {"a.example", "http://two", true}});
  metrics.set_server({"a.example", "http://two", false});
  metrics.set_server({"b.example", "http://two", false});  // unknown: not ours to tell of

  const std::string text =
      prometheus_text({{.colo = "FRA", .totals = {}, .gauges = {}, .servers = metrics.servers()}});

  const std::string line =
      "festina_origin_server_up{colo=\"FRA\",zone=\"a.example\",server=\"http://";
  EXPECT_NE(text.find(line + "one\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find(line + "two\"} 0\n"), std::string::npos);
  EXPECT_EQ(text.find("b.example"), std::string::npos);
}

TEST(PrometheusText, NamesEveryCounter) {
  const std::string text = prometheus_text({{.colo = "FRA", .totals = {}, .gauges = {}}});
  for (const char* name :
       {"festina_origin_requests_total",
        "festina_origin_failures_total",
        "festina_origin_failovers_total",
        "festina_worker_requests_total",
        "festina_worker_failures_total",
        "festina_collapsed_requests_total"}) {
    EXPECT_NE(text.find(std::string(name) + "{colo=\"FRA\"} 0\n"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace festina::observe
