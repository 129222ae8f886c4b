#include "workers/lease.h"

#include <algorithm>
#include <utility>

#include "workers/watchdog.h"

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

void Calls::answered_by(pid_t pid) {
  fate_.with([](Fate& fate) { fate.put_down_for.clear(); });
  pid_ = pid;
}

void Calls::put_down(std::string why) {
  fate_.with([&](Fate& fate) {
    fate.last_loss = why;
    fate.put_down_for = std::move(why);
  });
  tell_of_loss();
}

void Calls::ended(std::string how) {
  fate_.with([&](Fate& fate) {
    fate.last_loss = fate.put_down_for.empty() ? std::move(how) : fate.put_down_for;
  });
  tell_of_loss();
}

void Calls::tell_of_loss() {
  ++losses_;
  lost_.notify();
}

// A process closes its connections after it is known to be ending, so who has seen that sees this too.
bool Calls::is_ending() const {
  const auto vitals = vitals_of(pid_);
  return !vitals || vitals->is_ending;
}

Awaitable<std::optional<std::string>> Calls::loss_after(std::uint64_t losses) {
  const std::uint64_t seen = lost_.version();
  if (losses_ == losses && is_ending()) co_await lost_.wait_within(kFateLimit, seen);
  if (losses_ == losses) co_return std::nullopt;
  co_return fate_.with([](const Fate& fate) { return fate.last_loss; });
}

Lease::Lease(
    std::shared_ptr<Calls> calls, net::UpstreamAddress address, Names group,
    milliseconds answer_limit
)
    : calls_(std::move(calls)),
      address_(std::move(address)),
      group_(std::move(group)),
      answer_limit_(answer_limit),
      losses_(calls_->losses()) {
  calls_->begin();
}

Lease::~Lease() {
  if (calls_) calls_->end();
}

}  // namespace festina::workers
