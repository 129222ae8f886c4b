#include "net/server_state.h"

namespace festina::net {

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

void ServerState::leave(OpenConnection& connection) {
  const std::size_t stay = open_.with([&](auto& open) {
    open.erase(&connection);
    return open.size();
  });
  if (stay + 1 >= limits_.connections) left_.notify();
}

std::size_t ServerState::connections() const {
  return open_.with([](const auto& open) { return open.size(); });
}

Awaitable<> ServerState::room() {
  for (;;) {
    const std::uint64_t seen = left_.version();
    if (connections() < limits_.connections) co_return;
    co_await left_.wait(seen);
  }
}

}  // namespace festina::net
