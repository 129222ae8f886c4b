#include "cache/fill.h"

#include <utility>

namespace festina::cache {

void Fill::settle(Settled settled, std::optional<http::Reply> unstored) {
  outcome_.with([&](Outcome& outcome) {
    check(!outcome.settled, "a fill settles once");
    outcome.settled = std::move(settled);
    outcome.unstored = std::move(unstored);
  });
  signal_.notify();
}

Awaitable<std::optional<Settled>> Fill::settled_within(std::chrono::milliseconds limit) {
  const std::uint64_t seen = signal_.version();
  const auto now = [this] {
    return outcome_.with([](const Outcome& outcome) { return outcome.settled; });
  };
  std::optional<Settled> settled = now();
  if (!settled && co_await signal_.wait_within(limit, seen)) settled = now();
  co_return settled;
}

std::optional<http::Reply> Fill::take_unstored() {
  return outcome_.with([](Outcome& outcome) {
    return std::exchange(outcome.unstored, std::nullopt);
  });
}

}  // namespace festina::cache
