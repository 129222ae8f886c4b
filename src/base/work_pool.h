// WorkPool: threads for work that blocks, so that no event loop does.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "base/async.h"

namespace festina {

// Joined when it ends: work under way is finished first.
// Requires: the io_contexts of those that wait outlive the pool.
class WorkPool {
 public:
  explicit WorkPool(std::size_t threads) : threads_(threads) {}
  ~WorkPool() { threads_.join(); }
  WorkPool(const WorkPool&) = delete;
  WorkPool& operator=(const WorkPool&) = delete;

  // Calls `work` on a thread of the pool; its value comes back on the thread that awaits. Who is cancelled meanwhile
  // unwinds at once, and the value is dropped: `work` owns what it needs.
  template <class Work>
  auto run(Work work) -> Awaitable<decltype(work())> {
    using Value = decltype(work());
    struct Outcome {
      std::optional<Value> value;
      Signal done;
    };
    const auto outcome = std::make_shared<Outcome>();
    asio::post(threads_, [outcome, work = std::move(work)]() mutable {
      outcome->value = work();
      outcome->done.notify();
    });
    co_await outcome->done.wait(0);
    co_return std::move(*outcome->value);
  }

 private:
  asio::thread_pool threads_;
};

}  // namespace festina
