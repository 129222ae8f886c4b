#include "http/framing.h"

#include <gtest/gtest.h>
#include <vector>

namespace festina::http {
namespace {

struct Line {
  std::string_view name;
  std::string_view value;
};

Headers of(const std::vector<Line>& lines) {
  Headers headers;
  for (const Line& line : lines) headers.add(line.name, line.value);
  return headers;
}

TEST(StatedFrame, IsWhatTheFieldsSay) {
  const struct {
    std::vector<Line> lines;
    BodyFrame frame;
    std::string_view why;
  } cases[] = {
      {{}, {Framing::none, 0}, "nothing said"},
      {{{"Content-Length", "0"}}, {Framing::length, 0}, "zero is a length"},
      {{{"Content-Length", "0042"}}, {Framing::length, 42}, "leading zeros"},
      {{{"Content-Length", "18446744073709551615"}},
       {Framing::length, 18446744073709551615u},
       "the greatest"},
      {{{"Transfer-Encoding", "chunked"}}, {Framing::chunked, 0}, "chunked"},
      {{{"transfer-encoding", "Chunked"}},
       {Framing::chunked, 0},
       "codings have no case (RFC 9112 §7)"},
  };
  for (const auto& c : cases) {
    const auto frame = stated_frame(framing_fields(of(c.lines)), Version::http_1_1, Side::client);
    ASSERT_TRUE(frame) << c.why;
    EXPECT_EQ(*frame, c.frame) << c.why;
  }
}

TEST(StatedFrame, IsRefusedWhenAmbiguous) {
  const struct {
    std::vector<Line> lines;
    std::string_view why;
  } cases[] = {
      {{{"Content-Length", "5"}, {"Content-Length", "6"}}, "two lengths (RFC 9112 §6.3)"},
      {{{"Content-Length", "5"}, {"Content-Length", "5"}}, "even equal ones"},
      {{{"Content-Length", "5, 5"}}, "a list of lengths"},
      {{{"Content-Length", ""}}, "no digits"},
      {{{"Content-Length", "+5"}}, "a sign"},
      {{{"Content-Length", "-5"}}, "a sign"},
      {{{"Content-Length", "0x5"}}, "another base"},
      {{{"Content-Length", "5 "}}, "white space"},
      {{{"Content-Length", "18446744073709551616"}}, "beyond 64 bits"},
      {{{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}}, "both (RFC 9112 §6.3)"},
      {{{"Transfer-Encoding", "chunked"}, {"Content-Length", "5"}}, "both, the other way round"},
      {{{"Transfer-Encoding", "gzip"}, {"Content-Length", "5"}}, "both, one of them unknown"},
      {{{"Transfer-Encoding", "gzip"}}, "another coding (RFC 9112 §6.1)"},
      {{{"Transfer-Encoding", "gzip, chunked"}}, "two codings"},
      {{{"Transfer-Encoding", "chunked, gzip"}}, "chunked is not last"},
      {{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
       "chunked twice (RFC 9112 §6.1)"},
      {{{"Transfer-Encoding", "identity"}}, "a coding that is no more"},
      {{{"Transfer-Encoding", "xchunked"}}, "nearly chunked"},
      {{{"Transfer-Encoding", "chunked;q=1"}}, "chunked has no parameters"},
      {{{"Transfer-Encoding", "\"chunked\""}}, "quotes"},
      {{{"Transfer-Encoding", ""}}, "empty"},
  };
  for (const auto& c : cases) {
    const auto frame = stated_frame(framing_fields(of(c.lines)), Version::http_1_1, Side::origin);
    ASSERT_FALSE(frame) << c.why;
    EXPECT_EQ(frame.error().code, ErrorCode::malformed) << c.why;
    EXPECT_EQ(frame.error().side, Side::origin) << c.why;
    EXPECT_NE(frame.error().detail, "") << c.why;
  }
}

TEST(StatedFrame, IsNeverChunkedInHttp10) {
  const Headers chunked = of({{"Transfer-Encoding", "chunked"}});
  EXPECT_FALSE(stated_frame(framing_fields(chunked), Version::http_1_0, Side::client));
}

TEST(KeepAlive, FollowsVersionAndConnection) {
  const struct {
    std::vector<Line> lines;
    bool in_1_1;
    bool in_1_0;
    std::string_view why;
  } cases[] = {
      {{}, true, false, "the default of the version (RFC 9112 §9.3)"},
      {{{"Connection", "close"}}, false, false, "close"},
      {{{"Connection", "Keep-Alive"}}, true, true, "keep-alive, whatever its case"},
      {{{"Connection", "keep-alive, close"}}, false, false, "close wins"},
      {{{"Connection", "upgrade"}, {"Connection", "x, close"}}, false, false, "two lines"},
      {{{"Proxy-Connection", "keep-alive"}}, true, false, "Proxy-Connection says nothing to us"},
  };
  for (const auto& c : cases) {
    const Headers headers = of(c.lines);
    EXPECT_EQ(keeps_alive(framing_fields(headers), Version::http_1_1), c.in_1_1) << c.why;
    EXPECT_EQ(keeps_alive(framing_fields(headers), Version::http_1_0), c.in_1_0) << c.why;
  }
}

TEST(FramingFields, CountHostsAndExpectations) {
  const Headers headers = of({{"Host", "a"}, {"hOST", "b"}, {"Expect", "100-Continue"}});
  const FramingFields found = framing_fields(headers);
  EXPECT_EQ(found.hosts, 2u);
  EXPECT_TRUE(found.expects_continue);
  EXPECT_FALSE(framing_fields(of({{"Expect", "200-ok"}})).expects_continue);
}

}  // namespace
}  // namespace festina::http
