#include "http/h1_response.h"

#include <gmock/gmock.h>
#include <vector>

#include "http/h1_pieces.h"

namespace festina::http {
namespace {

using testing::ElementsAre;
using namespace std::string_view_literals;

Result<ResponseHead> response_head(
    std::string_view text, Method method = Method::get, std::size_t piece = 1 << 20
) {
  ResponseParser parser(method);
  const auto consumed = feed_head(parser, text, piece);
  if (!consumed) return consumed.error();
  return parser.take_head();
}

TEST(ResponseParser, ReadsHeads) {
  for (const std::size_t piece : kPieces) {
    const auto head = response_head(
        "HTTP/1.1 404 Not  Found\r\nServer: x\r\nContent-Length: 3\r\n\r\n", Method::get, piece
    );
    ASSERT_TRUE(head) << head.error().detail;
    EXPECT_EQ(head->response.status, 404);
    EXPECT_THAT(lines(head->response.headers), ElementsAre("Server: x", "Content-Length: 3"));
    EXPECT_EQ(head->frame, (BodyFrame{Framing::length, 3}));
    EXPECT_TRUE(head->keep_alive);
  }
}

TEST(ResponseParser, FramesByMethodStatusAndFields) {
  const struct {
    Method method;
    std::string_view head;
    BodyFrame frame;
    bool keep_alive;
    std::string_view why;
  } cases[] = {
      {Method::get,
       "HTTP/1.1 200 OK\r\n\r\n",
       {Framing::until_close, 0},
       false,
       "nothing said (RFC 9112 §6.3 rule 8)"},
      {Method::get,
       "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
       {Framing::length, 0},
       true,
       "a length"},
      {Method::get,
       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
       {Framing::chunked, 0},
       true,
       "chunked"},
      {Method::head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {}, true, "HEAD (rule 1)"},
      {Method::head, "HTTP/1.1 200 OK\r\n\r\n", {}, true, "HEAD"},
      {Method::head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", {}, true, "HEAD"},
      {Method::get,
       "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
       {},
       true,
       "304 (rule 1)"},
      {Method::get, "HTTP/1.1 204 No Content\r\n\r\n", {}, true, "204 (rule 1)"},
      {Method::get,
       "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
       {},
       true,
       "204 that says it is empty"},
      {Method::get,
       "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
       {},
       false,
       "204 with a body: what comes next is anything"},
      {Method::get,
       "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
       {},
       false,
       "204 with chunks: what comes next is anything"},
      {Method::get,
       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
       {},
       true,
       "101 is final"},
      {Method::get,
       "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n",
       {Framing::length, 5},
       false,
       "HTTP/1.0"},
      {Method::get,
       "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
       {Framing::length, 5},
       false,
       "close"},
  };
  for (const auto& c : cases) {
    const auto head = response_head(c.head, c.method);
    ASSERT_TRUE(head) << c.why << ": " << head.error().detail;
    EXPECT_EQ(head->frame, c.frame) << c.why;
    EXPECT_EQ(head->keep_alive, c.keep_alive) << c.why;
  }
}

TEST(ResponseParser, SkipsInterimResponses) {
  constexpr std::string_view text =
      "HTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
  for (const std::size_t piece : kPieces) {
    ResponseParser parser(Method::get);
    const auto consumed = feed_head(parser, text, piece);
    ASSERT_TRUE(consumed) << consumed.error().detail;
    EXPECT_EQ(text.substr(*consumed), "hi");
    const ResponseHead head = parser.take_head();
    EXPECT_EQ(head.response.status, 200);
    EXPECT_THAT(lines(head.response.headers), ElementsAre("Content-Length: 2"));
  }
}

TEST(ResponseParser, LimitsInterimResponses) {
  ResponseParser parser(Method::get);
  constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t i = 0; i < kMaxInterimResponses; ++i) ASSERT_TRUE(parser.feed_head(interim));
  EXPECT_EQ(parser.feed_head(interim).error().code, ErrorCode::too_large);
}

TEST(ResponseParser, LimitsTheHeadsOfInterimResponsesTogether) {
  constexpr std::size_t half = kMaxHeadBytes / 2;
  const std::string interim = padded_to(half, "HTTP/1.1 103 Early Hints\r\nX: ", "\r\n\r\n");
  const std::string rest = padded_to(half, "HTTP/1.1 200 OK\r\nX: ", "\r\n\r\n");
  EXPECT_TRUE(response_head(interim + rest));
  EXPECT_EQ(
      response_head(interim + "HTTP/1.1 100 X\r\n\r\n" + rest).error().code, ErrorCode::too_large
  );
}

TEST(ResponseParser, RefusesWhatIsMalformed) {
  const struct {
    std::string_view head;
    std::string_view why;
  } cases[] = {
      {"HTTP/1.1 20 OK\r\n\r\n", "two digits"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "four digits"},
      {"HTTP/1.1 099 X\r\n\r\n", "below 100"},
      {"HTTP/2 200 OK\r\n\r\n", "another version"},
      {"HTTP/2.0 200 OK\r\n\r\n", "another version"},
      {"HTTP/1.1 OK\r\n\r\n", "no status"},
      {"HTTP/1.1 200\n\n", "bare LF for line ends (RFC 9112 §2.2)"},
      {"<!doctype html>\r\n<p>hello\r\n\r\n", "no status line: HTTP/0.9"},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", "a control byte in the reason phrase"},
      {"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"sv, "NUL in a value"},
      {"HTTP/1.1 200 OK\r\nX: a\nSet-Cookie: b\r\n\r\n", "a bare LF in a value"},
      {"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n", "a bare CR in a value"},
      {"HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", "a space before the colon"},
      {"HTTP/1.1 200 OK\r\n: x\r\n\r\n", "a field without a name"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "two lengths"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", "a list of lengths"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "a length with a sign"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
       "both framings, the other way round"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "chunked is not last"},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "chunked in HTTP/1.0"},
      {"HTTP/1.1 204 X\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "two lengths of nothing"
      },
      {"HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
       "an interim response with a body"},
      {"HTTP/1.1 100 X\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
       "an interim response with a coding"},
      {"ICY 200 OK\r\n\r\n", "another protocol"},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", "an empty line in front is for requests only"},
      {"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", "a folded line"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "Content-Length twice"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "both framings"
      },
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "another coding"},
  };
  for (const auto& c : cases) {
    const auto head = response_head(c.head);
    ASSERT_FALSE(head) << c.why;
    EXPECT_EQ(head.error().code, ErrorCode::malformed) << c.why;
    EXPECT_EQ(head.error().side, Side::origin) << c.why;
  }
}

TEST(ResponseParser, JudgesTheEndOfTheConnection) {
  const struct {
    std::string_view text;
    std::optional<ErrorCode> error;
    std::string_view why;
  } cases[] = {
      {"", ErrorCode::disconnected, "before any byte"},
      {"H", ErrorCode::truncated, "within the head"},
      {"HTTP/1.1 200 OK\r\n", ErrorCode::truncated, "within the head"},
      {"HTTP/1.1 100 Continue\r\n\r\n", ErrorCode::truncated, "behind an interim response"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ErrorCode::truncated, "before the body"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ErrorCode::truncated, "within the body"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", std::nullopt, "behind the body"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", std::nullopt, "behind an empty body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
       ErrorCode::truncated,
       "no last chunk"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
       ErrorCode::truncated,
       "within the last chunk"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       std::nullopt,
       "behind the last chunk"},
      {"HTTP/1.1 200 OK\r\n\r\n", std::nullopt, "the close ends the body"},
      {"HTTP/1.1 200 OK\r\n\r\nhello", std::nullopt, "the close ends the body"},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", std::nullopt, "no body to wait for"
      },
  };
  for (const auto& c : cases) {
    ResponseParser parser(Method::get);
    const auto head = feed_head(parser, c.text, 1 << 20);
    if (head) ASSERT_TRUE(feed_body(parser, c.text.substr(*head), 2)) << c.why;
    const auto finished = parser.finish();
    EXPECT_EQ(finished.has_error(), c.error.has_value()) << c.why;
    if (!finished && c.error) EXPECT_EQ(finished.error().code, *c.error) << c.why;
    if (!finished) EXPECT_EQ(finished.error().side, Side::origin) << c.why;
  }
}

TEST(ResponseParser, ReadsABodyUntilTheClose) {
  ResponseParser parser(Method::get);
  ASSERT_TRUE(feed_head(parser, "HTTP/1.1 200 OK\r\n\r\n", 1 << 20));
  for (const std::string_view piece : {"he", "llo", "HTTP/1.1 200 OK\r\n\r\n"}) {
    const auto part = parser.feed_body(piece);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->data, piece);
    EXPECT_EQ(part->consumed, piece.size());
    EXPECT_FALSE(part->done);
  }
}

TEST(EmbeddedResponseHead, IsReadOnceItIsComplete) {
  constexpr std::string_view text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n5\r\nhello";
  const std::size_t head = text.find("\r\n\r\n") + 4;
  for (std::size_t size = 0; size < head; ++size) {
    const auto found = parse_embedded_response_head(text.substr(0, size));
    ASSERT_TRUE(found);
    EXPECT_FALSE(*found) << size;
  }
  const EmbeddedHead found = parse_embedded_response_head(text)->value_or(EmbeddedHead{});
  EXPECT_EQ(found.response.status, 200);
  EXPECT_THAT(lines(found.response.headers), ElementsAre("Transfer-Encoding: chunked", "X: y"));
  EXPECT_EQ(found.consumed, head);
}

TEST(EmbeddedResponseHead, IsRefusedWhenItIsNone) {
  for (const std::string_view text :
       {"\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        "HTTP/1.1 2 OK\r\n\r\n"}) {
    const auto found = parse_embedded_response_head(text);
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().code, ErrorCode::malformed) << text;
    EXPECT_EQ(found.error().side, Side::worker) << text;
  }
}

TEST(EmbeddedResponseHead, HasTheLimitOfAHead) {
  constexpr std::string_view start = "HTTP/1.1 200 OK\r\nX: ";
  const auto longest = parse_embedded_response_head(padded_to(kMaxHeadBytes, start, "\r\n\r\n"));
  ASSERT_TRUE(longest);
  EXPECT_EQ(longest->value_or(EmbeddedHead{}).consumed, kMaxHeadBytes);
  const auto refused =
      parse_embedded_response_head(padded_to(kMaxHeadBytes + 1, start, "\r\n\r\n"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST(ResponseParser, GivesInterimResponsesAsTheyCome) {  // RFC 9110 §15.2
  ResponseParser parser(Method::get);
  ASSERT_TRUE(parser.feed_head("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"));
  std::vector<Response> interim = parser.take_interim();
  ASSERT_EQ(interim.size(), 1U) << "100 answers what we asked";
  EXPECT_EQ(interim[0].status, 102);

  ASSERT_TRUE(
      parser.feed_head("HTTP/1.1 103 Early Hints\r\nLink: x\r\nConnection: X-A\r\nX-A: 1\r\n\r\n"
                       "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
  );
  interim = parser.take_interim();
  ASSERT_EQ(interim.size(), 1U);
  EXPECT_EQ(interim[0].status, 103);
  EXPECT_THAT(lines(interim[0].headers), ElementsAre("Link: x"));
  EXPECT_TRUE(parser.take_interim().empty());
  EXPECT_EQ(parser.take_head().response.status, 200);
}

}  // namespace
}  // namespace festina::http
