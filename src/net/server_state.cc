#include "net/server_state.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace festina::net {

namespace {

class Counted {
 public:
  explicit Counted(std::atomic<int>& count) : count_(count) { ++count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --count_; }

 private:
  std::atomic<int>& count_;
};

// How many idle connections make room at once: finding them looks at every connection, and under a flood the next one
// is needed right away.
std::size_t room_made(std::size_t limit) { return std::max<std::size_t>(1, limit / 64); }

}  // namespace

void ServerState::drain() {
  draining_ = true;
  // Under the lock: a connection that is still entered keeps its io_context from going away.
  open_.with([](auto& open) {
    for (OpenConnection* connection : open) connection->close_when_idle();
  });
}

void ServerState::enter(OpenConnection& connection) {
  open_.with([&](auto& open) { open.insert(&connection); });
}

void ServerState::became_idle() {
  if (waiting_ > 0) changed_.notify();
}

void ServerState::leave(OpenConnection& connection) {
  open_.with([&](auto& open) { open.erase(&connection); });
  if (waiting_ > 0) changed_.notify();
}

std::size_t ServerState::connections() const {
  return open_.with([](const auto& open) { return open.size(); });
}

Awaitable<> ServerState::room() {
  const Counted waiting(waiting_);  // first, so that nobody leaves or becomes idle unnoticed
  for (;;) {
    const std::uint64_t seen = changed_.version();
    if (!is_full()) co_return;
    close_longest_idle();
    co_await changed_.wait(seen);
  }
}

void ServerState::close_longest_idle() {
  using Idle = std::pair<OpenConnection::Time, OpenConnection*>;
  open_.with([&](auto& open) {
    std::vector<Idle> idle;
    for (OpenConnection* connection : open) {
      if (const auto since = connection->idle_since()) idle.emplace_back(*since, connection);
    }
    const std::size_t count = std::min(idle.size(), room_made(limits_.connections));
    const auto end = idle.begin() + static_cast<std::ptrdiff_t>(count);
    std::ranges::partial_sort(idle, end);
    std::for_each(idle.begin(), end, [](const Idle& one) { one.second->close_when_idle(); });
  });
}

}  // namespace festina::net
