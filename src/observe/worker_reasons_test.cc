#include "observe/worker_reasons.h"

#include <gtest/gtest.h>

namespace festina::observe {
namespace {

TEST(WorkerReasons, AreInTheirOrderAndLackNone) {
  int next = static_cast<int>(policy::Reason::worker_cache_key);
  for (const ReasonText& row : worker_reasons()) {
    EXPECT_EQ(static_cast<int>(row.reason), next) << row.name;
    ++next;
  }
  EXPECT_EQ(static_cast<policy::Reason>(next), policy::Reason::storable) << "of another kind";
}

}  // namespace
}  // namespace festina::observe
