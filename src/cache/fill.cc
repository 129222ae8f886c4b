#include "cache/fill.h"

#include <utility>

namespace festina::cache {

bool Fill::take_seat() {
  return outcome_.with([](Outcome& outcome) {
    Seats& seats = outcome.seats;
    if (seats.abandoned) return false;
    ++seats.taken;
    seats.had_any = true;
    return true;
  });
}

// The reply's connection belongs to the thread that fills: it dies there, outside the lock.
std::optional<TaskId> Fill::give_up_seat(SeatOf whose) {
  std::optional<http::Reply> nobodys;
  return outcome_.with([&](Outcome& outcome) -> std::optional<TaskId> {
    Seats& seats = outcome.seats;
    check(seats.taken > 0, "who gives up a seat has one");
    if (whose == SeatOf::starter) {
      seats.starter_left = true;
      nobodys = std::exchange(outcome.unstored, std::nullopt);
    }
    if (--seats.taken > 0 || outcome.settled) return std::nullopt;
    seats.abandoned = true;
    return seats.task;
  });
}

void Fill::runs_as(TaskId task) {
  outcome_.with([task](Outcome& outcome) { outcome.seats.task = task; });
}

bool Fill::is_deserted() const {
  return outcome_.with([](const Outcome& outcome) {
    return outcome.seats.had_any && outcome.seats.taken == 0;
  });
}

void Fill::tell(http::Response interim) {
  outcome_.with([&](Outcome& outcome) { outcome.told.push_back(std::move(interim)); });
  signal_.notify();
}

std::vector<http::Response> Fill::told_since(std::size_t seen) const {
  return outcome_.with([seen](const Outcome& outcome) {
    const auto from = outcome.told.begin() + static_cast<std::ptrdiff_t>(seen);
    return std::vector<http::Response>(from, outcome.told.end());
  });
}

void Fill::settle(Settled settled, std::optional<http::Reply> unstored) {
  outcome_.with([&](Outcome& outcome) {
    check(!outcome.settled, "a fill settles once");
    outcome.settled = std::move(settled);
    if (!outcome.seats.starter_left) outcome.unstored = std::move(unstored);
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

bool Fill::is_settled() const {
  return outcome_.with([](const Outcome& outcome) { return outcome.settled.has_value(); });
}

std::optional<http::Reply> Fill::take_unstored() {
  return outcome_.with([](Outcome& outcome) {
    return std::exchange(outcome.unstored, std::nullopt);
  });
}

}  // namespace festina::cache
