#include "edge/identity.h"

#include <gtest/gtest.h>
#include <vector>

namespace festina::edge {
namespace {

const std::vector<Cidr>& trusted() {
  static const std::vector<Cidr> kRanges = {
      Cidr::parse("10.0.0.0/8").value(), Cidr::parse("fd00::/8").value()
  };
  return kRanges;
}

http::Peer peer(std::string address, http::Scheme scheme = http::Scheme::http) {
  http::Peer from;
  from.address = std::move(address);
  from.scheme = scheme;
  return from;
}

http::Headers fields(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  http::Headers headers;
  for (const auto& [name, value] : pairs) headers.add(name, value);
  return headers;
}

TEST(Identity, WalksBackThroughTrustedProxies) {
  const struct {
    std::string_view peer;
    std::string_view forwarded_for;
    std::string_view client;
    std::string_view why;
  } cases[] = {
      {"198.51.100.1", "203.0.113.9", "198.51.100.1", "a stranger's claim"},
      {"10.0.0.1", "203.0.113.9", "203.0.113.9", "a trusted proxy's word"},
      {"10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9", "what stands before a stranger is claimed"
      },
      {"10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9", "through two proxies"},
      {"10.0.0.1", "203.0.113.9,10.0.0.2 ,\tfd00::1", "203.0.113.9", "blanks, both families"},
      {"10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", "all trusted: the first"},
      {"10.0.0.1", "", "10.0.0.1", "nothing said"},
      {"10.0.0.1", "203.0.113.9, unknown", "10.0.0.1", "no address: the walk ends at once"},
      {"10.0.0.1", "203.0.113.9, bad, 10.0.0.2", "10.0.0.2", "or where it stands"},
      {"10.0.0.1", "203.0.113.9,", "10.0.0.1", "an empty entry is none"},
      {"10.0.0.1", "203.0.113.9:4711", "203.0.113.9", "with a port"},
      {"10.0.0.1", "203.0.113.9:port", "10.0.0.1", "with no port"},
      {"10.0.0.1", "203.0.113.9:65536", "10.0.0.1", "with more than a port"},
      {"10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9", "IPv6 with a port"},
      {"10.0.0.1", "[2001:db8::9]", "2001:db8::9", "in brackets"},
      {"10.0.0.1", "2001:db8::9", "2001:db8::9", "and without"},
      {"10.0.0.1", "[2001:db8::9", "10.0.0.1", "half a bracket"},
      {"10.0.0.1", "[2001:db8::9]4711", "10.0.0.1", "glued to its port"},
      {"10.0.0.1", "[203.0.113.9]", "10.0.0.1", "brackets are for IPv6"},
      {"10.0.0.1", "203.0.113.9 5.5.5.5", "10.0.0.1", "two in one entry"},
      {"::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9", "IPv4 on an IPv6 socket"},
      {"fd00::7", "203.0.113.9, ::ffff:10.0.0.2", "203.0.113.9", "mapped in the list"},
      {"", "203.0.113.9", "", "a Unix socket is nobody"},
  };
  for (const auto& c : cases) {
    const http::Headers headers = fields({{"X-Forwarded-For", c.forwarded_for}});
    EXPECT_EQ(identity_of(peer(std::string(c.peer)), headers, trusted()).address, c.client)
        << c.why;
  }
}

TEST(Identity, ReadsSeveralLinesAsOneList) {
  const http::Headers headers =
      fields({{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-For", "10.0.0.2"}});
  EXPECT_EQ(identity_of(peer("10.0.0.1"), headers, trusted()).address, "203.0.113.9");
}

TEST(Identity, TrustsNobodyByDefault) {
  const http::Headers headers =
      fields({{"X-Forwarded-For", "203.0.113.9"}, {"X-Forwarded-Proto", "https"}});
  const Identity identity = identity_of(peer("127.0.0.1"), headers, {});
  EXPECT_EQ(identity.address, "127.0.0.1");
  EXPECT_EQ(identity.scheme, http::Scheme::http);
}

TEST(Identity, TakesTheSchemeFromATrustedProxyOnly) {
  using http::Scheme;
  const struct {
    std::string_view peer;
    Scheme connection;
    std::string_view proto;
    Scheme scheme;
    std::string_view why;
  } cases[] = {
      {"10.0.0.1", Scheme::http, "https", Scheme::https, "TLS ended at the proxy"},
      {"10.0.0.1", Scheme::https, "http", Scheme::http, "TLS between us only"},
      {"10.0.0.1", Scheme::http, "HTTPS", Scheme::https, "schemes have no case"},
      {"10.0.0.1", Scheme::http, "https, http", Scheme::http, "the nearest proxy's word is the last"
      },
      {"10.0.0.1", Scheme::http, "http,https", Scheme::https, "and the first is a claim"},
      {"10.0.0.1", Scheme::https, "ftp", Scheme::https, "no scheme: the connection's"},
      {"10.0.0.1", Scheme::http, "", Scheme::http, "empty"},
      {"198.51.100.1", Scheme::http, "https", Scheme::http, "a stranger's claim"},
      {"198.51.100.1", Scheme::https, "http", Scheme::https, "either way"},
  };
  for (const auto& c : cases) {
    const http::Headers headers = fields({{"X-Forwarded-Proto", c.proto}});
    const http::Peer from = peer(std::string(c.peer), c.connection);
    EXPECT_EQ(identity_of(from, headers, trusted()).scheme, c.scheme) << c.why;
  }
}

TEST(WithScheme, MovesADefaultPortAlong) {
  using http::Scheme;
  const auto text = [](std::string_view url, Scheme scheme) {
    return with_scheme(*http::parse_url(url), scheme).text();
  };
  EXPECT_EQ(text("http://a.example/x?y", Scheme::https), "https://a.example/x?y");
  EXPECT_EQ(text("https://a.example/", Scheme::http), "http://a.example/");
  EXPECT_EQ(text("http://a.example:8080/", Scheme::https), "https://a.example:8080/");
  EXPECT_EQ(text("http://a.example/", Scheme::http), "http://a.example/");
}

TEST(RemoveClaims, LeavesWhatIsTheClientsToSay) {
  const auto left = [](bool from_trusted_proxy) {
    http::Headers headers = fields({
        {"X-Real-IP", "1.1.1.1"},
        {"true-client-ip", "1.1.1.1"},
        {"X-Client-IP", "1.1.1.1"},
        {"X-Cluster-Client-IP", "1.1.1.1"},
        {"Fastly-Client-IP", "1.1.1.1"},
        {"X-Forwarded-Port", "443"},
        {"X-Forwarded-Ssl", "on"},
        {"Front-End-Https", "on"},
        {"X-Forwarded-For", "1.1.1.1"},
        {"X-Forwarded-Host", "a.example"},
        {"Forwarded", "for=1.1.1.1"},
        {"X-Custom", "mine"},
    });
    remove_claims(headers, from_trusted_proxy);
    std::vector<std::string> names;
    for (const http::Field field : headers) names.emplace_back(field.name_text);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(left(false), (Names{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Custom"}));
  EXPECT_EQ(
      left(true),
      (Names{
          "X-Forwarded-Port",
          "X-Forwarded-Ssl",
          "Front-End-Https",
          "X-Forwarded-For",
          "X-Forwarded-Host",
          "Forwarded",
          "X-Custom"
      })
  );
}

}  // namespace
}  // namespace festina::edge
