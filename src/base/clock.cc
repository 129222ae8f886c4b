#include "base/clock.h"

#include <ctime>

namespace festina {

using std::chrono::milliseconds;

namespace {

milliseconds time_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);  // does not fail for a clock that every Linux has
  const auto nanoseconds =
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  return std::chrono::duration_cast<milliseconds>(nanoseconds);
}

class ThisMachine final : public MachineClocks {
 public:
  milliseconds since_1970() const override { return time_of(CLOCK_REALTIME); }
  // std::chrono::steady_clock stands still while the machine sleeps.
  milliseconds since_start() const override { return time_of(CLOCK_BOOTTIME); }
};

}  // namespace

const MachineClocks& this_machine() {
  static const ThisMachine kMachine;
  return kMachine;
}

SystemClock::SystemClock(const MachineClocks& machine)
    : machine_(machine), start_(machine.since_1970() - machine.since_start()) {}

TimePoint SystemClock::now() const {
  return TimePoint(start_ + machine_.since_start() + advanced());
}

TimePoint SystemClock::wall() const { return TimePoint(machine_.since_1970() + advanced()); }

void SystemClock::advance(std::chrono::seconds by) {
  advanced_.fetch_add(milliseconds(by).count(), std::memory_order_relaxed);
}

milliseconds SystemClock::advanced() const {
  return milliseconds(advanced_.load(std::memory_order_relaxed));
}

}  // namespace festina
