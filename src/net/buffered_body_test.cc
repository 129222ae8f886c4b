#include "net/buffered_body.h"

#include <gtest/gtest.h>

namespace festina::net {
namespace {

constexpr std::string_view kChunkedHead =
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

void append(ReadBuffer& buffer, std::string_view text) {
  while (!text.empty()) {
    const std::span<char> room = buffer.room();
    const std::size_t count = text.copy(room.data(), room.size());
    buffer.received(count);
    text.remove_prefix(count);
  }
}

// A request whose head is read, and what came of its body.
struct Request {
  explicit Request(std::string_view body) {
    append(buffer, kChunkedHead);
    const auto head = parser.feed_head(buffer.view());
    if (!head || !head->complete) throw std::runtime_error("the head is whole");
    buffer.consume(head->consumed);
    parser.take_head();
    append(buffer, body);
  }
  ReadBuffer buffer;
  http::RequestParser parser;
};

TEST(BufferedBody, IsOnePartHoweverSmallTheChunks) {
  struct Case {
    std::string body;
    std::string data;
    bool done;
    std::string left;
    std::string why;
  };
  const Case cases[] = {
      {"1\r\na\r\n2\r\nbc\r\n", "abc", false, "\r\n", "chunks; an end waits for what follows"},
      {"1\r\na\r\n3\r\nbc", "abc", false, "", "what came of a chunk"},
      {"1\r\na\r\n0\r\n\r\nGET", "a", true, "GET", "up to the end and no further"},
      {"0\r\n\r\n", "", true, "", "nothing but the end"},
      {"", "", false, "", "nothing"},
      {"1", "", false, "1", "too little"},
  };
  for (const Case& c : cases) {
    Request request(c.body);
    const auto part = take_buffered(request.parser, request.buffer);
    ASSERT_TRUE(part) << c.why;
    EXPECT_EQ(part->data.view(), c.data) << c.why;
    EXPECT_EQ(part->done, c.done) << c.why;
    EXPECT_EQ(request.buffer.view(), c.left) << c.why;
  }
}

TEST(BufferedBody, GoesOnWhereTheLastPartEnded) {
  Request request("2\r\nab\r\n3\r\ncd");
  ASSERT_TRUE(take_buffered(request.parser, request.buffer));
  append(request.buffer, "e\r\n0\r\n\r\n");
  const auto part = take_buffered(request.parser, request.buffer);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->data.view(), "e");
  EXPECT_TRUE(part->done);
}

TEST(BufferedBody, IsNoneWhereAChunkIsNone) {
  Request request("1\r\na\r\nzz\r\nb\r\n");
  const auto part = take_buffered(request.parser, request.buffer);
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, ErrorCode::malformed);
  EXPECT_EQ(part.error().side, Side::client);
}

TEST(BufferedBody, IsAnAnswersToo) {
  ReadBuffer buffer;
  http::ResponseParser parser(http::Method::get);
  append(
      buffer, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"
  );
  const auto head = parser.feed_head(buffer.view());
  ASSERT_TRUE(head && head->complete);
  buffer.consume(head->consumed);
  parser.take_head();
  const auto part = take_buffered(parser, buffer);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->data.view(), "ab");
  EXPECT_TRUE(part->done);
}

}  // namespace
}  // namespace festina::net
