#include "rules/plan_features.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

TEST(PlanFeatures, BeginAtTheirPlan) {
  struct Case {
    Feature feature;
    bool free, pro, business, enterprise;
  };
  const Case cases[] = {
      {Feature::worker_cache_key, false, false, false, true},
      {Feature::true_client_ip, false, false, false, true},
      {Feature::custom_key, false, false, false, true},
      {Feature::key_by_device_type, false, false, false, true},
      {Feature::cookie_rules, false, false, true, true},
      {Feature::ttl_by_status, false, false, false, true},
      {Feature::cacheable_ports, false, false, false, true},
      {Feature::origin_cache_control, false, false, false, true},
      {Feature::error_pages, false, false, false, true},
      {Feature::regular_expressions, false, false, true, true},
      {Feature::cookie_fields, false, true, true, true},
  };
  EXPECT_EQ(std::size(cases), features().size());
  for (const Case& c : cases) {
    EXPECT_EQ(offers(Plan::free, c.feature), c.free);
    EXPECT_EQ(offers(Plan::pro, c.feature), c.pro);
    EXPECT_EQ(offers(Plan::business, c.feature), c.business);
    EXPECT_EQ(offers(Plan::enterprise, c.feature), c.enterprise);
  }
}

TEST(PlanFeatures, NameThePlanTheyNeed) {
  EXPECT_EQ(name(least_plan(Feature::worker_cache_key)), "enterprise");
  EXPECT_EQ(with_least_plan(Feature::cookie_rules), "caching by cookie (needs the plan business)");
}

TEST(Plan, HasAName) {
  for (const Plan each : {Plan::free, Plan::pro, Plan::business, Plan::enterprise})
    EXPECT_EQ(plan(name(each)), each);
  EXPECT_EQ(name(Plan::business), "business");
  EXPECT_EQ(plan("Pro"), std::nullopt);
}

TEST(Plan, LimitsWhatRulesMayDo) {  // reference §1.5, §2.6, §6.1, §8.1
  struct Case {
    Plan plan;
    int edge_ttl, browser_ttl;
    std::size_t cache_rules, page_rules;
  };
  const Case cases[] = {
      {Plan::free, 7200, 120, 10, 3},
      {Plan::pro, 3600, 120, 25, 20},
      {Plan::business, 1, 120, 50, 50},
      {Plan::enterprise, 1, 30, 300, 125},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(least_edge_ttl(c.plan).count(), c.edge_ttl);
    EXPECT_EQ(least_page_rule_browser_ttl(c.plan).count(), c.browser_ttl);
    EXPECT_EQ(max_cache_rules(c.plan), c.cache_rules);
    EXPECT_EQ(max_page_rules(c.plan), c.page_rules);
  }
}

TEST(MaxCacheableBytes, GrowsWithThePlan) {  // reference §1.6
  constexpr std::uint64_t mib = std::uint64_t{1024} * 1024;
  EXPECT_EQ(max_cacheable_bytes(Plan::free), 512 * mib);
  EXPECT_EQ(max_cacheable_bytes(Plan::pro), 512 * mib);
  EXPECT_EQ(max_cacheable_bytes(Plan::business), 512 * mib);
  EXPECT_EQ(max_cacheable_bytes(Plan::enterprise), 5 * (1024 * mib));
}

TEST(CodingsOf, PutsThePlansDefaultFirst) {  // reference §11.7
  EXPECT_EQ(codings_of(Plan::free).front(), http::Coding::zstd);
  EXPECT_EQ(codings_of(Plan::pro).front(), http::Coding::brotli);
  EXPECT_EQ(codings_of(Plan::business).front(), http::Coding::brotli);
  EXPECT_EQ(codings_of(Plan::enterprise).front(), http::Coding::gzip);
}

}  // namespace
}  // namespace festina::rules
