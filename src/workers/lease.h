// Lease: one call of a script's instance. As long as calls are under way, nobody tells the instance to end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

#include "base/async.h"
#include "net/upstream_pool.h"

namespace festina::workers {

// The calls of one instance that are under way. Threads: any.
class Calls {
 public:
  Calls() = default;
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  void begin() { ++under_way_; }
  void end();
  // From here on the end of the last call is the end of all waiting.
  void hurry();
  // Returns when no call has been under way for `linger`, at most after `limit`.
  Awaitable<> fall_silent(std::chrono::milliseconds linger, std::chrono::milliseconds limit);

 private:
  std::atomic<std::size_t> under_way_{0};
  std::atomic<bool> hurried_{false};
  Signal changed_;  // notified when the last call has ended, and by hurry()
};

// One call: where it goes, and its place among the calls under way.
class Lease {
 public:
  Lease(std::shared_ptr<Calls> calls, net::UpstreamAddress address);
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();
  const net::UpstreamAddress& address() const { return address_; }

 private:
  std::shared_ptr<Calls> calls_;
  net::UpstreamAddress address_;
};

}  // namespace festina::workers
