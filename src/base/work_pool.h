// WorkPool: threads for work that blocks (files, configurations, bundling), so that no event loop ever does.
//
// An io_context whose coroutines use the pool outlives it: the pool's threads wake it until they are joined.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <utility>

#include "base/async.h"

namespace festina {

// Joined when it ends: work under way is finished first. Requires: the io_contexts of those that wait outlive the pool.
class WorkPool {
 public:
  explicit WorkPool(std::size_t threads) : threads_(threads) {}
  ~WorkPool() { threads_.join(); }
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  asio::thread_pool& threads() { return threads_; }

 private:
  asio::thread_pool threads_;
};

// Calls the handler with the value on the handler's own executor.
template <class Handler, class Value>
void give(Handler handler, Value value) {
  const auto home = asio::get_associated_executor(handler);
  asio::post(home, [handler = std::move(handler), value = std::move(value)]() mutable {
    std::move(handler)(std::move(value));
  });
}

// Runs `work` on the pool and gives its value. The coroutine itself never leaves its own executor: one that is cancelled
// meanwhile unwinds there, when the work is done.
template <class Function>
auto on_pool(WorkPool& pool, Function work) -> Awaitable<decltype(work())> {
  using Value = decltype(work());
  const auto start = [&pool](auto handler, Function task) {
    asio::post(pool.threads(), [handler = std::move(handler), task = std::move(task)]() mutable {
      Value value = task();
      give(std::move(handler), std::move(value));
    });
  };
  asio::use_awaitable_t<Executor> token;
  co_return co_await asio::async_initiate<asio::use_awaitable_t<Executor>, void(Value)>(
      start, token, std::move(work)
  );
}

}  // namespace festina
