#include "net/upstream_pool.h"

#include <deque>
#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

#include "net/loopback.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::Plain;
using Turn = UpstreamPool::Turn;

Upstream apple(std::size_t limit = 2) {
  Upstream upstream;
  upstream.address = {.host = "apple.example", .port = 80, .unix_path = ""};
  upstream.max_connections = limit;
  return upstream;
}
Upstream pear() {
  Upstream upstream = apple();
  upstream.address.host = "pear.example";
  return upstream;
}

// What became of a request for a place.
struct Request {
  std::optional<Result<Turn>> turn;  // once it is decided

  bool waits() const { return !turn; }
  bool has_place() const { return turn && *turn; }
  bool has_stream() const { return has_place() && (*turn)->stream; }
  // Requires: has_place().
  Turn& got() {
    if (!turn) throw std::logic_error("it is not decided");
    return **turn;
  }
};
Awaitable<> ask(UpstreamPool& pool, Upstream upstream, Request& request) {
  request.turn.emplace(co_await pool.take(upstream));
}

// Connections whose far ends stay open.
class UpstreamPoolTest : public testing::Test {
 protected:
  ~UpstreamPoolTest() override {
    group_.stop();
    step();
  }
  Stream connection(asio::io_context& thread) {
    int handles[2];
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, handles);
    far_ends_.emplace_back(handles[1]);
    return {Socket(thread, asio::generic::stream_protocol(AF_UNIX, 0), handles[0]), Side::origin};
  }
  // Runs both threads until they have nothing to do but wait.
  void step() {
    for (int i = 0; i < 3; ++i) {
      for (asio::io_context* io : {&io_, &other_}) {
        io->restart();
        io->poll();
      }
    }
  }
  Request& asked(const Upstream& upstream) { return asked(upstream, io_); }
  Request& asked(const Upstream& upstream, asio::io_context& thread) {
    Request& request = requests_.emplace_back();
    group_.spawn(thread.get_executor(), ask(pool_, upstream, request));
    step();
    return request;
  }
  // A connection that was used and is kept.
  void leave_idle(const Upstream& upstream, asio::io_context& thread) {
    Request& request = asked(upstream, thread);
    give_back(request, connection(thread));
  }
  void give_back(Request& request, Stream stream) {
    pool_.give_back(std::move(request.got().place), std::move(stream));
    step();
  }
  std::size_t open(const Upstream& upstream) const {
    return pool_.open(connection_key(upstream.address, upstream.tls));
  }
  // Which connection is given, by the order they were made?
  std::optional<std::size_t> index_of(Request& request) {
    if (!request.has_place()) return {};
    std::optional<Stream>& stream = request.got().stream;
    if (!stream) return {};
    const std::string_view mark = "m";
    EXPECT_TRUE(loopback::run(io_, stream->write({&mark, 1})));
    for (std::size_t i = 0; i < far_ends_.size(); ++i) {
      if (far_ends_[i].is_connected() && far_ends_[i].has_bytes()) return i;
    }
    return {};
  }

  asio::io_context io_;
  asio::io_context other_;
  UpstreamPool pool_;
  std::deque<Request> requests_;
  std::vector<Plain> far_ends_;
  TaskGroup group_;
};

TEST_F(UpstreamPoolTest, GivesThePlaceOfANewConnectionWhenNoneIdles) {
  Request& first = asked(apple());
  EXPECT_TRUE(first.has_place());
  EXPECT_FALSE(first.has_stream());
  EXPECT_EQ(open(apple()), 1u);
}

TEST_F(UpstreamPoolTest, GivesTheConnectionUsedLast) {
  Request& first = asked(apple());
  Request& second = asked(apple());
  give_back(first, connection(io_));
  give_back(second, connection(io_));
  EXPECT_EQ(pool_.idle(), 2u);
  Request& third = asked(apple());
  EXPECT_EQ(index_of(third), 1u);
  EXPECT_EQ(open(apple()), 2u) << "the idle one has its place too";
}

TEST_F(UpstreamPoolTest, GivesNoConnectionOfAnotherUpstream) {
  leave_idle(apple(), io_);
  Upstream sealed = apple();
  sealed.tls = UpstreamTls{.server_name = "apple.example", .ca_file = ""};
  for (const Upstream& other : {pear(), sealed}) EXPECT_FALSE(asked(other).has_stream());
  EXPECT_EQ(pool_.idle(), 1u);
}

TEST_F(UpstreamPoolTest, GivesNoConnectionOfAnotherThread) {
  leave_idle(apple(), other_);
  const Request& request = asked(apple());
  EXPECT_TRUE(request.has_place());
  EXPECT_FALSE(request.has_stream());
}

TEST_F(UpstreamPoolTest, PassesOverConnectionsThatAreOfNoUse) {
  for (int i = 0; i < 3; ++i) asked(apple(3));
  for (Request& request : requests_) give_back(request, connection(io_));
  far_ends_[1].send("unasked");
  far_ends_[2].close();
  Request& request = asked(apple(3));
  EXPECT_EQ(index_of(request), 0u);
  EXPECT_EQ(pool_.idle(), 0u);
  EXPECT_EQ(open(apple()), 1u) << "those of no use have left their places";
}

TEST_F(UpstreamPoolTest, ClosesTheOldestOverTheLimitOfAnUpstream) {
  for (std::size_t i = 0; i <= kMaxIdlePerUpstream; ++i) asked(apple(100));
  for (Request& request : requests_) give_back(request, connection(io_));
  EXPECT_EQ(pool_.idle(), kMaxIdlePerUpstream);
  EXPECT_EQ(open(apple()), kMaxIdlePerUpstream);
  EXPECT_EQ(far_ends_[0].receive_all(), "") << "closed";
}

TEST_F(UpstreamPoolTest, LetsRequestsWaitInOrderWhenAllPlacesAreInUse) {
  Request& first = asked(apple());
  Request& second = asked(apple());
  Request& third = asked(apple(), io_);
  Request& fourth = asked(apple(), other_);
  EXPECT_EQ(pool_.waiting(), 2u);
  EXPECT_TRUE(asked(pear()).has_place()) << "of another upstream there are places";

  second.got().place.release();
  step();
  EXPECT_TRUE(third.has_place());
  EXPECT_TRUE(fourth.waits());
  first.got().place.release();
  step();
  EXPECT_TRUE(fourth.has_place());
  EXPECT_EQ(open(apple()), 2u);
  EXPECT_EQ(pool_.waiting(), 0u);
}

TEST_F(UpstreamPoolTest, HandsAConnectionToWhoWaitsOnItsThread) {
  Request& first = asked(apple(1));
  Request& second = asked(apple(1), io_);
  give_back(first, connection(io_));
  EXPECT_EQ(index_of(second), 0u);
}

TEST_F(UpstreamPoolTest, HandsOnlyThePlaceToWhoWaitsOnAnotherThread) {
  Request& first = asked(apple(1));
  Request& second = asked(apple(1), other_);
  give_back(first, connection(io_));
  EXPECT_TRUE(second.has_place());
  EXPECT_FALSE(second.has_stream());
  EXPECT_EQ(far_ends_[0].receive_all(), "") << "closed for it";
}

TEST_F(UpstreamPoolTest, TakesThePlaceOfAConnectionThatIdlesOnAnotherThread) {
  leave_idle(apple(1), other_);
  const Request& request = asked(apple(1));
  EXPECT_TRUE(request.has_place());
  step();
  EXPECT_EQ(far_ends_[0].receive_all(), "") << "closed on its own thread";
  EXPECT_EQ(pool_.idle(), 0u);
  EXPECT_EQ(open(apple()), 1u);
}

TEST_F(UpstreamPoolTest, LetsNobodyOvertakeWhoWaits) {
  asked(apple(1));
  asked(apple(1), io_);
  Request& newcomer = asked(apple(5), io_);
  EXPECT_TRUE(newcomer.waits()) << "though by its own limit there is a place";
}

TEST_F(UpstreamPoolTest, EndsAWaitThatTakesTooLong) {
  Upstream impatient = apple(1);
  impatient.timeouts.connect = 10ms;
  asked(impatient);
  const Result<Turn> refused = loopback::run(io_, pool_.take(impatient));
  ASSERT_FALSE(refused);
  EXPECT_EQ(loopback::text_of(refused.error()), "connect_timed_out origin");
  EXPECT_EQ(refused.error().detail, "all 1 connections stayed in use");
  EXPECT_EQ(pool_.waiting(), 0u);
}

TEST_F(UpstreamPoolTest, ForgetsWhoIsCancelledWhileItWaits) {
  Request& first = asked(apple(1));
  asked(apple(1), io_);
  group_.stop();
  step();
  EXPECT_EQ(pool_.waiting(), 0u);
  first.got().place.release();
  EXPECT_EQ(open(apple()), 0u);
}

TEST_F(UpstreamPoolTest, LetsSoManyWaitAndNoMore) {
  asked(apple(1));
  for (std::size_t i = 0; i < kMaxQueuedPerUpstream; ++i) {
    group_.spawn(io_.get_executor(), ask(pool_, apple(1), requests_.emplace_back()));
  }
  step();
  EXPECT_EQ(pool_.waiting(), kMaxQueuedPerUpstream);
  Request& one_more = asked(apple(1));
  if (!one_more.turn) FAIL() << "it waits";
  EXPECT_EQ(loopback::text_of(one_more.turn->error()), "exhausted origin");
}

TEST_F(UpstreamPoolTest, KeepsToALowerLimitThatComesLater) {
  Request& first = asked(apple(2));
  Request& second = asked(apple(2));
  Request& third = asked(apple(1), io_);
  first.got().place.release();
  step();
  EXPECT_TRUE(third.waits());
  second.got().place.release();
  step();
  EXPECT_TRUE(third.has_place());
}

}  // namespace
}  // namespace festina::net
