#include "net/proxy_protocol.h"

#include <gtest/gtest.h>

namespace festina::net {
namespace {

using Kind = ProxyHeader::Kind;

// A header of version 2: command and family, then what its length counts.
std::string binary(std::string_view command_and_family, std::string_view rest) {
  std::string header("\r\n\r\n\0\r\nQUIT\n", 12);
  header += command_and_family;
  header += static_cast<char>(rest.size() >> 8);
  header += static_cast<char>(rest.size() & 0xff);
  return header.append(rest);
}

constexpr std::string_view kIpv4("\xc0\x00\x02\x01\xc0\x00\x02\x02\xdc\x04\x01\xbb", 12);
constexpr std::string_view kIpv6(
    "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
    "\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01"
    "\xdc\x04\x01\xbb",
    36
);

// "address port local_port" behind the kind, or the error.
std::string text_of(const Result<ProxyHeader>& header) {
  if (!header) return std::string(name(header.error().code));
  switch (header->kind) {
    case Kind::absent:
      return "absent";
    case Kind::incomplete:
      return "incomplete";
    case Kind::local:
      return "local";
    case Kind::proxied:
      return header->address + " " + std::to_string(header->port) + " " +
             std::to_string(header->local_port);
  }
  return "?";
}

struct Case {
  std::string header;
  std::string_view expected;
  std::string_view why;
};

TEST(ProxyHeader, OfVersion1) {
  const Case cases[] = {
      {"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", "192.0.2.1 56324 443", "IPv4"},
      {"PROXY TCP6 2001:DB8::1 ::1 56324 443\r\n", "2001:db8::1 56324 443", "IPv6"},
      {"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1 1 2", "IPv4 in IPv6 is IPv4"},
      {"PROXY UNKNOWN\r\n", "local", "tells nothing"},
      {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "local", "what else it says does not count"},
      {"PROXY TCP4 192.0.2.1 192.0.2.2 56324 65536\r\n", "malformed", "no such port"},
      {"PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 \r\n", "malformed", "a word too many"},
      {"PROXY TCP4 192.0.2.1 192.0.2.2 56324\r\n", "malformed", "a word too few"},
      {"PROXY TCP4 ::1 192.0.2.2 56324 443\r\n", "malformed", "another family than said"},
      {"PROXY TCP6 192.0.2.1 ::1 56324 443\r\n", "malformed", "another family than said"},
      {"PROXY TCP4 a.example 192.0.2.2 56324 443\r\n", "malformed", "names are no addresses"},
      {"PROXY UDP4 192.0.2.1 192.0.2.2 56324 443\r\n", "malformed", "no stream"},
      {"PROXY  TCP4 192.0.2.1 192.0.2.2 1 2\r\n", "malformed", "one space, no more"},
      {"PROXY \r\n", "malformed", "nothing"},
  };
  for (const Case& c : cases) EXPECT_EQ(text_of(proxy_header(c.header)), c.expected) << c.why;
}

TEST(ProxyHeader, OfVersion1HasALimit) {
  const std::string longest = "PROXY UNKNOWN " + std::string(kMaxProxyLine - 16, 'x') + "\r\n";
  ASSERT_EQ(longest.size(), kMaxProxyLine);
  EXPECT_EQ(text_of(proxy_header(longest)), "local");
  EXPECT_EQ(text_of(proxy_header("PROXY UNKNOWN  " + longest.substr(14))), "malformed");
}

TEST(ProxyHeader, OfVersion2) {
  const Case cases[] = {
      {binary("\x21\x11", kIpv4), "192.0.2.1 56324 443", "IPv4"},
      {binary("\x21\x21", kIpv6), "2001:db8::1 56324 443", "IPv6"},
      {binary("\x21\x11", std::string(kIpv4) + "\x04\x01\x02zz"),
       "192.0.2.1 56324 443",
       "TLVs are passed over"},
      {binary({"\x20\x00", 2}, ""), "local", "the proxy's own connection"},
      {binary("\x20\x11", kIpv4), "local", "whatever addresses it tells"},
      {binary({"\x21\x00", 2}, ""), "local", "addresses of no known family"},
      {binary("\x21\x31", std::string(216, 'x')), "local", "Unix sockets"},
      {binary("\x21\x12", kIpv4), "local", "datagrams"},
      {binary("\x21\x11", kIpv4.substr(1)), "malformed", "shorter than its addresses"},
      {binary("\x21\x21", kIpv4), "malformed", "shorter than its addresses"},
      {binary("\x11\x11", kIpv4), "malformed", "another version"},
      {binary("\x22\x11", kIpv4), "malformed", "another command"},
  };
  for (const Case& c : cases) EXPECT_EQ(text_of(proxy_header(c.header)), c.expected) << c.why;
}

TEST(ProxyHeader, OfVersion2HasALimit) {
  const std::string longest =
      binary("\x21\x11", std::string(kIpv4) + std::string(kMaxProxyHeader - 28, 'x'));
  ASSERT_EQ(longest.size(), kMaxProxyHeader);
  EXPECT_EQ(text_of(proxy_header(longest)), "192.0.2.1 56324 443");
  const std::string longer =
      binary("\x21\x11", std::string(kIpv4) + std::string(kMaxProxyHeader - 27, 'x'));
  EXPECT_EQ(text_of(proxy_header(longer)), "too_large");
}

TEST(ProxyHeader, EndsWhereTheNextBytesBegin) {
  for (const std::string& header :
       {std::string("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"),
        std::string("PROXY UNKNOWN\r\n"),
        binary("\x21\x11", kIpv4)}) {
    const auto found = proxy_header(header + "GET / HTTP/1.1\r\n");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->size, header.size());
  }
}

TEST(ProxyHeader, MayComeInPieces) {
  for (const std::string& header :
       {std::string("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"), binary("\x21\x11", kIpv4)}) {
    for (std::size_t size = 0; size < header.size(); ++size) {
      EXPECT_EQ(text_of(proxy_header(header.substr(0, size))), "incomplete") << size;
    }
  }
}

TEST(ProxyHeader, IsAbsentWhereOtherBytesBegin) {
  for (const std::string_view bytes :
       {"GET / HTTP/1.1\r\n",
        "PUT /",
        "PROPFIND /",
        "proxy TCP4",
        "\r\nGET",
        "\r\n\r\nGET",
        "\x16\x03\x01"}) {
    EXPECT_EQ(text_of(proxy_header(bytes)), "absent") << bytes;
  }
}

}  // namespace
}  // namespace festina::net
