#include "net/server_state.h"

#include <gtest/gtest.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

struct Connection final : OpenConnection {
  explicit Connection(ServerState& shared) : state(shared) { state.enter(*this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override { state.leave(*this); }
  void close_when_idle() override { ++told; }

  ServerState& state;
  int told = 0;
};

TEST(ServerState, CountsConnections) {
  ServerState state({});
  EXPECT_EQ(state.connections(), 0u);
  std::optional<Connection> first(std::in_place, state);
  const Connection second(state);
  EXPECT_EQ(state.connections(), 2u);
  first.reset();
  EXPECT_EQ(state.connections(), 1u);
}

TEST(ServerState, TellsEveryOpenConnectionToDrain) {
  ServerState state({});
  const Connection first(state);
  const Connection second(state);
  EXPECT_FALSE(state.is_draining());
  state.drain();
  EXPECT_TRUE(state.is_draining());
  EXPECT_EQ(first.told, 1);
  EXPECT_EQ(second.told, 1);
}

Awaitable<> note_room(ServerState& state, bool& has_room) {
  co_await state.room();
  has_room = true;
}

TEST(ServerState, HasRoomUpToItsLimit) {
  asio::io_context io;
  ServerState state({.connections = 2});
  const Connection first(state);
  std::optional<Connection> second(std::in_place, state);
  bool has_room = false;
  TaskGroup group;
  group.spawn(io.get_executor(), note_room(state, has_room));
  io.poll();
  EXPECT_FALSE(has_room);
  second.reset();
  io.restart();
  io.poll();
  EXPECT_TRUE(has_room);
}

}  // namespace
}  // namespace festina::net
