#include "base/work_pool.h"

#include <future>
#include <gtest/gtest.h>
#include <thread>

namespace festina {
namespace {

struct Places {
  std::thread::id before;
  std::thread::id at_work;
  std::thread::id after;
};

Awaitable<Places> places(WorkPool& pool) {
  Places seen;
  seen.before = std::this_thread::get_id();
  const auto work = [] { return std::this_thread::get_id(); };
  seen.at_work = co_await on_pool(pool, work);
  seen.after = std::this_thread::get_id();
  co_return seen;
}

TEST(WorkPool, WorksElsewhereAndComesBack) {
  asio::io_context io;
  WorkPool pool(1);
  Places seen;
  const auto take = [&](const std::exception_ptr&, Places got) { seen = got; };
  asio::co_spawn(io, places(pool), take);
  io.run();
  EXPECT_EQ(seen.before, std::this_thread::get_id());
  EXPECT_NE(seen.at_work, seen.before);
  EXPECT_EQ(seen.after, seen.before);
}

Awaitable<> wait_on(WorkPool& pool, std::future<void>& done, std::thread::id& unwound_on) {
  struct Unwinding {
    std::thread::id& thread;
    ~Unwinding() { thread = std::this_thread::get_id(); }
  };
  const Unwinding unwinding{unwound_on};
  const auto work = [&done] {
    done.wait();
    return true;
  };
  co_await on_pool(pool, work);
  co_await asio::post(asio::use_awaitable_t<Executor>{});
}

TEST(WorkPool, UnwindsACancelledTaskOnItsOwnThread) {
  asio::io_context io;
  WorkPool pool(1);
  TaskGroup group;
  std::promise<void> finish;
  std::future<void> done = finish.get_future();
  std::thread::id unwound_on;
  group.spawn(io.get_executor(), wait_on(pool, done, unwound_on));
  io.poll();  // the work is under way
  group.stop();
  finish.set_value();
  io.run();
  EXPECT_EQ(group.running(), 0U);
  EXPECT_EQ(unwound_on, std::this_thread::get_id());
}

}  // namespace
}  // namespace festina
