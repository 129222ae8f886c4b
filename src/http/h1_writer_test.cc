#include "http/h1_writer.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

Headers with_framing_fields() {
  Headers headers;
  headers.add("Host", "elsewhere.test");
  headers.add("x-Own", "1");
  headers.add("Connection", "close");
  headers.add("Content-Length", "7");
  headers.add("Transfer-Encoding", "chunked");
  headers.add("Accept", "*/*");
  return headers;
}

TEST(RequestHeadText, TakesHostFromTheUrlAndFramingFromTheFrame) {
  Request request;
  request.method_text = "POST";
  request.url = *parse_url("http://example.com:8080/a?b");
  request.headers = with_framing_fields();
  const std::string text = request_head_text(request, request.url.target(), {Framing::length, 3});
  EXPECT_EQ(
      text,
      "POST /a?b HTTP/1.1\r\nHost: example.com:8080\r\nx-Own: 1\r\nAccept: */*\r\nContent-Length: "
      "3\r\n\r\n"
  );
}

TEST(RequestHeadText, HasTheConnectionLineOfAnUpgrade) {
  Request request;
  request.url = *parse_url("http://example.com/chat");
  request.headers.add("Upgrade", "websocket");
  EXPECT_EQ(
      request_head_text(request, request.url.target(), {}),
      "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
  );
}

TEST(RequestHeadText, MayHaveAnAbsoluteTarget) {
  Request request;
  request.url = *parse_url("https://example.com/a");
  EXPECT_EQ(
      request_head_text(request, request.url.text(), {}),
      "GET https://example.com/a HTTP/1.1\r\nHost: example.com\r\n\r\n"
  );
}

TEST(ResponseLines, HaveAStatusLineAndNoFraming) {
  const Response response{404, with_framing_fields()};
  std::string out = "kept";
  append_response_lines(out, response);
  EXPECT_EQ(
      out, "keptHTTP/1.1 404 Not Found\r\nHost: elsewhere.test\r\nx-Own: 1\r\nAccept: */*\r\n"
  );
}

TEST(ResponseLines, NameTheUnknownStatusToo) {
  std::string out;
  append_response_lines(out, {299, {}});
  EXPECT_EQ(out, "HTTP/1.1 299 Unknown\r\n");
}

TEST(FrameLine, SaysHowTheBodyEnds) {
  const struct {
    BodyFrame frame;
    std::string_view line;
  } cases[] = {
      {{Framing::none, 0}, ""},
      {{Framing::until_close, 0}, ""},
      {{Framing::chunked, 0}, "Transfer-Encoding: chunked\r\n"},
      {{Framing::length, 0}, "Content-Length: 0\r\n"},
      {{Framing::length, 18446744073709551615u}, "Content-Length: 18446744073709551615\r\n"},
  };
  for (const auto& c : cases) {
    std::string out;
    append_frame_line(out, c.frame);
    EXPECT_EQ(out, c.line);
  }
}

TEST(ChunkPrefix, IsHexadecimal) {
  EXPECT_EQ(chunk_prefix(1), "1\r\n");
  EXPECT_EQ(chunk_prefix(0xabcdef), "abcdef\r\n");
}

}  // namespace
}  // namespace festina::http
