#include "base/clock.h"

namespace festina {

using std::chrono::milliseconds;

SystemClock::SystemClock()
    : wall_at_start_(std::chrono::duration_cast<milliseconds>(
          std::chrono::system_clock::now().time_since_epoch()
      )),
      steady_at_start_(std::chrono::steady_clock::now()) {}

TimePoint SystemClock::now() const {
  const auto passed = std::chrono::steady_clock::now() - steady_at_start_;
  return TimePoint(wall_at_start_ + std::chrono::duration_cast<milliseconds>(passed) + advanced());
}

void SystemClock::advance(std::chrono::seconds by) {
  advanced_.fetch_add(milliseconds(by).count(), std::memory_order_relaxed);
}

milliseconds SystemClock::advanced() const {
  return milliseconds(advanced_.load(std::memory_order_relaxed));
}

}  // namespace festina
