#include "workers/lease.h"

#include <algorithm>
#include <utility>

namespace festina::workers {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void Calls::end() {
  if (--under_way_ == 0) changed_.notify();
}

void Calls::hurry() {
  hurried_ = true;
  changed_.notify();
}

Awaitable<> Calls::fall_silent(milliseconds linger, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  for (;;) {
    const std::uint64_t seen = changed_.version();
    const bool is_idle = under_way_ == 0;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if ((is_idle && hurried_) || left.count() <= 0) co_return;
    const auto patience = is_idle ? std::min(linger, left) : left;
    const bool changed = co_await changed_.wait_within(patience, seen);
    if (!changed && under_way_ == 0) co_return;
  }
}

Lease::Lease(std::shared_ptr<Calls> calls, net::UpstreamAddress address)
    : calls_(std::move(calls)), address_(std::move(address)) {
  calls_->begin();
}

Lease::~Lease() {
  if (calls_) calls_->end();
}

}  // namespace festina::workers
