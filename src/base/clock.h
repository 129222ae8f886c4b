// Clock: the only source of time. Judgements never read it; they are given `now`.
//
// A TimePoint is a time in milliseconds since 1970. There are two questions to ask for one. now() is what ages and
// lifetimes are measured by (RFC 9111 §4.2.3): the time of the wall when the clock was made, and from there on what has
// passed since. wall() is what the machine takes for the time: for what others read, Date and the log, and to compare
// with a date that others wrote. They are the same until the machine's clock is set. Whoever sets it, by years, ahead
// or back, makes no response immortal and no age negative.
#pragma once

#include <atomic>
#include <chrono>

namespace festina {

using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  // Never goes back.
  virtual TimePoint now() const = 0;
  virtual TimePoint wall() const = 0;
  // How far this clock was moved ahead of the machine's by hand.
  virtual std::chrono::milliseconds advanced() const { return std::chrono::milliseconds{0}; }
};

// The two clocks of a machine: one that is set, one that only counts.
class MachineClocks {
 public:
  virtual ~MachineClocks() = default;
  virtual std::chrono::milliseconds since_1970() const = 0;
  // While it slept, too: what was fresh yesterday is not so because the machine was asleep.
  virtual std::chrono::milliseconds since_start() const = 0;
};
const MachineClocks& this_machine();

// The time of a machine, moved forward by what advance() was told (the test clock of product.md §5).
class SystemClock final : public Clock {
 public:
  // `machine` outlives the clock.
  explicit SystemClock(const MachineClocks& machine = this_machine());
  TimePoint now() const override;
  TimePoint wall() const override;
  void advance(std::chrono::seconds by);
  std::chrono::milliseconds advanced() const override;

 private:
  const MachineClocks& machine_;
  std::chrono::milliseconds start_;  // of the machine, by the wall
  std::atomic<std::chrono::milliseconds::rep> advanced_{0};
};

// A clock that stands still until it is told to move; for tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start) {}
  TimePoint now() const override { return now_; }
  TimePoint wall() const override { return now_ + set_ahead_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }
  // As if somebody set the machine's clock.
  void set_wall(TimePoint wall) { set_ahead_ = wall - now_; }

 private:
  TimePoint now_;
  std::chrono::milliseconds set_ahead_{0};
};

}  // namespace festina
