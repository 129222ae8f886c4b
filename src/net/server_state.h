// ServerState: what every connection of a listener shares: its limits, how many are open, and whether to go on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/async.h"
#include "base/guarded.h"
#include "net/head_memory.h"
#include "net/tunnel.h"

namespace festina::net {

inline constexpr std::size_t kMaxConnections =
    65'536;  // per listener; further ones wait in the backlog
// Bytes per second. Slower than the slowest link, faster than a body that is sent only to hold the connection.
inline constexpr std::size_t kMinBodyPace = 500;

struct ServerLimits {
  std::chrono::milliseconds idle{75'000};  // between requests
  std::chrono::milliseconds head{30'000
  };  // from the first byte of a head to its last; a greeting too
  std::chrono::milliseconds body{60'000};  // without a byte of the body, either way
  std::size_t body_pace = kMinBodyPace;    // once a request's body was waited for that long in all
  std::chrono::milliseconds tunnel = kTunnelIdle;
  std::size_t connections = kMaxConnections;
};

class OpenConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  virtual ~OpenConnection() = default;
  // Since when it waits for a request; nothing while it does not. Threads: any.
  virtual std::optional<Time> idle_since() const = 0;
  // Closes it on its own thread, if it waits for a request there. Threads: any.
  virtual void close_when_idle() = 0;
};

// Threads: any. Shared by the listener and its connections: a connection lives as long as a body of it is held.
class ServerState {
 public:
  explicit ServerState(
      ServerLimits limits, std::shared_ptr<HeadMemory> heads = std::make_shared<HeadMemory>()
  )
      : limits_(limits), heads_(std::move(heads)) {}

  const ServerLimits& limits() const { return limits_; }
  HeadMemory& heads() { return *heads_; }
  // A connection answers what is under way and closes.
  bool is_draining() const { return draining_.load(std::memory_order_relaxed); }
  void drain();

  // Calls: enter became_idle* leave.
  void enter(OpenConnection&);
  // Its idle_since() says so from now on: it may be closed for another.
  void became_idle();
  void leave(OpenConnection&);
  std::size_t connections() const;
  bool is_full() const { return connections() >= limits_.connections; }
  // Returns when a further connection is within the limit. At the limit, those that idle longest are closed.
  Awaitable<> room();

 private:
  void close_longest_idle();

  const ServerLimits limits_;
  const std::shared_ptr<HeadMemory> heads_;  // with other listeners
  std::atomic<bool> draining_{false};
  std::atomic<int> waiting_{0};  // for room
  Signal changed_;  // notified when somebody waits and a connection has left or become idle
  Guarded<std::unordered_set<OpenConnection*>> open_;
};

}  // namespace festina::net
