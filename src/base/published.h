// Published<T>: an immutable value that is replaced whole while threads use it. Who has got it keeps it as it was.
//
// Every thread keeps a copy of the pointer with a reference count of its own, so that threads that get the value often
// do not fight over one. An idle thread lets a replaced value go with its next get().
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/guarded.h"

namespace festina {

template <class T>
class Published {
 public:
  using Value = std::shared_ptr<const T>;

  explicit Published(Value first) { replace(std::move(first)); }

  // The value in force. Threads: any.
  Value get() const {
    thread_local Seen seen;
    if (seen.version != version_.load(std::memory_order_acquire)) seen = look();
    return seen.value;
  }

  // From the return of this call on, get() gives the next value. Threads: any.
  void replace(Value next) {
    latest_.with([&](Seen& latest) {
      latest = {.version = next_version(), .value = std::move(next)};
      version_.store(latest.version, std::memory_order_release);
    });
  }

 private:
  struct Seen {
    std::uint64_t version = 0;
    Value value;
  };

  // A version belongs to one value of one Published<T> of this process: a thread's copy needs no other name.
  static std::uint64_t next_version() {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  Seen look() const {
    Seen latest = latest_.with([](const Seen& seen) { return seen; });
    const auto counted_here = std::make_shared<const Value>(std::move(latest.value));
    return {.version = latest.version, .value = Value(counted_here, counted_here->get())};
  }

  Guarded<Seen> latest_;
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace festina
