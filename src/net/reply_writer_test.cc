#include "net/reply_writer.h"

#include <gtest/gtest.h>

#include "net/loopback.h"

namespace festina::net {
namespace {

using namespace std::chrono_literals;
using http::Method;
using http::Reply;
using loopback::Pair;
using loopback::streamed;

constexpr AnswerTo kGet{};
constexpr AnswerTo kHead{.method = Method::head};
constexpr AnswerTo kGet10{.http_1_0 = true};
constexpr AnswerTo kLastGet{.may_go_on = false};
constexpr AnswerTo kLastGet10{.http_1_0 = true, .may_go_on = false};

Error lost() { return {ErrorCode::truncated, Side::origin, "lost"}; }

Reply with(Body body, http::Status status = 200) {
  Reply reply;
  reply.response.status = status;
  reply.body = std::move(body);
  return reply;
}
Reply with_length(std::uint64_t length, http::Status status = 200) {
  Reply reply = with(Body(), status);
  reply.body.length = length;
  return reply;
}
Reply prepared() {
  Reply reply = with(Body::of("stored"));
  reply.prepared = Bytes::copy_of("HTTP/1.1 200 OK\r\nETag: \"1\"\r\n");
  reply.response.headers.add(http::Name::age, "7");
  return reply;
}

// What the client reads, and whether another request may follow.
struct Written {
  std::string bytes;
  bool goes_on;
};
Written written(Reply reply, AnswerTo request) {
  asio::io_context io;
  Pair pair(io);
  ReplyWriter writer(pair.near, 5s);
  const bool goes_on = loopback::run(io, writer.write(reply, request));
  EXPECT_TRUE(pair.near.is_open() || !goes_on);
  if (pair.near.is_open()) pair.near.close();
  return {pair.far.receive_all(), goes_on};
}

struct Case {
  Reply reply;
  AnswerTo request;
  std::string bytes;
  std::string why;
};

void expect_written(std::vector<Case> cases, bool goes_on) {
  for (Case& c : cases) {
    const Written got = written(std::move(c.reply), c.request);
    EXPECT_EQ(got.bytes, c.bytes) << c.why;
    EXPECT_EQ(got.goes_on, goes_on) << c.why;
  }
}

template <class... Cases>
std::vector<Case> table(Cases... cases) {
  std::vector<Case> list;
  (list.push_back(std::move(cases)), ...);
  return list;
}

// Texts are put together with these in front.
std::string ok(std::string_view rest) { return "HTTP/1.1 200 OK\r\n" + std::string(rest); }
std::string chunked(std::string_view rest) {
  return ok("Transfer-Encoding: chunked\r\n") + std::string(rest);
}

TEST(ReplyWriter, FramesBodies) {
  expect_written(
      table(
          Case{with(Body::of("abc")), kGet, ok("Content-Length: 3\r\n\r\nabc"), "a whole body"},
          Case{with(Body()), kGet, ok("Content-Length: 0\r\n\r\n"), "an empty one"},
          Case{
              prepared(),
              kGet,
              ok("ETag: \"1\"\r\nAge: 7\r\nContent-Length: 6\r\n\r\nstored"),
              "a head ready to send"
          },
          Case{
              with(streamed({"ab", "cde"})),
              kGet,
              chunked("\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
              "length unknown"
          },
          Case{
              with(streamed({"ab", "cde"}, 5)),
              kGet,
              ok("Content-Length: 5\r\n\r\nabcde"),
              "length known"
          },
          Case{
              with(Body(), 204),
              kGet,
              "HTTP/1.1 204 No Content\r\n\r\n",
              "no body, no length (RFC 9110 §8.6)"
          },
          Case{with_length(99, 304), kGet, "HTTP/1.1 304 Not Modified\r\n\r\n", "no body"}
      ),
      true
  );
}

Reply at_hand(std::size_t parts, std::optional<std::uint64_t> length = {}) {
  const std::vector<std::string> bytes(parts, "x");
  return with(Body::streamed(std::make_unique<loopback::PartsAtHand>(bytes), length));
}

TEST(ReplyWriter, SendsPartsAtHandTogether) {
  static_assert(kMaxPartsAtOnce == 32, "0x20 below");
  const std::string most(kMaxPartsAtOnce, 'x');
  expect_written(
      table(
          Case{at_hand(3), kGet, chunked("\r\n3\r\nxxx\r\n0\r\n\r\n"), "one chunk"},
          Case{
              at_hand(kMaxPartsAtOnce),
              kGet,
              chunked("\r\n20\r\n" + most + "\r\n0\r\n\r\n"),
              "as many as there may be"
          },
          Case{
              at_hand(kMaxPartsAtOnce + 1),
              kGet,
              chunked("\r\n20\r\n" + most + "\r\n1\r\nx\r\n0\r\n\r\n"),
              "one more"
          },
          Case{at_hand(0), kGet, chunked("\r\n0\r\n\r\n"), "none"},
          Case{at_hand(3, 3), kGet, ok("Content-Length: 3\r\n\r\nxxx"), "with a length"}
      ),
      true
  );
  expect_written(
      table(
          Case{at_hand(3), kGet10, ok("Connection: close\r\n\r\nxxx"), "to the connection's end"},
          Case{at_hand(3, 2), kGet, "", "more than announced"},
          Case{at_hand(3, 4), kGet, ok("Content-Length: 4\r\n\r\nxxx"), "fewer than announced"}
      ),
      false
  );
}

TEST(ReplyWriter, SendsNoBodyToHead) {
  expect_written(
      table(
          Case{with(Body::of("abc")), kHead, ok("Content-Length: 3\r\n\r\n"), "the length of GET"},
          Case{with_length(1234), kHead, ok("Content-Length: 1234\r\n\r\n"), "the length alone"},
          Case{with(streamed({"ab"}, 2)), kHead, ok("Content-Length: 2\r\n\r\n"), "of a stream"},
          Case{with(streamed({"ab"})), kHead, ok("\r\n"), "nobody knows the length"},
          Case{with(Body()), kHead, ok("\r\n"), "nor here"},
          Case{with_length(3, 204), kHead, "HTTP/1.1 204 No Content\r\n\r\n", "GET would have none"}
      ),
      true
  );
}

TEST(ReplyWriter, SaysWhetherTheConnectionGoesOn) {
  const std::string head = ok("Content-Length: 1\r\n");
  expect_written(
      table(Case{
          with(Body::of("a")), kGet10, head + "Connection: keep-alive\r\n\r\na", "1.0 must be told"
      }),
      true
  );
  expect_written(
      table(
          Case{with(Body::of("a")), kLastGet, head + "Connection: close\r\n\r\na", "told to close"},
          Case{with(Body::of("a")), kLastGet10, head + "Connection: close\r\n\r\na", "1.0 too"},
          Case{
              with(streamed({"ab", "cde"})),
              kGet10,
              ok("Connection: close\r\n\r\nabcde"),
              "1.0 knows no chunks"
          },
          Case{
              with(streamed({"ab", "cde"})),
              kLastGet,
              chunked("Connection: close\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"),
              "a stream"
          }
      ),
      false
  );
}

TEST(ReplyWriter, BreaksOffWhereTheBodyDoes) {
  expect_written(
      table(
          Case{
              with(streamed({"ab", "cde"}, 6)),
              kGet,
              ok("Content-Length: 6\r\n\r\nabcde"),
              "fewer bytes than announced"
          },
          Case{
              with(streamed({"ab", "cde"}, 4)),
              kGet,
              ok("Content-Length: 4\r\n\r\nab"),
              "more bytes than announced"
          },
          Case{
              with(streamed({"ab", "cde", lost()})),
              kGet,
              chunked("\r\n2\r\nab\r\n3\r\ncde\r\n"),
              "no last chunk"
          },
          Case{
              with(streamed({"ab", lost()}, 9)),
              kGet,
              ok("Content-Length: 9\r\n\r\nab"),
              "an error in between"
          }
      ),
      false
  );
}

TEST(ReplyWriter, ResetsWhereTheEndOfTheConnectionWouldBeTakenForTheEndOfTheBody) {
  const Written got = written(with(streamed({"ab", lost()})), kGet10);
  EXPECT_TRUE(got.bytes.ends_with("(reset)")) << got.bytes;
  EXPECT_FALSE(got.goes_on);
}

TEST(ReplyWriter, WaitsForAClientThatReadsSlowly) {
  asio::io_context io;
  Pair pair(io);
  ReplyWriter writer(pair.near, 5s);
  const std::string large = loopback::large_text(16'777'216);
  const std::string expected = ok("Content-Length: 16777216\r\n\r\n") + large;
  Reply reply = with(Body::of(large));
  std::string received;
  std::thread client([&] { received = pair.far.receive(expected.size()); });
  const bool goes_on = loopback::run(io, writer.write(reply, kGet));
  client.join();
  EXPECT_TRUE(goes_on);
  EXPECT_TRUE(received == expected);
}

TEST(ReplyWriter, GivesUpOnAClientThatDoesNotRead) {
  asio::io_context io;
  Pair pair(io);
  ReplyWriter writer(pair.near, 20ms);
  Reply reply = with(Body::of(loopback::large_text(67'108'864)));
  EXPECT_FALSE(loopback::run(io, writer.write(reply, kGet)));
  EXPECT_FALSE(pair.near.is_open());
}

}  // namespace
}  // namespace festina::net
