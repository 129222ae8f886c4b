#include "observe/decision_reasons.h"

#include <gtest/gtest.h>

namespace festina::observe {
namespace {

TEST(DecisionReasons, AreInTheirOrderAndLackNone) {
  int next = 0;
  for (const ReasonText& row : decision_reasons()) {
    EXPECT_EQ(static_cast<int>(row.reason), next) << row.name;
    ++next;
  }
  EXPECT_EQ(static_cast<policy::Reason>(next), policy::Reason::worker_cache_key)
      << "of another kind";
}

}  // namespace
}  // namespace festina::observe
