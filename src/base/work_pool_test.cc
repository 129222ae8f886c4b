#include "base/work_pool.h"

#include <gtest/gtest.h>
#include <semaphore>
#include <thread>

namespace festina {
namespace {

struct Ran {
  std::thread::id work;
  std::thread::id afterwards;
  bool ended = false;
};

Awaitable<> run_once(WorkPool& pool, Ran& ran) {
  ran.work = co_await pool.run([] { return std::this_thread::get_id(); });
  ran.afterwards = std::this_thread::get_id();
  ran.ended = true;
}

TEST(WorkPool, WorksElsewhereAndComesBack) {
  asio::io_context io(1);
  WorkPool pool(1);
  TaskGroup tasks;
  Ran ran;
  tasks.spawn(io.get_executor(), run_once(pool, ran));
  while (tasks.running() > 0) io.run_one();
  EXPECT_TRUE(ran.ended);
  EXPECT_NE(ran.work, std::this_thread::get_id());
  EXPECT_EQ(ran.afterwards, std::this_thread::get_id());
}

Awaitable<> run_held(WorkPool& pool, std::binary_semaphore& release, bool& ended) {
  co_await pool.run([&release] {
    release.acquire();
    return 0;
  });
  ended = true;
}

TEST(WorkPool, LetsGoOfWhoIsCancelled) {
  asio::io_context io(1);
  std::binary_semaphore release(0);
  WorkPool pool(1);
  TaskGroup tasks;
  bool ended = false;
  tasks.spawn(io.get_executor(), run_held(pool, release, ended));
  io.poll();
  tasks.stop();
  while (tasks.running() > 0) io.run_one();
  EXPECT_FALSE(ended);
  release.release();
}

}  // namespace
}  // namespace festina
