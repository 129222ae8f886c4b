#include "cache/fill_memory.h"

namespace festina::cache {

bool FillMemory::Part::try_hold(std::uint64_t bytes) {
  if (!all_ || bytes <= bytes_) {
    hold(bytes);
    return true;
  }
  const std::uint64_t more = bytes - bytes_;
  std::uint64_t held = all_->bytes_.load(std::memory_order_relaxed);
  do {
    const bool is_alone = held == bytes_;
    if (!is_alone && held + more > all_->limit_) return false;
  } while (!all_->bytes_.compare_exchange_weak(held, held + more, std::memory_order_relaxed));
  bytes_ = bytes;
  return true;
}

// The difference may be negative: it wraps, and so does the sum.
void FillMemory::Part::hold(std::uint64_t bytes) {
  if (all_) all_->bytes_.fetch_add(bytes - bytes_, std::memory_order_relaxed);
  bytes_ = bytes;
}

void FillMemory::Part::count_outrun() const {
  if (all_) all_->outrun_.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace festina::cache
