#include "net/stream.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <gtest/gtest.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using loopback::Pair;
using loopback::Plain;
using loopback::PlainListener;
using loopback::run;

Awaitable<Result<std::string>> read_text(Stream& stream) {
  std::string text(4096, '\0');
  const auto count = co_await stream.read_some(text);
  if (!count) co_return count.error();
  text.resize(*count);
  co_return text;
}

Awaitable<Result<>> write_text(Stream& stream, std::string_view text) {
  co_return co_await stream.write({&text, 1});
}

class StreamTest : public testing::Test {
 protected:
  asio::io_context io_;
};

TEST_F(StreamTest, WritesPiecesInOrderEmptyOnesToo) {
  Pair pair(io_);
  const std::vector<std::string_view> pieces{"", "a", "", "", "bc", "d", ""};
  ASSERT_TRUE(run(io_, pair.near.write(pieces)));
  pair.near.close();
  EXPECT_EQ(pair.far.receive_all(), "abcd");
}

TEST_F(StreamTest, WritesMorePiecesThanOneCallTakes) {
  Pair pair(io_);
  std::vector<std::string> texts;
  std::string expected;
  for (int i = 0; i < 100; ++i) expected += texts.emplace_back(std::to_string(i) + ";");
  const std::vector<std::string_view> pieces(texts.begin(), texts.end());
  ASSERT_TRUE(run(io_, pair.near.write(pieces)));
  EXPECT_EQ(pair.far.receive(expected.size()), expected);
}

TEST_F(StreamTest, WritesMoreThanTheSocketTakesAtOnce) {
  Pair pair(io_);
  const std::string large = loopback::large_text(16'777'216);
  std::string received;
  std::thread reader([&] { received = pair.far.receive(large.size() + 2); });
  const std::vector<std::string_view> pieces{"<", large, ">"};
  const auto written = run(io_, pair.near.write(pieces));
  reader.join();
  ASSERT_TRUE(written);
  EXPECT_TRUE(received == "<" + large + ">");
}

TEST_F(StreamTest, ReadGivesZeroWhenThePeerEndsInGoodOrder) {
  Pair pair(io_);
  pair.far.send("abc");
  pair.far.close();
  EXPECT_EQ(*run(io_, read_text(pair.near)), "abc");
  EXPECT_EQ(*run(io_, read_text(pair.near)), "");
}

TEST_F(StreamTest, ReadFailsWhenThePeerResets) {
  Pair pair(io_);
  pair.far.reset();
  const auto text = run(io_, read_text(pair.near));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::disconnected);
  EXPECT_EQ(text.error().side, Side::client);
}

TEST_F(StreamTest, DeadlineEndsARead) {
  Pair pair(io_);
  pair.near.expect_within(1h);
  pair.near.expect_within(20ms);
  const auto text = run(io_, read_text(pair.near));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::timed_out);
  EXPECT_EQ(text.error().side, Side::client);
}

TEST_F(StreamTest, DeadlineEndsAWriteThatMakesNoProgress) {
  Pair pair(io_);
  const std::string large = loopback::large_text(67'108'864);
  pair.near.expect_within(20ms);
  const auto written = run(io_, write_text(pair.near, large));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::timed_out);
}

TEST_F(StreamTest, DeadlineThatPassedWithNothingUnderWayEndsTheNextOperation) {
  Pair pair(io_);
  pair.near.expect_within(0ms);
  const auto text = run(io_, read_text(pair.near));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::timed_out);
}

// Reads twice; the peer sends its second text after the first deadline, within the second.
Awaitable<Result<std::string>> read_over_a_moved_deadline(Stream& stream, Plain& far) {
  stream.expect_within(30ms);
  far.send("a");
  const auto first = co_await read_text(stream);
  stream.expect_within(1h);
  Timer later(stream.executor(), 60ms);
  later.async_wait([&far](const boost::system::error_code&) { far.send("b"); });
  co_return co_await read_text(stream);
}

TEST_F(StreamTest, DeadlineThatMovedOnDoesNotEndTheNextRead) {
  Pair pair(io_);
  const auto text = run(io_, read_over_a_moved_deadline(pair.near, pair.far));
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "b");
}

// The deadline of the read under way is moved from an hour to 20 ms.
Awaitable<Result<std::string>> read_while_it_is_moved(Stream& stream) {
  stream.expect_within(1h);
  Timer later(stream.executor(), 0ms);
  later.async_wait([&stream](const boost::system::error_code&) { stream.expect_within(20ms); });
  co_return co_await read_text(stream);
}

TEST_F(StreamTest, DeadlineThatMovedForwardEndsTheReadUnderWay) {
  Pair pair(io_);
  const auto text = run(io_, read_while_it_is_moved(pair.near));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::timed_out);
}

Awaitable<> read_and_note(Stream& stream, bool& returned) {
  co_await read_text(stream);
  returned = true;
}

TEST_F(StreamTest, CancelledTaskUnwindsFromItsRead) {
  Pair pair(io_);
  TaskGroup group;
  bool returned = false;
  group.spawn(io_.get_executor(), read_and_note(pair.near, returned));
  while (io_.poll_one() > 0) {
  }
  group.stop();
  run(io_, group.join());
  EXPECT_FALSE(returned);
  EXPECT_TRUE(pair.near.is_open());
}

TEST_F(StreamTest, CloseEndsAReadUnderWay) {
  Pair pair(io_);
  asio::post(io_, [&] { asio::post(io_, [&] { pair.near.close(); }); });
  const auto text = run(io_, read_text(pair.near));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::disconnected);
}

TEST_F(StreamTest, KnowsWhetherAnIdleConnectionIsUseless) {
  Pair quiet(io_);
  EXPECT_FALSE(quiet.near.is_readable_or_closed());
  quiet.far.send("unasked");
  quiet.near.expect_within(1h);
  EXPECT_EQ(*run(io_, read_text(quiet.near)), "unasked");
  EXPECT_FALSE(quiet.near.is_readable_or_closed());
  quiet.far.send("more");
  while (!quiet.near.is_readable_or_closed()) std::this_thread::yield();

  Pair closed(io_, AF_UNIX);
  closed.far.close();
  EXPECT_TRUE(closed.near.is_readable_or_closed());
}

TEST_F(StreamTest, KnowsThatItsPeerHasLeftBehindUnreadBytes) {
  for (const int family : {AF_INET, AF_UNIX}) {
    Pair pair(io_, family);
    EXPECT_FALSE(pair.near.has_peer_left());
    pair.far.send("another request");
    while (!pair.near.is_readable_or_closed()) std::this_thread::yield();
    EXPECT_FALSE(pair.near.has_peer_left());
    pair.far.close();
    while (!pair.near.has_peer_left()) std::this_thread::yield();
  }
}

TEST_F(StreamTest, CloseIsAnEndAndResetIsNone) {
  Pair closed(io_);
  ASSERT_TRUE(run(io_, write_text(closed.near, "abc")));
  closed.near.close();
  EXPECT_EQ(closed.far.receive_all(), "abc");

  Pair reset(io_);
  reset.near.reset();
  EXPECT_EQ(reset.far.receive_all(), "(reset)");
}

TEST_F(StreamTest, EndSendingLeavesTheOtherDirectionOpen) {
  Pair pair(io_);
  pair.near.end_sending();
  EXPECT_EQ(pair.far.receive_all(), "");
  pair.far.send("still");
  EXPECT_EQ(*run(io_, read_text(pair.near)), "still");
}

TEST_F(StreamTest, PeerOfTcpHasAddressesAndOfUnixNone) {
  Pair tcp(io_);
  EXPECT_EQ(tcp.near.peer().address, "127.0.0.1");
  EXPECT_NE(tcp.near.peer().port, 0);
  EXPECT_EQ(tcp.near.peer().local_port, tcp.listener.port());

  Pair local(io_, AF_UNIX);
  EXPECT_EQ(local.near.peer().address, "");
  EXPECT_EQ(local.near.peer().port, 0);
}

Endpoint loopback_endpoint(std::uint16_t port) {
  return asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port);
}

TEST_F(StreamTest, ConnectsToAListener) {
  PlainListener listener;
  auto stream = run(io_, Stream::connect(loopback_endpoint(listener.port()), 5s, Side::origin));
  ASSERT_TRUE(stream);
  ASSERT_TRUE(run(io_, write_text(*stream, "hello")));
  EXPECT_EQ(listener.accept().receive(5), "hello");
}

TEST_F(StreamTest, ConnectIsRefusedWhereNobodyListens) {
  const Endpoint nobody[] = {
      loopback_endpoint(loopback::unused_port()),
      asio::local::stream_protocol::endpoint("/nonexistent/socket"),
  };
  for (const Endpoint& endpoint : nobody) {
    const auto stream = run(io_, Stream::connect(endpoint, 5s, Side::worker));
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().code, ErrorCode::refused);
    EXPECT_EQ(stream.error().side, Side::worker);
  }
}

TEST_F(StreamTest, ConnectTimesOut) {
  PlainListener full(0);  // nobody accepts; what goes beyond the backlog is not answered
  const Plain waiting = Plain::to_port(full.port());
  const auto stream = run(io_, Stream::connect(loopback_endpoint(full.port()), 50ms, Side::origin));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::connect_timed_out);
}

TEST_F(StreamTest, MovesToAnotherOwner) {
  Pair pair(io_);
  Stream other = std::move(pair.near);
  pair.far.send("abc");
  EXPECT_EQ(*run(io_, read_text(other)), "abc");
  other = std::move(Pair(io_).near);
  EXPECT_EQ(pair.far.receive_all(), "") << "the connection that was replaced is closed";
}

}  // namespace
}  // namespace festina::net
