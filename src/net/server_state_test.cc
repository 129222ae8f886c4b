#include "net/server_state.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "net/loopback.h"

namespace festina::net {
namespace {

struct Connection final : OpenConnection {
  explicit Connection(ServerState& shared) : state(shared) { state.enter(*this); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() override { state.leave(*this); }
  std::optional<Time> idle_since() const override { return since; }
  void close_when_idle() override { ++told; }

  ServerState& state;
  std::optional<Time> since;
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

// Waits for room in a full state.
class FullServer : public testing::Test {
 protected:
  FullServer() { wait_for_room(); }
  ~FullServer() override {
    group_.stop();
    step();
  }
  void wait_for_room() {
    has_room_ = false;
    group_.spawn(io_.get_executor(), note_room(state_, has_room_));
  }
  void step() {
    io_.restart();
    io_.poll();
  }

  asio::io_context io_;
  ServerState state_{{.connections = 3}};
  Connection first_{state_};
  Connection second_{state_};
  std::unique_ptr<Connection> third_ = std::make_unique<Connection>(state_);
  bool has_room_ = false;
  TaskGroup group_;
};

TEST_F(FullServer, ClosesTheLongestIdle) {
  const OpenConnection::Time now = std::chrono::steady_clock::now();
  first_.since = now - std::chrono::seconds(1);
  second_.since = now - std::chrono::seconds(2);
  step();
  EXPECT_EQ(first_.told, 0);
  EXPECT_EQ(second_.told, 1);
  EXPECT_EQ(third_->told, 0) << "busy";
  EXPECT_FALSE(has_room_) << "it has to leave first";
}

TEST_F(FullServer, ClosesTheFirstThatBecomesIdle) {
  step();
  EXPECT_EQ(first_.told + second_.told + third_->told, 0) << "all are busy";
  second_.since = std::chrono::steady_clock::now();
  state_.became_idle();
  step();
  EXPECT_EQ(second_.told, 1);
}

TEST_F(FullServer, GivesRoomToEveryoneWhoWaits) {
  wait_for_room();
  step();
  third_.reset();
  step();
  EXPECT_TRUE(has_room_);
  EXPECT_EQ(group_.running(), 0u);
}

TEST(ServerState, MakesMuchRoomInALargeServer) {
  asio::io_context io;
  ServerState state({.connections = 128});
  std::vector<std::unique_ptr<Connection>> all;
  for (int i = 0; i < 128; ++i) {
    all.push_back(std::make_unique<Connection>(state));
    all.back()->since = OpenConnection::Time(std::chrono::seconds(i));
  }
  bool has_room = false;
  TaskGroup group;
  group.spawn(io.get_executor(), note_room(state, has_room));
  io.poll();
  const auto was_told = [](const auto& connection) { return connection->told > 0; };
  EXPECT_EQ(std::ranges::count_if(all, was_told), 2);
  EXPECT_TRUE(was_told(all[0]) && was_told(all[1]));
  group.stop();
  io.restart();
  io.poll();
}

}  // namespace
}  // namespace festina::net
