#include "workers/lease.h"

#include <gtest/gtest.h>
#include <optional>
#include <unistd.h>

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

std::optional<std::string> loss_of(asio::io_context& io, const Lease& lease) {
  std::optional<std::string> loss;
  io.restart();
  asio::co_spawn(io, lease.loss(), [&](const std::exception_ptr&, std::optional<std::string> why) {
    loss = std::move(why);
  });
  io.run();
  return loss;
}

TEST_F(CallsTest, LearnWhyTheirProcessWasLost) {
  calls->answered_by(::getpid());
  calls->ended("an earlier one");
  const Lease lease(calls, {}, {}, 1h);
  EXPECT_EQ(loss_of(io, lease), std::nullopt) << "lost before the call began";
  calls->put_down("it was killed");
  EXPECT_EQ(loss_of(io, lease), "it was killed");
}

TEST_F(CallsTest, ShareTheReasonWhileTheProcessIsBeingKilled) {
  calls->answered_by(::getpid());
  calls->put_down("it was killed");
  const Lease late(calls, {}, {}, 1h);
  calls->ended("signal 9");
  EXPECT_EQ(loss_of(io, late), "it was killed");

  calls->answered_by(::getpid());
  const Lease next(calls, {}, {}, 1h);
  calls->ended("signal 11");
  EXPECT_EQ(loss_of(io, next), "signal 11") << "nobody killed that one";
}

TEST_F(CallsTest, WaitForTheReasonWhenTheProcessIsGone) {
  const Lease lease(calls, {}, {}, 1h);  // of no process
  std::optional<std::string> loss;
  asio::co_spawn(io, lease.loss(), [&](const std::exception_ptr&, std::optional<std::string> why) {
    loss = std::move(why);
  });
  settle();
  EXPECT_EQ(loss, std::nullopt);
  calls->ended("signal 9");
  io.restart();
  io.run();
  EXPECT_EQ(loss, "signal 9");
}

TEST_F(CallsTest, AreSilentAtOnceWithoutALinger) {
  fall_silent(0ms, 1h);
  io.run();
  EXPECT_TRUE(silent);
}

TEST_F(CallsTest, AreWaitedForUntilTheLastHasEnded) {
  std::optional<Lease> first(Lease(calls, {}, {}, 1h));
  std::optional<Lease> second(Lease(calls, {}, {}, 1h));
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
  const Lease endless(calls, {}, {}, 1h);
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
  std::optional<Lease> call(Lease(calls, {}, {}, 1h));
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
