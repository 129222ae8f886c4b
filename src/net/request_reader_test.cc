#include "net/request_reader.h"

#include <gtest/gtest.h>

#include "http/forwarding.h"
#include "net/loopback.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;

TEST(BodyPace, IsJudgedOnceTheBodyHadItsTime) {
  const ServerLimits limits{.body = 60s, .body_pace = 500};
  struct Case {
    std::chrono::milliseconds waited;
    std::uint64_t bytes;
    bool expected;
    std::string_view why;
  };
  const Case cases[] = {
      {60s, 1, false, "as long as one pause may be"},
      {61s, 1, true, "longer, and hardly anything came"},
      {61s, 30'500, false, "just fast enough"},
      {61s, 30'499, true, "just too slow"},
      {3'600s, 2'000'000, false, "long and slow, but no slower than the least pace"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(is_too_slow({c.waited, c.bytes}, limits), c.expected) << c.why;
  }
}

// A reader at one end of a connection.
class RequestReaderTest : public testing::Test {
 protected:
  static Awaitable<bool> read_head(RequestReader& reader) {
    for (;;) {
      const auto whole = reader.feed_head();
      if (!whole || *whole) co_return whole.has_value();
      const auto count = co_await reader.receive();
      if (!count || *count == 0) co_return false;
    }
  }
  Result<http::Incoming> next_request() {
    reader_->expect_head();
    const bool is_whole = loopback::run(io_, read_head(*reader_));
    if (!is_whole) return Error{ErrorCode::malformed, Side::client, "no head"};
    return reader_->take(reader_, {});
  }

  asio::io_context io_;
  loopback::Pair pair_{io_};
  ServerLimits limits_;
  std::shared_ptr<RequestReader> reader_ = std::make_shared<RequestReader>(pair_.near, limits_);
};

TEST_F(RequestReaderTest, KnowsWhoMayAskForAnotherProtocol) {
  struct Case {
    std::string_view request;
    std::string_view expected;
    std::string_view why;
  };
  const Case cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
       "websocket",
       "as browsers ask"},
      {"GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
       "",
       "HTTP/1.0 has no such thing (RFC 9110 §7.8)"},
      {"POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
       "websocket\r\nContent-Length: 1\r\n\r\nx",
       "",
       "behind a body"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: "
       "websocket\r\nContent-Length: 0\r\n\r\n",
       "websocket",
       "an empty body is none"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
       "",
       "to speak HTTP unseen"},
  };
  for (const Case& c : cases) {
    pair_.far.send(c.request);
    const auto incoming = next_request();
    ASSERT_TRUE(incoming) << c.why;
    EXPECT_EQ(reader_->upgrade(), c.expected) << c.why;
    EXPECT_EQ(http::requested_upgrade(incoming->request.headers).value_or(""), c.expected) << c.why;
    reader_->end_request();
  }
}

TEST_F(RequestReaderTest, GivesTinyChunksThatCameTogetherAsOnePart) {
  pair_.far.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  auto incoming = next_request();
  ASSERT_TRUE(incoming);
  ASSERT_TRUE(incoming->body.source);
  std::string chunks;
  for (int i = 0; i < 100; ++i) chunks += "1\r\nx\r\n";
  pair_.far.send(chunks);
  const Result<Bytes> part = loopback::run(io_, incoming->body.source->read());
  ASSERT_TRUE(part);
  EXPECT_EQ(part->view(), std::string(100, 'x'));
}

TEST_F(RequestReaderTest, EndsABodyThatComesTooSlowly) {
  limits_.body = 5ms;
  limits_.body_pace = 1'000'000'000;
  pair_.far.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  auto incoming = next_request();
  ASSERT_TRUE(incoming);
  // No pause is long, all of them together are.
  Result<Bytes> part = Bytes();
  for (int i = 0; i < 999'999 && part; ++i) {
    pair_.far.send("x");
    part = loopback::run(io_, incoming->body.source->read());
  }
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, ErrorCode::timed_out);
  EXPECT_EQ(part.error().detail, "the body comes too slowly");
  EXPECT_FALSE(reader_->may_go_on());
}

}  // namespace
}  // namespace festina::net
