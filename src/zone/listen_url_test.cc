#include "zone/listen_url.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

TEST(ListenUrl, IsAnAddressOfThisMachine) {
  Problems problems;
  const auto table = Table::parse("", "a.toml", problems);
  if (!table) FAIL();
  const auto url = read_listen_url(*table, "http://[::1]:8080", {"a.toml", 3, 4});
  const auto any_port = read_listen_url(*table, "http://localhost:0", {});
  const auto https = read_listen_url(*table, "https://127.0.0.1:8443", {});
  if (!url || !any_port || !https) FAIL();
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 8080);
  EXPECT_EQ(url->text, "http://[::1]:8080");
  EXPECT_EQ(text_of(url->place), "a.toml:3:4");
  EXPECT_EQ(any_port->port, 0);
  EXPECT_EQ(https->scheme, http::Scheme::https);
  EXPECT_TRUE(problems.empty());
}

TEST(ListenUrl, RefusesEverythingElse) {
  const struct {
    std::string text;
    std::string_view problem;
  } cases[] = {
      {"8787",
       "a.toml:1:1: \"8787\" is no address to listen on: \"8787\" is no URL - write it like "
       "\"http://127.0.0.1:8787\""},
      {"http://127.0.0.1:99999",
       "a.toml:1:1: \"http://127.0.0.1:99999\" is no address to listen on: its port is no number "
       "from 0 to 65535 - write "
       "it like \"http://127.0.0.1:8787\""},
      {"http://example.com:80",
       "a.toml:1:1: \"http://example.com:80\" is no address to listen on: its host is no IP "
       "address - write it like "
       "\"http://127.0.0.1:8787\""},
      {"ftp://127.0.0.1:21",
       "a.toml:1:1: \"ftp://127.0.0.1:21\" is no address to listen on: its scheme is neither http "
       "nor https - write it like \"http://127.0.0.1:8787\""},
  };
  for (const auto& c : cases) {
    Problems problems;
    const auto table = Table::parse("", "a.toml", problems);
    if (!table) FAIL();
    EXPECT_FALSE(read_listen_url(*table, c.text, {"a.toml", 1, 1}));
    ASSERT_EQ(problems.size(), 1U) << c.text;
    EXPECT_EQ(text_of(problems[0]), c.problem);
  }
}

ListenUrl url(const std::string& host, std::uint16_t port, std::uint32_t line) {
  return {
      http::Scheme::http,
      host,
      port,
      "http://" + host + ":" + std::to_string(port),
      {"a.toml", line, 1}
  };
}

TEST(ListenUrl, ClashesWithItsLikeAndNothingElse) {
  const auto problems = clashes(
      {url("127.0.0.1", 8788, 0),
       url("127.0.0.1", 80, 2),
       url("127.0.0.1", 81, 3),
       url("::1", 80, 4),
       url("127.0.0.1", 0, 5),
       url("127.0.0.1", 0, 6),
       url("localhost", 80, 7),
       url("127.0.0.1", 8788, 8)}
  );
  ASSERT_EQ(problems.size(), 2U);
  EXPECT_EQ(
      text_of(problems[0]),
      "a.toml:7:1: two listeners have the address \"http://localhost:80\" - the first is at "
      "a.toml:2:1"
  );
  EXPECT_EQ(
      text_of(problems[1]),
      "a.toml:8:1: two listeners have the address \"http://127.0.0.1:8788\" - the first is the "
      "default of [control]"
  );
}

}  // namespace
}  // namespace festina::zone
