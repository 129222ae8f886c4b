#include "base/clock.h"

#include <gtest/gtest.h>

namespace festina {
namespace {

using namespace std::chrono_literals;

using std::chrono::milliseconds;

constexpr milliseconds kYear = std::chrono::years(1);

// A machine that stands still until it is told what happens to it.
class Machine final : public MachineClocks {
 public:
  milliseconds since_1970() const override { return wall_; }
  milliseconds since_start() const override { return counted_; }
  void pass(milliseconds time) {
    wall_ += time;
    counted_ += time;
  }
  void set(milliseconds by) { wall_ += by; }

 private:
  milliseconds wall_ = 1'700'000'000'123ms;
  milliseconds counted_ = 5'017ms;
};

TEST(SystemClock, ShowsTheTimeOfItsMachine) {
  const auto before = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  const SystemClock clock;
  for (const TimePoint time : {clock.now(), clock.wall()}) {
    EXPECT_GE(time, before);
    EXPECT_LT(time, before + 1h);
  }
}

TEST(SystemClock, CountsOnWhateverTheWallIsSetTo) {
  for (const milliseconds jump : {kYear, -kYear, milliseconds(1ms), milliseconds(-1ms)}) {
    Machine machine;
    const SystemClock clock(machine);
    const TimePoint start = clock.now();
    EXPECT_EQ(start, TimePoint(1'700'000'000'123ms));
    EXPECT_EQ(clock.wall(), start);

    machine.set(jump);
    EXPECT_EQ(clock.now(), start) << "nothing has grown older";
    machine.pass(60s);
    EXPECT_EQ(clock.now(), start + 60s) << "then by what has passed";
    EXPECT_EQ(clock.wall(), start + 60s + jump) << "while others are told what the wall shows";
  }
}

TEST(SystemClock, MovesBothTimesByHand) {
  Machine machine;
  SystemClock clock(machine);
  const TimePoint start = clock.now();
  machine.set(-kYear);
  clock.advance(61s);
  EXPECT_EQ(clock.now(), start + 61s);
  EXPECT_EQ(clock.wall(), start + 61s - kYear);
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
  EXPECT_EQ(clock.wall(), TimePoint(1250ms));
}

TEST(ManualClock, KeepsWhatItsWallWasSetTo) {
  ManualClock clock(TimePoint(1000ms));
  clock.set_wall(TimePoint(10ms));
  clock.advance(5ms);
  EXPECT_EQ(clock.now(), TimePoint(1005ms));
  EXPECT_EQ(clock.wall(), TimePoint(15ms));
}

}  // namespace
}  // namespace festina
