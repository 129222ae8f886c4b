#include "http/h1_request.h"

#include <gmock/gmock.h>
#include <vector>

#include "http/h1_pieces.h"

namespace festina::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::string_view_literals;

Result<RequestHead> request_head(std::string_view text, std::size_t piece = 1 << 20) {
  RequestParser parser;
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
      {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", "a version of two digits"},
      {"GET / HTTP/11\r\nHost: a\r\n\r\n", "a version without a dot"},
      {"GET / HTTP 1.1\r\nHost: a\r\n\r\n", "a version without a slash"},
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

TEST(RequestParser, DoesNotSpeakOtherVersions) {
  for (const std::string_view head :
       {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",  // the preface of HTTP/2 (RFC 9113 §3.4)
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET / HTTP/0.9\r\nHost: a\r\n\r\n",
        "GET / HTTP/3.0\r\nHost: a\r\n\r\n"}) {
    for (const std::size_t piece : kPieces) {
      const auto refused = request_head(head, piece);
      ASSERT_FALSE(refused) << head;
      EXPECT_EQ(refused.error().code, ErrorCode::unsupported) << head << ", by " << piece;
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

TEST(RequestParser, LimitsTheTarget) {
  const std::string longest = "/" + std::string(kMaxTargetBytes - 1, 'a');
  EXPECT_TRUE(request_head("GET " + longest + " HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(
      request_head("GET " + longest + "a HTTP/1.1\r\nHost: a\r\n\r\n").error().code,
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

}  // namespace
}  // namespace festina::http
