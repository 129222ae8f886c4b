#include "workers/lease.h"

#include <gtest/gtest.h>
#include <optional>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;

class CallsTest : public testing::Test {
 protected:
  // Runs the loop until all that waits on it waits for a time or a signal.
  void settle() {
    io.restart();
    io.poll();
  }
  void fall_silent(std::chrono::milliseconds linger, std::chrono::milliseconds limit) {
    tasks.spawn(io.get_executor(), wait(*this, linger, limit));
    settle();
  }
  static Awaitable<> wait(
      CallsTest& test, std::chrono::milliseconds linger, std::chrono::milliseconds limit
  ) {
    co_await test.calls->fall_silent(linger, limit);
    test.silent = true;
  }

  asio::io_context io{1};
  TaskGroup tasks;
  std::shared_ptr<Calls> calls = std::make_shared<Calls>();
  bool silent = false;
};

TEST_F(CallsTest, AreSilentAtOnceWithoutALinger) {
  fall_silent(0ms, 1h);
  io.run();
  EXPECT_TRUE(silent);
}

TEST_F(CallsTest, AreWaitedForUntilTheLastHasEnded) {
  std::optional<Lease> first(Lease(calls, {}));
  std::optional<Lease> second(Lease(calls, {}));
  fall_silent(0ms, 1h);
  first.reset();
  settle();
  EXPECT_FALSE(silent);
  second.reset();
  io.restart();
  io.run();
  EXPECT_TRUE(silent);
}

TEST_F(CallsTest, AreNotWaitedForBeyondTheLimit) {
  const Lease endless(calls, {});
  fall_silent(1h, 1ms);
  io.run();
  EXPECT_TRUE(silent);
}

TEST_F(CallsTest, LingerUnlessHurried) {
  fall_silent(1h, 2h);
  EXPECT_FALSE(silent);
  calls->hurry();
  settle();
  EXPECT_TRUE(silent);
}

TEST_F(CallsTest, AreNotHurriedWhileOneIsUnderWay) {
  std::optional<Lease> call(Lease(calls, {}));
  fall_silent(1h, 2h);
  calls->hurry();
  settle();
  EXPECT_FALSE(silent);
  call.reset();
  settle();
  EXPECT_TRUE(silent);
}

}  // namespace
}  // namespace festina::workers
