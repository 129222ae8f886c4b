// FillMemory: the memory held by bodies on their way into the cache.
//
// It counts in the cache's budget: stored responses make way for it. All such bodies together get a share of the budget,
// so that what is asked for once does not drive out what is asked for often; one that is alone may be as large as an
// entry may be. A body that was filled and not admitted counts on while somebody reads it. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace festina::cache {

inline constexpr std::uint64_t kFillShare = 4;  // one part in so many of the budget

class FillMemory {
 public:
  explicit FillMemory(std::uint64_t budget) : limit_(budget / kFillShare) {}

  // What one body holds, given back when it dies. One that is empty-made counts nowhere and has no limit.
  // Requires: the FillMemory outlives it.
  class Part {
   public:
    Part() = default;
    explicit Part(FillMemory& all) : all_(&all) {}
    Part(Part&& other) noexcept
        : all_(std::exchange(other.all_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
    Part& operator=(Part&&) = delete;
    ~Part() { hold(0); }

    // Holds so many bytes from now on, or changes nothing and gives false when there is no room for them.
    bool try_hold(std::uint64_t bytes);
    // Holds so many bytes, room or not.
    void hold(std::uint64_t bytes);
    std::uint64_t bytes() const { return bytes_; }
    // A reader fell behind a body of which only a window is kept.
    void count_outrun() const;

   private:
    FillMemory* all_ = nullptr;
    std::uint64_t bytes_ = 0;
  };

  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const { return limit_; }
  std::uint64_t outrun() const { return outrun_.load(std::memory_order_relaxed); }

 private:
  const std::uint64_t limit_;
  std::atomic<std::uint64_t> bytes_{0};
  std::atomic<std::uint64_t> outrun_{0};
};

}  // namespace festina::cache
