// Shelf: the idle connections of one thread, to all upstreams, the oldest in front.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <string>

#include "net/stream.h"

namespace festina::net {

inline constexpr std::size_t kMaxIdlePerUpstream = 64;  // per thread
inline constexpr std::size_t kMaxIdlePerThread = 512;   // to all upstreams
inline constexpr std::chrono::seconds kIdleUpstreamFor{8
};  // workerd closes idle ones after 15 s (worker-wire.md)

struct Idle {
  std::string key;  // of the upstream (connection_key)
  Stream stream;
  std::chrono::steady_clock::time_point since;
};
using IdleList = std::list<Idle>;

// It closes nothing itself: every connection that leaves is given to the caller.
class Shelf {
 public:
  // Adds one; returns those that had to go for it, over the limit of the upstream or of the thread.
  IdleList put(Idle);
  // Those that have idled for too long.
  IdleList take_expired(std::chrono::steady_clock::time_point now);
  // One of the upstream, or none: the one used last, which is the likeliest to be open still; the oldest, which will be
  // missed least.
  IdleList take_newest(const std::string& key);
  IdleList take_oldest(const std::string& key);

  std::size_t size() const { return idle_.size(); }

 private:
  IdleList taken(IdleList::iterator);

  IdleList idle_;
};

}  // namespace festina::net
