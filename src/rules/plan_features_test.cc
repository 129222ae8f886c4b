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
  };
  for (const Case& c : cases) {
    EXPECT_EQ(offers(Plan::free, c.feature), c.free);
    EXPECT_EQ(offers(Plan::pro, c.feature), c.pro);
    EXPECT_EQ(offers(Plan::business, c.feature), c.business);
    EXPECT_EQ(offers(Plan::enterprise, c.feature), c.enterprise);
  }
}

TEST(PlanFeatures, NameThePlanTheyNeed) {
  EXPECT_EQ(name(least_plan(Feature::worker_cache_key)), "enterprise");
}

}  // namespace
}  // namespace festina::rules
