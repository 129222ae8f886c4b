#include "policy/decision.h"

#include <gtest/gtest.h>

namespace festina::policy {
namespace {

using namespace std::chrono_literals;

TEST(ExplicitTtl, IsTheFirstRangeThatHoldsTheStatusThenTheOneForAll) {
  CacheDecision decision;
  decision.edge_ttl_by_status = {
      {{404, 404}, 1s}, {{200, 299}, 86400s}, {{204, 204}, 5s}, {{500, 599}, 0s}
  };
  decision.edge_ttl = 60s;
  const struct {
    http::Status status;
    std::chrono::seconds ttl;
    const char* why;
  } cases[] = {
      {404, 1s, "a single status"},
      {200, 86400s, "first of a range"},
      {299, 86400s, "last of a range"},
      {204, 86400s, "two ranges hold it: the first"},
      {500, 0s, "stored as expired"},
      {301, 60s, "in no range: the TTL for all"},
  };
  for (const auto& c : cases) EXPECT_EQ(explicit_ttl(decision, c.status), c.ttl) << c.why;
}

TEST(ExplicitTtl, IsNothingWhenTheOriginDecides) {
  CacheDecision decision;
  EXPECT_EQ(explicit_ttl(decision, 200), std::nullopt);
  decision.edge_ttl_by_status = {{{200, 299}, 60s}};
  EXPECT_EQ(explicit_ttl(decision, 404), std::nullopt);
}

TEST(ExplicitTtlAfter304, PrefersTheRangeOf304) {  // reference §1.11
  CacheDecision decision;
  EXPECT_EQ(explicit_ttl_after_304(decision, 200), std::nullopt);
  decision.edge_ttl = 60s;
  EXPECT_EQ(explicit_ttl_after_304(decision, 200), 60s) << "the TTL for all";
  decision.edge_ttl_by_status = {{{200, 299}, 3600s}};
  EXPECT_EQ(explicit_ttl_after_304(decision, 200), 3600s) << "that of the stored status";
  decision.edge_ttl_by_status.push_back({{304, 304}, 0s});
  EXPECT_EQ(explicit_ttl_after_304(decision, 200), 0s) << "its own: from now on asked every time";
}

}  // namespace
}  // namespace festina::policy
