// Quota: what a Worker may ask of its host for one request, also after its answer (reference §5.5).
//
// Calls of fetch() and operations of the Cache API are one quota, the bytes of all puts another. A put of unknown length
// holds up the puts that come after it. One for each request, shared by all that is done for it. Threads: any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/async.h"
#include "zone/script.h"

namespace festina::workers {

// Of all puts of one request: 5 GB.
inline constexpr std::uint64_t kMaxPutBytes = std::uint64_t{5} * 1024 * 1024 * 1024;

// The field by which the host tells the runtime module that a call was one too many (worker-wire.md §4).
inline constexpr const char* kRefusedField = "X-Festina-Refused";

class Quota {
 public:
  explicit Quota(std::uint32_t max_calls = zone::kPaidCalls) : max_calls_(max_calls) {}

  // Counts one more call; gives its number, the first is 1.
  std::uint32_t count_call() { return calls_.fetch_add(1, std::memory_order_relaxed) + 1; }
  // May the call with this number be made?
  bool allows(std::uint32_t number) const { return number <= max_calls_; }
  std::uint32_t calls() const { return calls_.load(std::memory_order_relaxed); }

  // Counts these bytes of a put. False when that would be too many: then they do not count.
  bool take_put_bytes(std::uint64_t);

  // The right of a put to go on; other puts wait while one of unknown length has it.
  class Turn {
   public:
    Turn() = default;
    explicit Turn(std::shared_ptr<Quota> held) : held_(std::move(held)) {}
    Turn(Turn&& other) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    std::shared_ptr<Quota> held_;
  };
  // Returns when no other put of unknown length is under way. Such a put ends as its body does, or when that brings
  // nothing for as long as a body may (net::ServerLimits). Null: a put of no known request, which waits for none.
  static Awaitable<Turn> turn_of_put(std::shared_ptr<Quota> quota, bool has_length);

 private:
  const std::uint32_t max_calls_;
  std::atomic<std::uint32_t> calls_{0};
  std::atomic<std::uint64_t> put_bytes_{0};
  std::atomic<bool> is_held_up_{false};
  Signal released_;
};

}  // namespace festina::workers
