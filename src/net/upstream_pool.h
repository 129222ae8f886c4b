// UpstreamPool: how many connections each next hop has, which of them idle, and who waits for one.
//
// A connection never changes thread: each thread uses the idle ones it has made itself. The limit of an upstream is for
// all threads together, so a thread that needs a place may take it from a connection that idles on another: that one is
// closed. When all are in use, requests wait in the order they came.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "net/shelf.h"
#include "net/stream.h"
#include "net/upstream.h"

namespace festina::net {

inline constexpr std::size_t kMaxQueuedPerUpstream = 4'096;  // requests that wait for a place

// Threads: any, each with connections of its own io_context.
class UpstreamPool {
 public:
  class Place;
  // A place, and perhaps a connection that stood on it; without one there is one to be made.
  struct Turn;

  UpstreamPool();
  ~UpstreamPool();  // Requires: the threads have stopped, their io_contexts still exist.

  // A place among the upstream's connections, by its max_connections and connect timeout.
  // Errors (of upstream.side): connect_timed_out when none was free in time; exhausted when too many wait already.
  [[nodiscard]] Awaitable<Result<Turn>> take(const Upstream& upstream);
  // Keeps a connection whose last message is whole, or hands it to whoever waits. Over a limit the oldest idle one is
  // closed.
  void give_back(Place place, Stream stream);
  // Connections that idle.
  std::size_t idle() const;
  // Places taken, of the upstream that a key is for, the idle connections' too.
  std::size_t open(const std::string& connection_key) const;
  // Requests that wait for a place, of all upstreams.
  std::size_t waiting() const;

 private:
  struct State;
  struct Waiter;
  class Waiting;
  Awaitable<Result<Turn>> wait_in_line(
      const Upstream& upstream, const std::string& key, std::shared_ptr<Waiter> waiter
  );

  std::shared_ptr<State> state_;
};

// The right to have one connection to an upstream open. Whoever waits gets it when this is destroyed.
class UpstreamPool::Place {
 public:
  Place() = default;
  Place(Place&&) noexcept = default;
  Place& operator=(Place&&) noexcept;
  ~Place();
  // Gives it back now. Threads: the one that uses it.
  void release();

 private:
  friend class UpstreamPool;
  Place(std::shared_ptr<State> pool, std::string key)
      : pool_(std::move(pool)), key_(std::move(key)) {}

  std::shared_ptr<State> pool_;  // null: no place
  std::string key_;
};

struct UpstreamPool::Turn {
  Place place;
  std::optional<Stream> stream;
};

}  // namespace festina::net
