// Instances with real processes are tested through their supervisor; here is what needs none.
#include "workers/instance.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;

TEST(RestartDelay, GrowsFromNothingToItsLimit) {
  EXPECT_EQ(restart_delay(0), 0ms);
  EXPECT_EQ(restart_delay(1), kFirstRestartDelay);
  EXPECT_EQ(restart_delay(2), 2 * kFirstRestartDelay);
  EXPECT_EQ(restart_delay(1000), kLongestRestartDelay);
}

}  // namespace
}  // namespace festina::workers
