// UpstreamPool: idle connections to the next hops, by address. A connection never changes thread: each thread has its
// own idle ones.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "net/stream.h"

namespace festina::net {

inline constexpr std::size_t kMaxIdlePerUpstream = 64;  // per thread
inline constexpr std::size_t kMaxIdlePerThread = 512;   // to all upstreams
inline constexpr std::chrono::seconds kIdleUpstreamFor{8
};  // workerd closes idle ones after 15 s (worker-wire.md)

// Where a next hop listens: a TCP host and port, or the path of a Unix socket.
struct UpstreamAddress {
  std::string host;
  std::uint16_t port = 0;
  std::string unix_path;  // when not empty, host and port are not used

  std::string text() const;
  bool operator==(const UpstreamAddress&) const = default;
};

// Threads: any, each with connections of its own io_context.
class UpstreamPool {
 public:
  UpstreamPool();
  ~UpstreamPool();  // Requires: the threads have stopped, their io_contexts still exist.
  // An idle connection of this thread that is still open; nothing when there is none.
  std::optional<Stream> take(Executor, const UpstreamAddress&);
  // Keeps a connection whose last message is whole. Over a limit the oldest one is closed.
  void give_back(const UpstreamAddress&, Stream);
  // Closes every idle connection to the address, on every thread as it next looks.
  void forget(const UpstreamAddress&);
  // Connections kept, the forgotten ones not counted.
  std::size_t idle() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::net
