#include "http/forwarding.h"

#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace festina::http {
namespace {

using testing::ElementsAre;

Headers of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return headers;
}

std::vector<std::string> names(const Headers& headers) {
  std::vector<std::string> found;
  for (const Field& field : headers) found.emplace_back(field.name_text);
  return found;
}

TEST(ConnectionFields, AreRemoved) {
  Headers headers =
      of({{"Host", "a"},
          {"Connection", "keep-alive"},
          {"Keep-Alive", "timeout=5"},
          {"Proxy-Connection", "close"},
          {"TE", "trailers"},
          {"Trailer", "X-Sum"},
          {"Transfer-Encoding", "chunked"},
          {"Content-Length", "5"},
          {"Upgrade", "h2c"},
          {"Accept", "*/*"}});
  remove_connection_fields(headers);
  EXPECT_THAT(names(headers), ElementsAre("Host", "Accept"));
}

TEST(Upgrade, IsPassedOnWhenAskedForProperly) {
  struct Case {
    std::string_view connection;
    std::string_view upgrade;
    std::optional<std::string> expected;
    std::string_view why;
  };
  const Case cases[] = {
      {"Upgrade", "websocket", "websocket", "as browsers ask"},
      {"keep-alive, upgrade", "WebSocket", "WebSocket", "one of several options; spelled as it came"
      },
      {"upgrade", "irc/6.9", "irc/6.9", "any protocol of which we know nothing"},
      {"keep-alive", "websocket", {}, "Connection does not name it (RFC 9110 §7.8)"},
      {"", "websocket", {}, "no Connection"},
      {"upgrade", "", {}, "nothing to switch to"},
      {"upgrade", "websocket, irc", {}, "a choice: the answer could not be told from our own"},
      {"upgrade, HTTP2-Settings", "h2c", {}, "requests would pass unseen"},
      {"upgrade", "H2C", {}, "whatever its case"},
      {"upgrade", "HTTP/2.0", {}, "requests would pass unseen"},
      {"upgrade", "TLS/1.2", {}, "requests would pass unseen"},
  };
  for (const Case& c : cases) {
    Headers headers = of({{"Accept", "*/*"}});
    if (!c.connection.empty()) headers.add("Connection", c.connection);
    if (!c.upgrade.empty()) headers.add("Upgrade", c.upgrade);
    EXPECT_EQ(requested_upgrade(headers), c.expected) << c.why;
    remove_connection_fields_but_upgrade(headers);
    EXPECT_EQ(headers.joined(Name::upgrade), c.expected) << c.why;
    EXPECT_EQ(headers.size(), c.expected ? 2u : 1u) << c.why;
  }
}

TEST(Upgrade, TwoLinesAreAChoice) {
  const Headers headers =
      of({{"Connection", "upgrade"}, {"Upgrade", "websocket"}, {"Upgrade", "h2c"}});
  EXPECT_FALSE(requested_upgrade(headers));
}

TEST(ConnectionFields, AreThoseThatConnectionNamesToo) {
  Headers headers =
      of({{"X-Hop", "1"},
          {"Connection", "close, x-hop"},
          {"X-End", "2"},
          {"connection", "X-Other"},
          {"X-Other", "4"},
          {"x-HOP", "3"}});
  remove_connection_fields(headers);
  EXPECT_THAT(names(headers), ElementsAre("X-End"));
}

TEST(ConnectionFields, AreNeverThoseForEveryRecipient) {
  Headers headers =
      of({{"Connection", "close, host, cache-control, authorization, cookie, cf-connecting-ip"},
          {"Connection", "x-forwarded-for, set-cookie, cdn-loop, origin, keep-alive"},
          {"Host", "a"},
          {"Cache-Control", "private"},
          {"Authorization", "Basic eA=="},
          {"Cookie", "a=b"},
          {"CF-Connecting-IP", "192.0.2.1"},
          {"X-Forwarded-For", "192.0.2.1"},
          {"Set-Cookie", "a=b"},
          {"CDN-Loop", "a"},
          {"Origin", "https://a"},
          {"Keep-Alive", "timeout=5"}});
  remove_connection_fields(headers);
  EXPECT_THAT(
      names(headers),
      ElementsAre(
          "Host",
          "Cache-Control",
          "Authorization",
          "Cookie",
          "CF-Connecting-IP",
          "X-Forwarded-For",
          "Set-Cookie",
          "CDN-Loop",
          "Origin"
      )
  );
}

TEST(ConnectionFields, LeaveTheRestAlone) {
  Headers headers = of({{"Host", "a"}, {"Close", "1"}});
  remove_connection_fields(headers);
  EXPECT_THAT(names(headers), ElementsAre("Host", "Close"));
}

TEST(Disguised, AreNamesThatPassForKnownOnes) {
  const struct {
    std::string_view name;
    bool disguised;
    std::string_view why;
  } cases[] = {
      {"CF_Connecting_IP", true, "the edge's word"},
      {"cf-connecting_ip", true, "one of them is enough"},
      {"CF_Something", true, "the edge's prefix"},
      {"True_Client_IP", true, "the edge's word on the enterprise plan"},
      {"X_Festina_Src", true, "our own prefix"},
      {"X_Forwarded_For", true, "a forwarding field"},
      {"Content_Length", true, "a framing field"},
      {"Transfer_Encoding", true, "a framing field"},
      {"CF-Connecting-IP", false, "the field itself: another rule's business"},
      {"X-Forwarded-For", false, "the field itself"},
      {"X_Own_Name", false, "a name of nobody"},
      {"_", false, "a name of nobody"},
  };
  for (const auto& c : cases) {
    Headers headers;
    headers.add(c.name, "1");
    EXPECT_EQ(is_disguised(headers.at(0)), c.disguised) << c.name << ": " << c.why;
  }
}

TEST(CdnLoop, CountsANameInAllLines) {
  const struct {
    std::vector<std::string_view> lines;
    std::size_t times;
    std::string_view why;
  } cases[] = {
      {{}, 0, "no field"},
      {{"festina"}, 1, "alone"},
      {{"other, Festina; a=\"festina, festina\" ,festina"},
       2,
       "parameters do not count, case does not matter"},
      {{"festina", "festina"}, 2, "two lines"},
      {{"festina.example"}, 0, "another name"},
      {{""}, 0, "empty"},
  };
  for (const auto& c : cases) {
    Headers headers;
    for (const std::string_view line : c.lines) headers.add(Name::cdn_loop, line);
    EXPECT_EQ(loop_count(headers, "festina"), c.times) << c.why;
  }
}

TEST(CdnLoop, KeepsTheNamesOfOthers) {
  Headers headers = of({{"CDN-Loop", "one; v=1"}, {"CDN-Loop", "two"}});
  mark_loop(headers, "festina");
  EXPECT_EQ(headers.count(Name::cdn_loop), 1u);
  EXPECT_EQ(headers.get(Name::cdn_loop), "one; v=1, two, festina");
  Headers none;
  mark_loop(none, "festina");
  EXPECT_EQ(none.get(Name::cdn_loop), "festina");
}

TEST(Via, IsAddedBehindThoseBeforeUs) {  // RFC 9110 §7.6.3
  Headers headers = of({{"Via", "1.0 one"}, {"Via", "2 two"}});
  append_via(headers, "1.1", "festina");
  EXPECT_EQ(headers.count(Name::via), 1u);
  EXPECT_EQ(headers.get(Name::via), "1.0 one, 2 two, 1.1 festina");
  Headers none;
  append_via(none, "1.0", "festina");
  EXPECT_EQ(none.get(Name::via), "1.0 festina");
}

TEST(Forwarded, SaysWhoseRequestItIsAndWhatItNames) {  // RFC 7239 §4
  Headers headers = of({{"Forwarded", "for=192.0.2.43"}});
  append_forwarded(headers, "198.51.100.17", "example.com", "https");
  EXPECT_EQ(
      headers.get(Name::forwarded), "for=192.0.2.43, for=198.51.100.17;host=example.com;proto=https"
  );
  Headers none;
  append_forwarded(none, "2001:db8::17", "example.com:8080", "http");
  EXPECT_EQ(
      none.get(Name::forwarded), R"(for="[2001:db8::17]";host="example.com:8080";proto=http)"
  );
}

TEST(IsOrderToProxy, KnowsTheFourOrders) {  // reference §2.5
  const struct {
    std::string_view name;
    bool is_order;
  } cases[] = {
      {"X-Accel-Buffering", true},
      {"X-Accel-Charset", true},
      {"x-accel-limit-rate", true},
      {"X-Accel-Redirect", true},
      {"X-Accel-Expires", false},
      {"X-Accel", false},
      {"Content-Type", false},
  };
  for (const auto& c : cases) {
    const Headers headers = of({{c.name, "x"}});
    EXPECT_EQ(is_order_to_proxy(headers.at(0)), c.is_order) << c.name;
  }
}

TEST(ForwardedFor, EndsWithTheClient) {
  Headers headers = of({{"X-Forwarded-For", "192.0.2.1"}});
  append_forwarded_for(headers, "203.0.113.7");
  EXPECT_EQ(headers.get(Name::x_forwarded_for), "192.0.2.1, 203.0.113.7");
  Headers none;
  append_forwarded_for(none, "::1");
  EXPECT_EQ(none.get(Name::x_forwarded_for), "::1");
}

}  // namespace
}  // namespace festina::http
