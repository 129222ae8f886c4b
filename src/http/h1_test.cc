#include "http/h1.h"

#include <gmock/gmock.h>
#include <vector>

namespace festina::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_view_literals;

// How many bytes arrive at once: all of them, or so few that every element is cut.
constexpr std::size_t kPieces[] = {1, 2, 3, 7, 1 << 20};

// Gives the parser `text` in pieces, as a connection's buffer does: what was not consumed is given again.
template <class Parser>
Result<std::size_t> feed_head(Parser& parser, std::string_view text, std::size_t piece) {
  std::size_t consumed = 0;
  for (std::size_t arrived = 0; arrived < text.size();) {
    arrived = std::min(text.size(), arrived + piece);
    const auto progress = parser.feed_head(text.substr(consumed, arrived - consumed));
    if (!progress) return progress.error();
    consumed += progress->consumed;
    if (progress->complete) return consumed;
  }
  return Error{ErrorCode::truncated, Side::self, "the head did not end"};
}

struct WholeBody {
  std::string data;
  std::size_t consumed = 0;
  bool done = false;
};
template <class Parser>
Result<WholeBody> feed_body(Parser& parser, std::string_view text, std::size_t piece) {
  WholeBody body;
  std::size_t arrived = 0;
  for (;;) {
    const auto part = parser.feed_body(text.substr(body.consumed, arrived - body.consumed));
    if (!part) return part.error();
    body.data += part->data;
    body.consumed += part->consumed;
    body.done = part->done;
    const bool stuck = part->consumed == 0 && arrived == text.size();
    if (part->done || stuck) return body;
    if (part->consumed == 0) arrived = std::min(text.size(), arrived + piece);
  }
}

std::vector<std::string> lines(const Headers& headers) {
  std::vector<std::string> texts;
  for (const Field& field : headers)
    texts.push_back(std::string(field.name_text) + ": " + std::string(field.value));
  return texts;
}

Result<RequestHead> request_head(std::string_view text, std::size_t piece = 1 << 20) {
  RequestParser parser;
  const auto consumed = feed_head(parser, text, piece);
  if (!consumed) return consumed.error();
  return parser.take_head();
}

Result<ResponseHead> response_head(
    std::string_view text, Method method = Method::get, std::size_t piece = 1 << 20
) {
  ResponseParser parser(method);
  const auto consumed = feed_head(parser, text, piece);
  if (!consumed) return consumed.error();
  return parser.take_head();
}

TEST(RequestParser, ReadsAHeadHoweverItArrives) {
  constexpr std::string_view text =
      "POST /a?b HTTP/1.1\r\nHost: example.com\r\nX-Own: \t a  b\t \r\nEmpty:\r\nContent-Length: "
      "5\r\n\r\n";
  for (const std::size_t piece : kPieces) {
    RequestParser parser;
    const auto consumed = feed_head(parser, std::string(text) + "hello", piece);
    ASSERT_TRUE(consumed) << consumed.error().detail;
    EXPECT_EQ(*consumed, text.size()) << "the body is not consumed";
    const RequestHead head = parser.take_head();
    EXPECT_EQ(head.method, Method::post);
    EXPECT_EQ(head.method_text, "POST");
    EXPECT_EQ(head.target, "/a?b");
    EXPECT_THAT(
        lines(head.headers),
        ElementsAre("Host: example.com", "X-Own: a  b", "Empty: ", "Content-Length: 5")
    );
    EXPECT_EQ(head.frame, (BodyFrame{Framing::length, 5}));
    EXPECT_TRUE(head.keep_alive);
    EXPECT_FALSE(head.http_1_0);
    EXPECT_FALSE(head.expects_continue);
  }
}

TEST(RequestParser, TakesWhatIsUnusualButClear) {
  const struct {
    std::string_view head;
    std::string_view target;
    std::string_view why;
  } cases[] = {
      {"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", "http://a/b", "absolute form"},
      {"GET http://a/b HTTP/1.1\r\n\r\n",
       "http://a/b",
       "absolute form needs no Host: workerd sends none"},
      {"CONNECT a:443 HTTP/1.1\r\n\r\n", "a:443", "authority form needs no Host"},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*", "asterisk form"},
      {"GET / HTTP/1.0\r\n\r\n", "/", "HTTP/1.0 needs no Host"},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "/", "an empty Host is one (RFC 9112 §3.2)"},
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "/", "an empty line in front (RFC 9112 §2.2)"},
      {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "/", "two of them"},
      {"PROPFIND /\xc3\xa4\"<> HTTP/1.1\r\nHost: a\r\nX: \xff\x80\r\n\r\n",
       "/\xc3\xa4\"<>",
       "bytes beyond ASCII"},
      {"!#$%&'*+-.^_`|~ / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~: x\r\n\r\n",
       "/",
       "every byte of a token"},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : kPieces) {
      const auto head = request_head(c.head, piece);
      ASSERT_TRUE(head) << c.why << ": " << head.error().detail;
      EXPECT_EQ(head->target, c.target) << c.why;
    }
  }
}

TEST(RequestParser, RefusesWhatIsAmbiguous) {
  const struct {
    std::string_view head;
    std::string_view why;
  } cases[] = {
      {"GET / HTTP/1.1\r\n\r\n", "no Host (RFC 9112 §3.2)"},
      {"OPTIONS * HTTP/1.1\r\n\r\n", "no Host"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "a second Host (RFC 9112 §3.2)"},
      {"GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "a second Host in absolute form"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", "a second Host in HTTP/1.0"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", "a folded line (RFC 9112 §5.2)"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", "a folded line, with a tab"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n c\r\n\r\n", "a folded line, empty before the fold"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n \r\n\r\n", "a folded line, empty behind the fold"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX:\r\n \r\n\r\n", "a folded line, empty on both sides"},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
       "white space in front of the first field (RFC 9112 §2.2)"},
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "a space before the colon (RFC 9112 §5.1)"},
      {"GET / HTTP/1.1\r\nHost\t: a\r\n\r\n", "a tab before the colon"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", "a line without a colon"},
      {"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", "a field without a name"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX(: x\r\n\r\n", "a field name that is no token"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "a bare CR in a value (RFC 9112 §2.2)"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\nb: c\r\n\r\n", "a bare LF in a value"},
      {"GET / HTTP/1.1\nHost: a\n\r\n\r\n", "bare LF for line ends"},
      {"GET / HTTP/1.1\r\nHost: a\r\rX: b\r\n\r\n", "a bare CR for a line end"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"sv, "NUL in a value"},
      {"GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"sv, "NUL in the target"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n", "DEL in a value"},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "a space in the target"},
      {"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "a tab behind the method"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "two spaces behind the method"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "a space behind the version"},
      {"GET /\r\nHost: a\r\n\r\n", "no version"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "another version"},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", "a version in lower case (RFC 9112 §2.3)"},
      {"G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "a method that is no token"},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "a space in front"},
      {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "a bare LF in front"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
       "Content-Length twice"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "two lengths"
      },
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", "a list of lengths"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n", "a length with a sign"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", "an empty length"},
      {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       "both framings"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
       "both framings"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n",
       "both framings"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "another coding"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
       "chunked\r\n\r\n",
       "chunked twice"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n",
       "two codings"},
      {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0b"
       "chunked\r\n\r\n",
       "a control byte before the coding"},
      {"GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "chunked in HTTP/1.0 (RFC 9112 §6.1)"
      },
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : kPieces) {
      const auto head = request_head(c.head, piece);
      ASSERT_FALSE(head) << c.why;
      EXPECT_EQ(head.error().code, ErrorCode::malformed) << c.why << ", by " << piece;
      EXPECT_EQ(head.error().side, Side::client) << c.why;
      EXPECT_NE(head.error().detail, "") << c.why;
    }
  }
}

TEST(RequestParser, SaysWhatIsWrong) {
  EXPECT_EQ(request_head("GET / HTTP/1.1\r\n\r\n").error().detail, "no Host");
  EXPECT_EQ(
      request_head("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").error().detail,
      "more than one Host"
  );
  EXPECT_EQ(
      request_head("GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n").error().detail, "a folded field line"
  );
  EXPECT_THAT(
      request_head("GET / HTTP/1.1\r\nA : b\r\n\r\n").error().detail, HasSubstr("field name")
  );
}

TEST(RequestParser, SaysWhetherTheConnectionGoesOn) {
  const struct {
    std::string_view head;
    bool keep_alive;
    bool expects_continue;
    std::string_view why;
  } cases[] = {
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, false, "HTTP/1.1"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false, false, "close"},
      {"GET / HTTP/1.0\r\n\r\n", false, false, "HTTP/1.0"},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, false, "HTTP/1.0 that keeps alive"
      },
      {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
       true,
       true,
       "an expectation"},
      {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
       true,
       false,
       "without a body (RFC 9110 §10.1.1)"},
      {"PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
       false,
       false,
       "HTTP/1.0 expects nothing"},
  };
  for (const auto& c : cases) {
    const auto head = request_head(c.head);
    ASSERT_TRUE(head) << c.why;
    EXPECT_EQ(head->keep_alive, c.keep_alive) << c.why;
    EXPECT_EQ(head->expects_continue, c.expects_continue) << c.why;
  }
}

std::string padded_to(std::size_t size, std::string_view start, std::string_view end) {
  return std::string(start) + std::string(size - start.size() - end.size(), 'x') + std::string(end);
}

TEST(RequestParser, LimitsAHead) {
  constexpr std::string_view start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string longest = padded_to(kMaxHeadBytes, start, "\r\n\r\n");
  const std::string too_long = padded_to(kMaxHeadBytes + 1, start, "\r\n\r\n");
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{1 << 20}}) {
    EXPECT_TRUE(request_head(longest, piece));
    const auto refused = request_head(too_long, piece);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::too_large);
    EXPECT_EQ(refused.error().side, Side::client);
  }
}

TEST(RequestParser, LimitsAHeadThatIsConsumedOnTheWay) {
  // Lines arrive one by one, each is consumed at once: the limit counts what is gone too.
  RequestParser parser;
  ASSERT_TRUE(parser.feed_head("GET / HTTP/1.1\r\n"));
  const std::string line = "X: " + std::string(1000, 'x') + "\r\n";
  std::string waiting;
  std::size_t given = 16;
  for (;;) {
    waiting += line;
    given += line.size();
    const auto progress = parser.feed_head(waiting);
    if (!progress) {
      EXPECT_EQ(progress.error().code, ErrorCode::too_large);
      break;
    }
    waiting.erase(0, progress->consumed);
    ASSERT_LE(given, kMaxHeadBytes);
  }
  EXPECT_GT(given, kMaxHeadBytes);
}

TEST(RequestParser, LimitsEmptyLinesInFront) {
  RequestParser parser;
  std::string empty_lines;
  while (empty_lines.size() < kMaxHeadBytes) empty_lines += "\r\n";
  ASSERT_TRUE(parser.feed_head(empty_lines));
  EXPECT_EQ(parser.feed_head("\r\n").error().code, ErrorCode::too_large);
}

TEST(RequestParser, LimitsFieldLines) {
  std::string head = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 1; i < kMaxHeaderLines; ++i) head += "X: y\r\n";
  EXPECT_TRUE(request_head(head + "\r\n"));
  EXPECT_EQ(request_head(head + "X: y\r\n\r\n").error().code, ErrorCode::too_large);
}

TEST(RequestParser, LimitsTheTarget) {
  const std::string longest = "/" + std::string(kMaxTargetBytes - 1, 'a');
  EXPECT_TRUE(request_head("GET " + longest + " HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(
      request_head("GET " + longest + "a HTTP/1.1\r\nHost: a\r\n\r\n").error().code,
      ErrorCode::too_large
  );
}

TEST(RequestParser, LimitsFieldNames) {
  const std::string longest(kMaxNameBytes, 'n');
  EXPECT_TRUE(request_head("GET / HTTP/1.1\r\nHost: a\r\n" + longest + ": x\r\n\r\n"));
  EXPECT_EQ(
      request_head("GET / HTTP/1.1\r\nHost: a\r\nn" + longest + ": x\r\n\r\n").error().code,
      ErrorCode::too_large
  );
}

TEST(RequestParser, ReadsBodiesHoweverTheyArrive) {
  const struct {
    std::string_view fields;
    std::string_view body;
    std::string_view data;
    std::string_view why;
  } cases[] = {
      {"", "", "", "no body"},
      {"Content-Length: 0\r\n", "", "", "an empty one"},
      {"Content-Length: 5\r\n", "hello", "hello", "of a length"},
      {"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello", "one chunk"},
      {"Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "", "no chunk"},
      {"Transfer-Encoding: chunked\r\n",
       "1\r\nh\r\nA\r\n\r\n01234567\r\n00\r\n\r\n",
       "h\r\n01234567",
       "two chunks"},
      {"Transfer-Encoding: chunked\r\n",
       "5;a;b=c ; d=\"e;\\\"f\"\r\nhello\r\n0;x=y\r\n\r\n",
       "hello",
       "extensions are dropped (RFC 9112 §7.1.1)"},
      {"Transfer-Encoding: chunked\r\n",
       "5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: \r\n\r\n",
       "hello",
       "trailers are dropped (RFC 9112 §7.1.2)"},
  };
  constexpr std::string_view next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const auto& c : cases) {
    for (const std::size_t piece : kPieces) {
      RequestParser parser;
      const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(c.fields) + "\r\n";
      ASSERT_TRUE(feed_head(parser, head, piece)) << c.why;
      EXPECT_EQ(parser.take_head().headers.size(), c.fields.empty() ? 1u : 2u) << c.why;
      const auto body = feed_body(parser, std::string(c.body) + std::string(next), piece);
      ASSERT_TRUE(body) << c.why << ": " << body.error().detail;
      EXPECT_TRUE(body->done) << c.why;
      EXPECT_EQ(body->data, c.data) << c.why;
      EXPECT_EQ(body->consumed, c.body.size()) << "the next message is not consumed: " << c.why;
    }
  }
}

// The code a chunked body is refused with; empty when it is not.
std::string chunked_body_error(std::string_view text, std::size_t piece) {
  RequestParser parser;
  const auto head =
      feed_head(parser, "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", piece);
  if (!head) return "no head";
  const auto body = feed_body(parser, text, piece);
  return body ? "" : std::string(name(body.error().code));
}

TEST(RequestParser, RefusesBrokenChunks) {
  const struct {
    std::string_view body;
    std::string_view why;
  } cases[] = {
      {"x\r\nhello\r\n0\r\n\r\n", "no size"},
      {"\r\nhello\r\n0\r\n\r\n", "an empty size"},
      {"-5\r\nhello\r\n0\r\n\r\n", "a sign"},
      {"0x5\r\nhello\r\n0\r\n\r\n", "a prefix"},
      {" 5\r\nhello\r\n0\r\n\r\n", "a space before the size"},
      {"5 \r\nhello\r\n0\r\n\r\n", "a space behind the size"},
      {"5\nhello\r\n0\r\n\r\n", "a bare LF"},
      {"5\rhello\r\n0\r\n\r\n", "a bare CR"},
      {"5\r\nhelloX\r\n0\r\n\r\n", "more than the size says"},
      {"5\r\nhello0\r\n\r\n", "no line end behind the data"},
      {"10000000000000000\r\nhello\r\n0\r\n\r\n", "a size beyond 64 bits"},
      {"5;\r\nhello\r\n0\r\n\r\n", "an extension without a name"},
      {"5;a=\"\r\nhel\"\r\n0\r\n\r\n", "an extension that runs into the data"},
      {"0\r\nX\r\n\r\n", "a trailer without a colon"},
      {"0\r\nContent-Length: 5\r\n\r\n", "a trailer that frames"},
  };
  for (const auto& c : cases) {
    for (const std::size_t piece : kPieces) {
      EXPECT_EQ(chunked_body_error(c.body, piece), "malformed") << c.why << ", by " << piece;
    }
  }
}

TEST(RequestParser, LimitsChunkLinesAndTrailers) {
  const struct {
    std::string_view start;
    std::string_view end;
    std::size_t excess;
    bool refused;
  } cases[] = {
      {"5;", "\r\n", 0, false},
      {"5;", "\r\n", 1, true},
      {"0\r\nX: ", "\r\n\r\n", 0, false},
      {"0\r\nX: ", "\r\n\r\n", 1, true},
  };
  for (const auto& c : cases) {
    const std::string text = padded_to(kMaxChunkLineBytes + c.excess, c.start, c.end);
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{1 << 20}}) {
      EXPECT_EQ(chunked_body_error(text, piece), c.refused ? "too_large" : "")
          << c.start << " by " << piece;
    }
  }
}

TEST(RequestParser, GivesViewsIntoItsInput) {
  RequestParser parser;
  ASSERT_TRUE(
      feed_head(parser, "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 1 << 20)
  );
  const std::string body = "5\r\nhello\r\n";
  const auto part = parser.feed_body(body);
  ASSERT_TRUE(part);
  EXPECT_EQ(part->data.data(), body.data() + 3);
  EXPECT_FALSE(part->done);
}

TEST(RequestParser, ReadsTheNextMessageAfterReset) {
  const std::string text =
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
      "GET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
      "GET /3 HTTP/1.0\r\n\r\n";
  RequestParser parser;
  std::string_view rest = text;
  std::vector<std::string> seen;
  while (!rest.empty()) {
    const auto consumed = feed_head(parser, rest, 1 << 20);
    ASSERT_TRUE(consumed) << consumed.error().detail;
    rest.remove_prefix(*consumed);
    const RequestHead head = parser.take_head();
    const auto body = feed_body(parser, rest, 1 << 20);
    ASSERT_TRUE(body && body->done);
    rest.remove_prefix(body->consumed);
    seen.push_back(head.target + " " + body->data + " " + std::to_string(head.headers.size()));
    parser.reset();
  }
  EXPECT_THAT(seen, ElementsAre("/1 hi 3", "/2  1", "/3  0"));
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

TEST(ResponseParser, LimitsInterimResponsesToo) {
  ResponseParser parser(Method::get);
  constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
  std::size_t given = 0;
  for (; given + interim.size() <= kMaxHeadBytes; given += interim.size())
    ASSERT_TRUE(parser.feed_head(interim));
  EXPECT_EQ(parser.feed_head(interim).error().code, ErrorCode::too_large);
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

}  // namespace
}  // namespace festina::http
