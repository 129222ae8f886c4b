// Async: the few words every coroutine of ours uses. Asio reaches the rest of the tree through this
// header and `net`.
//
// One io_context per thread; a coroutine stays on the thread it was spawned on. Signal is the one
// thing that wakes a coroutine from another thread.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace festina {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
template <class T = void>
using Awaitable = asio::awaitable<T, Executor>;
using Timer = asio::basic_waitable_timer<
    std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

// Awaits with the error as a value: `auto [ec, n] = co_await stream.async_read_some(to, no_throw);`
// NOLINTNEXTLINE(readability-identifier-naming): named as Asio names its tokens
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> no_throw{};

// Names a task of its group; no two tasks of a group have the same.
using TaskId = std::uint64_t;

// Coroutines that run beside their spawner. Whoever owns the group stops and joins it; an exception
// that leaves a task ends the process, except the cancellation that stop() causes.
// Threads: any. Each task runs on the executor it is given, whose io_context outlives these calls.
class TaskGroup {
 public:
  TaskGroup();
  ~TaskGroup();  // Requires: joined, or every io_context it spawned on has stopped.
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts the task in a later turn of its executor, never before spawn() returns. The task owns
  // its arguments, or refers to what outlives the group (style.md §5.2).
  TaskId spawn(const Executor&, Awaitable<> task);
  // Cancels one task, if it has not ended: it unwinds at the await it stands on.
  void cancel(TaskId);
  // Cancels every task: each unwinds at the await it stands on. Later spawns are dropped.
  void stop();
  // Waits until no task is left. Requires: the caller is no task of this group.
  Awaitable<> join();
  std::size_t running() const;

 private:
  struct State;
  class Task;
  std::shared_ptr<State> state_;
};

// Wakes coroutines that wait for a condition another thread may bring about.
//
// A waiter states the condition as a version it has seen, so no change is missed between looking
// and waiting: `seen = signal.version(); if (!condition()) co_await signal.wait(seen);`. Whoever
// changes the condition calls notify() afterwards. A wait may outlive its Signal: then only its
// limit or cancellation ends it.
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  std::uint64_t version() const;
  // Moves the version on and wakes every waiter, each on its own executor.
  // Threads: any. Requires: no io_context of a waiter is being destroyed by another thread.
  void notify();
  // Returns when version() != seen; at once, without suspending, when it is so already.
  Awaitable<> wait(std::uint64_t seen);
  // As wait(), false when the limit passed first.
  Awaitable<bool> wait_within(std::chrono::milliseconds limit, std::uint64_t seen);
  std::size_t waiters() const;

 private:
  struct State;
  class Waiter;
  static Awaitable<bool> wait_until(
      std::shared_ptr<State>, Timer::time_point deadline, std::uint64_t seen
  );
  static Awaitable<> wait_for_ever(std::shared_ptr<State>, std::uint64_t seen);
  std::shared_ptr<State> state_;
};

}  // namespace festina
