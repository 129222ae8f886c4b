#include "base/clock.h"

#include <gtest/gtest.h>

namespace festina {
namespace {

using namespace std::chrono_literals;

TEST(SystemClock, ShowsTheWallTime) {
  const auto before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const SystemClock clock;
  EXPECT_GE(clock.now(), before);
  EXPECT_LT(clock.now(), before + 1h);
}

TEST(SystemClock, NeverGoesBack) {
  const SystemClock clock;
  TimePoint last = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const TimePoint now = clock.now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, MovesForwardByAllItWasTold) {
  SystemClock clock;
  const TimePoint before = clock.now();
  clock.advance(3600s);
  clock.advance(5s);
  EXPECT_EQ(clock.advanced(), 3605s);
  EXPECT_GE(clock.now(), before + 3605s);
  EXPECT_LT(clock.now(), before + 7200s);
}

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock(TimePoint(1000ms));
  EXPECT_EQ(clock.now(), TimePoint(1s));
  clock.advance(250ms);
  EXPECT_EQ(clock.now(), TimePoint(1250ms));
}

}  // namespace
}  // namespace festina
