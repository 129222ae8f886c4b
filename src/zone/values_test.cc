#include "zone/values.h"

#include <cstdlib>
#include <gtest/gtest.h>

namespace festina::zone {
namespace {

using std::chrono::milliseconds;

TEST(ByteCount, IsANumberWithABinaryUnit) {
  const struct {
    std::string_view text;
    std::uint64_t bytes;
  } cases[] = {
      {"0", 0},
      {"0MiB", 0},
      {"1B", 1},
      {"3KiB", 3ULL << 10},
      {"256MiB", 256ULL << 20},
      {"10GiB", 10ULL << 30},
      {"8388607TiB", 8388607ULL << 40},
  };
  for (const auto& c : cases) EXPECT_EQ(parse_byte_count(c.text).value(), c.bytes) << c.text;
}

TEST(ByteCount, RefusesEverythingElse) {
  for (const std::string_view text :
       {"",
        "1",
        "00",
        "MiB",
        "1MB",
        "1mib",
        "1 MiB",
        " 1MiB",
        "1MiB ",
        "-1MiB",
        "1.5GiB",
        "8388608TiB",
        "99999999999999999999B"}) {
    const auto bytes = parse_byte_count(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(bytes.error().detail, "\"" + std::string(text) + "\" is no size");
  }
}

TEST(Duration, IsANumberWithAUnit) {
  EXPECT_EQ(parse_duration("500ms").value(), milliseconds(500));
  EXPECT_EQ(parse_duration("10s").value(), milliseconds(10'000));
  EXPECT_EQ(parse_duration("2m").value(), milliseconds(120'000));
  EXPECT_EQ(parse_duration("8760h").value(), std::chrono::hours(8760)) << "a year";
}

TEST(Duration, RefusesEverythingElse) {
  for (const std::string_view text : {"", "10", "s", "10 s", "-1s", "1.5s", "1d", "10S", "8761h"}) {
    const auto duration = parse_duration(text);
    ASSERT_FALSE(duration) << text;
    EXPECT_EQ(duration.error().detail, "\"" + std::string(text) + "\" is no duration");
  }
}

TEST(CalendarDate, IsADayThatExists) {
  for (const std::string_view text : {"2026-01-31", "2024-02-29", "2026-12-31"}) {
    EXPECT_TRUE(is_calendar_date(text)) << text;
  }
  for (const std::string_view text :
       {"",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "2026-1-1",
        "2026/01/01",
        "26-01-01",
        "2026-01-01T",
        "2026-01-0x"}) {
    EXPECT_FALSE(is_calendar_date(text)) << text;
  }
}

TEST(BaseUrl, IsSchemeHostAndPort) {
  const auto v6 = parse_base_url("http://[::1]:0").value();
  EXPECT_EQ(v6.host, "::1");
  EXPECT_EQ(v6.port, 0);
  const auto https = parse_base_url("HTTPS://Origin.Example/").value();
  EXPECT_EQ(https.scheme, http::Scheme::https);
  EXPECT_EQ(https.host, "origin.example");
  EXPECT_EQ(https.port, 443);
  EXPECT_EQ(parse_base_url("http://a:65535").value().port, 65535);
}

TEST(BaseUrl, RefusesEverythingElse) {
  const struct {
    std::string_view text;
    std::string_view reason;
  } cases[] = {
      {"127.0.0.1:80", "\"127.0.0.1:80\" is no URL"},
      {"ftp://a", "its scheme is neither http nor https"},
      {"http://a/b", "it has a path"},
      {"http://a?b", "it has a path"},
      {"http://a:65536", "its port is no number from 0 to 65535"},
      {"http://a:", "its port is no number from 0 to 65535"},
      {"http://a:b", "its port is no number from 0 to 65535"},
      {"http://::1:80", "it names no host"},
      {"http://", "it names no host"},
      {"http://user@a", "host is no host name: user@a"},
  };
  for (const auto& c : cases) {
    const auto url = parse_base_url(c.text);
    ASSERT_FALSE(url) << c.text;
    EXPECT_EQ(url.error(), (Error{ErrorCode::malformed, Side::self, std::string(c.reason)}));
  }
}

TEST(LocalAddress, IsTextualOrLocalhost) {
  for (const std::string_view host : {"127.0.0.1", "0.0.0.0", "::", "2001:db8::1", "localhost"}) {
    EXPECT_TRUE(is_local_address(host)) << host;
  }
  for (const std::string_view host : {"", "example.com", "127.1", "1.2.3.4.5", "[::1]"}) {
    EXPECT_FALSE(is_local_address(host)) << host;
  }
}

TEST(LocalAddress, IsLoopbackWhenNoOtherMachineReachesIt) {
  for (const std::string_view host : {"127.0.0.1", "127.9.9.9", "::1", "localhost"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const std::string_view host : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1"}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

TEST(Environment, ReplacesVariablesThatAreSet) {
  setenv("FESTINA_TEST_ONE", "one", 1);
  unsetenv("FESTINA_TEST_NONE");
  EXPECT_EQ(with_environment("plain $HOME {x}").value(), "plain $HOME {x}");
  EXPECT_EQ(with_environment("a-${FESTINA_TEST_ONE}-${FESTINA_TEST_ONE}").value(), "a-one-one");
  EXPECT_EQ(
      with_environment("${FESTINA_TEST_NONE}").error().detail,
      "environment variable FESTINA_TEST_NONE is not set"
  );
  EXPECT_EQ(with_environment("${FESTINA").error().detail, "\"${\" without its \"}\"");
}

}  // namespace
}  // namespace festina::zone
