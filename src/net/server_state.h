// ServerState: what every connection of a listener shares: its limits, how many are open, and whether to go on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <unordered_set>

#include "base/async.h"
#include "base/guarded.h"

namespace festina::net {

inline constexpr std::size_t kMaxConnections =
    65'536;  // per listener; further ones wait in the backlog

struct ServerLimits {
  std::chrono::milliseconds idle{75'000};  // between requests
  std::chrono::milliseconds head{30'000};  // from the first byte of a head to its last
  std::chrono::milliseconds body{60'000};  // without a byte of the body, either way
  std::size_t connections = kMaxConnections;
};

class OpenConnection {
 public:
  virtual ~OpenConnection() = default;
  // Closes it on its own thread, if it waits for a request there. Threads: any.
  virtual void close_when_idle() = 0;
};

// Threads: any. Shared by the listener and its connections: a connection lives as long as a body of it is held.
class ServerState {
 public:
  explicit ServerState(ServerLimits limits) : limits_(limits) {}

  const ServerLimits& limits() const { return limits_; }
  // A connection answers what is under way and closes.
  bool is_draining() const { return draining_.load(std::memory_order_relaxed); }
  void drain();

  // Calls: enter leave.
  void enter(OpenConnection&);
  void leave(OpenConnection&);
  std::size_t connections() const;
  // Returns when a further connection is within the limit.
  Awaitable<> room();

 private:
  const ServerLimits limits_;
  std::atomic<bool> draining_{false};
  Signal left_;  // notified when a connection left and the limit had been reached
  Guarded<std::unordered_set<OpenConnection*>> open_;
};

}  // namespace festina::net
