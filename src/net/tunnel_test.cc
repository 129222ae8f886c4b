#include "net/tunnel.h"

#include <gtest/gtest.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::Plain;

Awaitable<> note_end(Awaitable<> work, bool& ended) {
  co_await std::move(work);
  ended = true;
}

// A client and an upstream, joined by a tunnel on a thread of its own.
class TunnelTest : public testing::Test {
 protected:
  ~TunnelTest() override { stop(); }

  void open(std::chrono::milliseconds idle = kTunnelIdle, std::string_view early = "") {
    ReadBuffer buffer;
    const std::size_t count = early.copy(buffer.room().data(), early.size());
    buffer.received(count);
    auto client = std::make_unique<TunnelEnd>(std::move(client_.near), std::move(buffer), idle);
    auto upstream = std::make_unique<TunnelEnd>(std::move(upstream_.near), ReadBuffer(), idle);
    auto carried = carry_both_ways(group_, std::move(client), std::move(upstream));
    group_.spawn(io_.get_executor(), note_end(std::move(carried), ended_));
    thread_ = std::thread([this] { io_.run(); });
  }
  // Waits until the tunnel has ended by itself.
  bool ends() {
    thread_.join();
    return ended_;
  }
  void stop() {
    group_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Plain& client() { return client_.far; }
  Plain& upstream() { return upstream_.far; }

  asio::io_context io_{1};
  loopback::Pair client_{io_};
  loopback::Pair upstream_{io_};
  TaskGroup group_;
  bool ended_ = false;
  std::thread thread_;
};

TEST_F(TunnelTest, CarriesBytesBothWays) {
  open(kTunnelIdle, "early");
  EXPECT_EQ(upstream().receive(5), "early");
  client().send("question");
  EXPECT_EQ(upstream().receive(8), "question");
  upstream().send("answer");
  EXPECT_EQ(client().receive(6), "answer");
}

TEST_F(TunnelTest, EndsEachWayByItself) {
  open();
  client().end_sending();
  EXPECT_EQ(upstream().receive_all(), "");
  upstream().send("more");
  EXPECT_EQ(client().receive(4), "more");
  upstream().end_sending();
  EXPECT_EQ(client().receive_all(), "");
  EXPECT_TRUE(ends());
}

TEST_F(TunnelTest, EndsTheOtherWayRound) {
  open();
  upstream().end_sending();
  EXPECT_EQ(client().receive_all(), "");
  client().send("more");
  EXPECT_EQ(upstream().receive(4), "more");
  client().end_sending();
  EXPECT_EQ(upstream().receive_all(), "");
  EXPECT_TRUE(ends());
}

TEST_F(TunnelTest, EndsWithAnEndThatFails) {
  open();
  client().reset();
  EXPECT_EQ(upstream().receive_all(), "");
  EXPECT_TRUE(ends());
}

TEST_F(TunnelTest, EndsWithAnUpstreamThatFails) {
  open();
  upstream().reset();
  EXPECT_EQ(client().receive_all(), "");
  EXPECT_TRUE(ends());
}

TEST_F(TunnelTest, EndsWhenNothingMoves) {
  open(30ms);
  EXPECT_EQ(client().receive_all(), "");
  EXPECT_EQ(upstream().receive_all(), "");
  EXPECT_TRUE(ends());
}

TEST_F(TunnelTest, IsKeptByWhatMovesOneWay) {
  open(100ms);
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < 250ms
  ) {  // more than twice the limit of silence
    upstream().send("x");
    ASSERT_EQ(client().receive(1), "x");
  }
}

TEST_F(TunnelTest, IsAsFastAsWhoTakesTheBytes) {
  open();
  const timeval patience{.tv_sec = 0, .tv_usec = 200'000};
  const int handle = client().release();
  ::setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const std::string part(1'048'576, 'x');
  std::size_t taken = 0;
  for (ssize_t sent = 1; sent > 0 && taken < 268'435'456;) {
    sent = ::send(handle, part.data(), part.size(), MSG_NOSIGNAL);
    if (sent > 0) taken += static_cast<std::size_t>(sent);
  }
  EXPECT_LT(taken, 67'108'864u) << "no more than four sockets hold";
  ::close(handle);
}

TEST_F(TunnelTest, EndsWithItsGroup) {
  open();
  stop();
  EXPECT_FALSE(ended_);
  EXPECT_EQ(client().receive_all(), "");
  EXPECT_EQ(upstream().receive_all(), "");
}

}  // namespace
}  // namespace festina::net
