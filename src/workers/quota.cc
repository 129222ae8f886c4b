#include "workers/quota.h"

namespace festina::workers {

bool Quota::take_put_bytes(std::uint64_t bytes) {
  std::uint64_t taken = put_bytes_.load(std::memory_order_relaxed);
  do {
    if (bytes > kMaxPutBytes - taken) return false;
  } while (!put_bytes_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
  return true;
}

Awaitable<Quota::Turn> Quota::turn_of_put(std::shared_ptr<Quota> quota, bool has_length) {
  if (!quota) co_return Turn();
  while (true) {
    const std::uint64_t seen = quota->released_.version();
    const bool must_wait =
        has_length ? quota->is_held_up_.load() : quota->is_held_up_.exchange(true);
    if (!must_wait) break;
    co_await quota->released_.wait(seen);
  }
  if (has_length) co_return Turn();
  co_return Turn(std::move(quota));
}

Quota::Turn::~Turn() {
  if (!held_) return;
  held_->is_held_up_ = false;
  held_->released_.notify();
}

}  // namespace festina::workers
