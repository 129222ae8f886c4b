// Clock: the only source of time. Judgements never read it; they are given `now`.
//
// A TimePoint is wall-clock time in milliseconds. SystemClock reads the wall once and counts on
// from there with the steady clock, so a jump of the machine's clock makes no response immortal and
// no age negative.
#pragma once

#include <atomic>
#include <chrono>

namespace festina {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // How far this clock was moved ahead of the machine's by hand.
  virtual std::chrono::milliseconds advanced() const { return std::chrono::milliseconds{0}; }
};

// The time of this machine, moved forward by what advance() was told (the test clock of product.md
// §5).
class SystemClock final : public Clock {
 public:
  SystemClock();
  TimePoint now() const override;
  void advance(std::chrono::seconds by);
  std::chrono::milliseconds advanced() const override;

 private:
  std::chrono::milliseconds wall_at_start_;
  std::chrono::steady_clock::time_point steady_at_start_;
  std::atomic<std::chrono::milliseconds::rep> advanced_{0};
};

// A clock that stands still until it is told to move; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start) {}
  TimePoint now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  TimePoint now_;
};

}  // namespace festina
