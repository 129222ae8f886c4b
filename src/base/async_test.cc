#include "base/async.h"

#include <atomic>
#include <gtest/gtest.h>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace festina {
namespace {

using namespace std::chrono_literals;

// An io_context with a thread of its own, which runs until this is destroyed.
class Loop {
 public:
  Loop() : work_(context_.get_executor()), thread_([this] { context_.run(); }) {}
  ~Loop() {
    context_.stop();
    thread_.join();
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  Executor executor() { return context_.get_executor(); }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<Executor> work_;
  std::thread thread_;
};

Awaitable<> set(bool& flag) {
  flag = true;
  co_return;
}

Awaitable<> wait_for_ever() {
  Timer timer(co_await asio::this_coro::executor, Timer::time_point::max());
  co_await timer.async_wait(asio::use_awaitable_t<Executor>());
}

// Takes the cancellation for a value and waits again.
Awaitable<> ignore_errors(int& rounds) {
  Timer timer(co_await asio::this_coro::executor, Timer::time_point::max());
  for (;;) {
    co_await timer.async_wait(no_throw);
    ++rounds;
  }
}

Awaitable<> count_change(Signal& signal, std::uint64_t seen, std::atomic<int>& woken) {
  co_await signal.wait(seen);
  ++woken;
}

Awaitable<> stop_and_join(TaskGroup& group, bool& joined) {
  group.stop();
  co_await group.join();
  joined = true;
}

Awaitable<> join(TaskGroup& group) { co_await group.join(); }

Awaitable<> fail() {
  throw std::runtime_error("broken task");
  co_return;
}

// Runs a coroutine of the test's own thread to its end.
void run(Awaitable<> work) {
  asio::io_context context;
  TaskGroup group;
  group.spawn(context.get_executor(), std::move(work));
  context.run();
}

TEST(TaskGroup, StartsATaskAfterSpawnHasReturned) {
  asio::io_context context;
  TaskGroup group;
  bool started = false;
  group.spawn(context.get_executor(), set(started));
  EXPECT_FALSE(started);
  EXPECT_EQ(group.running(), 1U);
  context.run();
  EXPECT_TRUE(started);
  EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroup, StopUnwindsWhateverWaits) {
  asio::io_context context;
  TaskGroup group;
  Signal signal;
  std::atomic<int> woken = 0;
  int rounds = 0;
  group.spawn(context.get_executor(), wait_for_ever());
  group.spawn(context.get_executor(), count_change(signal, 0, woken));
  group.spawn(context.get_executor(), ignore_errors(rounds));
  context.poll();
  EXPECT_EQ(group.running(), 3U);

  group.stop();
  context.run();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_EQ(signal.waiters(), 0U);
  EXPECT_EQ(woken, 0);
  EXPECT_EQ(rounds, 1);  // the await after the cancelled one unwound it
}

TEST(TaskGroup, StopBeforeTheFirstTurnKeepsTheTaskFromStarting) {
  asio::io_context context;
  TaskGroup group;
  bool started = false;
  group.spawn(context.get_executor(), set(started));
  group.stop();
  context.run();
  EXPECT_FALSE(started);
  EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroup, CancelUnwindsOneTaskAndNoOther) {
  asio::io_context context;
  TaskGroup group;
  const TaskId first = group.spawn(context.get_executor(), wait_for_ever());
  const TaskId second = group.spawn(context.get_executor(), wait_for_ever());
  context.poll();
  group.cancel(first);
  context.poll();
  EXPECT_EQ(group.running(), 1U);
  group.cancel(first);
  context.poll();
  EXPECT_EQ(group.running(), 1U) << "it has ended";
  group.cancel(second);
  context.run();
  EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroup, CancelBeforeTheFirstTurnKeepsTheTaskFromStarting) {
  asio::io_context context;
  TaskGroup group;
  bool started = false;
  bool other_started = false;
  group.cancel(group.spawn(context.get_executor(), set(started)));
  group.spawn(context.get_executor(), set(other_started));
  context.run();
  EXPECT_FALSE(started);
  EXPECT_TRUE(other_started);
  EXPECT_EQ(group.running(), 0U);
}

TEST(TaskGroup, CancelReachesATaskOfAnotherThread) {
  for (int round = 0; round < 200; ++round) {
    Loop loop;
    TaskGroup group;
    group.cancel(group.spawn(loop.executor(), wait_for_ever()));
    run(join(group));
    EXPECT_EQ(group.running(), 0U);
  }
}

TEST(TaskGroup, DropsWhatIsSpawnedAfterStop) {
  asio::io_context context;
  TaskGroup group;
  bool started = false;
  group.stop();
  group.spawn(context.get_executor(), set(started));
  EXPECT_EQ(group.running(), 0U);
  context.run();
  EXPECT_FALSE(started);
}

TEST(TaskGroup, JoinReturnsAtOnceWhenNothingRuns) {
  TaskGroup group;
  bool joined = false;
  run(stop_and_join(group, joined));
  EXPECT_TRUE(joined);
}

TEST(TaskGroup, JoinWaitsForTasksOfOtherThreads) {
  Loop first;
  Loop second;
  TaskGroup group;
  for (int i = 0; i < 100; ++i) {
    group.spawn(first.executor(), wait_for_ever());
    group.spawn(second.executor(), wait_for_ever());
  }
  bool joined = false;
  run(stop_and_join(group, joined));
  EXPECT_TRUE(joined);
  EXPECT_EQ(group.running(), 0U);
}

Awaitable<> spawn_until_stopped(TaskGroup& group, std::atomic<bool>& stopped) {
  const Executor executor = co_await asio::this_coro::executor;
  Timer pause(executor);
  while (!stopped) {
    group.spawn(executor, wait_for_ever());
    pause.expires_at(Timer::time_point::min());
    co_await pause.async_wait(asio::use_awaitable_t<Executor>());
  }
}

TEST(TaskGroup, StopReachesTasksThatAreBeingSpawned) {
  for (int round = 0; round < 10; ++round) {
    Loop loop;
    TaskGroup spawners;
    TaskGroup group;
    std::atomic<bool> stopped = false;
    spawners.spawn(loop.executor(), spawn_until_stopped(group, stopped));
    while (group.running() == 0) std::this_thread::yield();
    bool joined = false;
    run(stop_and_join(group, joined));
    stopped = true;
    EXPECT_EQ(group.running(), 0U);
    run(stop_and_join(spawners, joined));
  }
}

TEST(TaskGroup, ForgetsTasksDestroyedWithTheirContext) {
  TaskGroup group;
  Signal signal;
  std::atomic<int> woken = 0;
  {
    asio::io_context context;
    group.spawn(context.get_executor(), wait_for_ever());
    group.spawn(context.get_executor(), count_change(signal, 0, woken));
    context.poll();
    group.spawn(context.get_executor(), wait_for_ever());  // never started
    EXPECT_EQ(group.running(), 3U);
  }
  EXPECT_EQ(group.running(), 0U);
  EXPECT_EQ(signal.waiters(), 0U);
  signal.notify();
  EXPECT_EQ(woken, 0);
}

TEST(TaskGroupDeathTest, AnExceptionThatLeavesATaskEndsTheProcess) {
  EXPECT_DEATH(run(fail()), "task.exception what=\"broken task\"");
}

Awaitable<> wait_into(std::optional<bool>& out, Signal& signal, std::chrono::milliseconds limit) {
  out = co_await signal.wait_within(limit, 0);
}

TEST(Signal, WaitReturnsAtOnceWhenTheVersionHasMovedOn) {
  Signal signal;
  std::atomic<int> woken = 0;
  signal.notify();
  EXPECT_EQ(signal.version(), 1U);
  run(count_change(signal, 0, woken));
  EXPECT_EQ(woken, 1);
}

TEST(Signal, NotifyWakesEveryWaiter) {
  asio::io_context context;
  TaskGroup group;
  Signal signal;
  std::atomic<int> woken = 0;
  for (int i = 0; i < 3; ++i) group.spawn(context.get_executor(), count_change(signal, 0, woken));
  context.poll();
  EXPECT_EQ(signal.waiters(), 3U);
  signal.notify();
  context.run();
  EXPECT_EQ(woken, 3);
  EXPECT_EQ(signal.waiters(), 0U);
}

TEST(Signal, NotifyTwiceBeforeTheWaiterRunsWakesItOnce) {
  asio::io_context context;
  TaskGroup group;
  Signal signal;
  std::atomic<int> woken = 0;
  group.spawn(context.get_executor(), count_change(signal, 0, woken));
  context.poll();
  signal.notify();
  signal.notify();
  context.run();
  EXPECT_EQ(woken, 1);
}

TEST(Signal, WaitWithinTellsTheLimitFromTheChange) {
  asio::io_context context;
  TaskGroup group;
  Signal signal;
  std::optional<bool> changed;
  group.spawn(context.get_executor(), wait_into(changed, signal, 0ms));
  context.run();
  EXPECT_EQ(changed, false);

  context.restart();
  group.spawn(context.get_executor(), wait_into(changed, signal, 1h));
  context.poll();
  signal.notify();
  context.run();
  EXPECT_EQ(changed, true);
}

TEST(Signal, MayBeDestroyedBeforeItsWaits) {
  asio::io_context context;
  TaskGroup group;
  auto signal = std::make_unique<Signal>();
  group.spawn(context.get_executor(), signal->wait(0));  // not started yet
  signal.reset();
  context.poll();
  EXPECT_EQ(group.running(), 1U);
  group.stop();
  context.run();
  EXPECT_EQ(group.running(), 0U);
}

// Counts `turns` changes of a counter that two threads bring forward in turn.
Awaitable<> play(std::atomic<int>& count, int parity, int turns, Signal& signal) {
  for (;;) {
    const std::uint64_t seen = signal.version();
    const int now = count;
    if (now >= turns) co_return;
    if (now % 2 == parity) {
      ++count;
      signal.notify();
    } else {
      co_await signal.wait(seen);
    }
  }
}

TEST(Signal, LosesNoWakeUpBetweenTwoThreads) {
  Loop first;
  Loop second;
  Signal signal;
  TaskGroup group;
  std::atomic<int> count = 0;
  group.spawn(first.executor(), play(count, 0, 5'000, signal));
  group.spawn(second.executor(), play(count, 1, 5'000, signal));
  run(join(group));
  EXPECT_EQ(count, 5'000);
}

Awaitable<> wait_often(Signal& signal, int times) {
  for (int i = 0; i < times; ++i) co_await signal.wait_within(0ms, signal.version());
}

TEST(Signal, NotifyMayRaceWithTheEndOfAWait) {
  Loop loop;
  Signal signal;
  TaskGroup group;
  for (int i = 0; i < 4; ++i) group.spawn(loop.executor(), wait_often(signal, 1000));
  while (group.running() > 0) signal.notify();
  EXPECT_EQ(signal.waiters(), 0U);
}

TEST(Signal, NotifyMayRaceWithCancellation) {
  Loop loop;
  Signal signal;
  for (int round = 0; round < 100; ++round) {
    TaskGroup group;
    std::atomic<int> woken = 0;
    const std::uint64_t seen = signal.version();
    for (int i = 0; i < 4; ++i) group.spawn(loop.executor(), count_change(signal, seen, woken));
    group.stop();
    signal.notify();
    run(join(group));
    EXPECT_EQ(signal.waiters(), 0U);
  }
}

}  // namespace
}  // namespace festina
