#include "zone/origin_config.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::zone {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Texts = std::vector<std::string>;

class OriginConfig : public testing::Test {
 protected:
  Origins read(std::string_view text) {
    problems_.clear();
    const auto root = Table::parse(text, "a.toml", problems_);
    if (!root) return {};
    return read_origins(
        root->tables("zones").at(0), "example.com", std::filesystem::temp_directory_path()
    );
  }
  // The origins of a zone with these lines; the first of them is line 2.
  Origins origins(const std::string& lines) { return read("[[zones]]\n" + lines); }
  // The problems of a good origin with these lines behind it; the first of them is line 4.
  Texts problems_with(std::string_view lines) {
    read(
        "[[zones]]\nname = \"example.com\"\norigin = \"http://127.0.0.1:9000\"\n" +
        std::string(lines)
    );
    return problems();
  }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }

  Problems problems_;
};

Texts hosts(const Origin& origin) {
  Texts texts;
  for (const Server& server : origin.servers)
    texts.push_back(server.host + ":" + std::to_string(server.port));
  return texts;
}

TEST_F(OriginConfig, TakesAListOfServersInItsOrder) {
  const Origin origin = origins("origin = [\"https://b.example\", \"https://[::1]:8443\"]").origin;
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(origin.scheme, http::Scheme::https);
  EXPECT_EQ(hosts(origin), (Texts{"b.example:443", "::1:8443"}));
  EXPECT_EQ(origin.servers[1].text, "https://[::1]:8443");
  EXPECT_EQ(origin.text, "https://b.example, https://[::1]:8443");
}

TEST_F(OriginConfig, TakesListsByHostToo) {
  const Origins read = origins(
      "origin = \"http://a\"\norigins = { \"img.example.com\" = [\"http://b\", \"http://c:81\"] }"
  );
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(hosts(read.by_host.at("img.example.com")), (Texts{"b:80", "c:81"}));
}

TEST_F(OriginConfig, TakesServersUpToTheLimit) {
  const auto list = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "\"http://a" + std::to_string(i) + "\",\n";
    return "origin = [\n" + text + "]";
  };
  EXPECT_EQ(origins(list(kMaxServers)).origin.servers.size(), kMaxServers);
  EXPECT_EQ(problems(), Texts{});
  origins(list(kMaxServers + 1));
  EXPECT_EQ(problems(), Texts{"a.toml:19:1: more than 16 servers"});
}

TEST_F(OriginConfig, GivesEveryOriginWhatTheZoneSaysOfAll) {
  const Origins read = origins(R"(origin = "http://a"
origins = { "img.example.com" = "http://b" }
timeouts = { connect = "1s", read = "2s" }
max_connections = 8
health = { path = "/up?x=1", interval = "1m", timeout = "250ms", expect = ["204", "3xx"], consecutive_down = 3, consecutive_up = 2 }
)");
  EXPECT_EQ(problems(), Texts{});
  for (const Origin* origin : {&read.origin, &read.by_host.at("img.example.com")}) {
    EXPECT_EQ(origin->timeouts.connect, seconds(1));
    EXPECT_EQ(origin->timeouts.read, seconds(2));
    EXPECT_EQ(origin->max_connections, 8U);
    const auto& health = origin->health;
    if (!health) FAIL();
    EXPECT_EQ(health->path, "/up?x=1");
    EXPECT_EQ(health->interval, seconds(60));
    EXPECT_EQ(health->timeout, milliseconds(250));
    EXPECT_EQ(health->consecutive_down, 3U);
    EXPECT_EQ(health->consecutive_up, 2U);
    EXPECT_TRUE(health->expects(204));
    EXPECT_TRUE(health->expects(399));
    EXPECT_FALSE(health->expects(200));
    EXPECT_FALSE(health->expects(400));
  }
}

TEST_F(OriginConfig, HasTheDefaultsOfTheTable) {
  const Origin plain = origins("origin = \"http://a\"").origin;
  EXPECT_FALSE(plain.health) << "nobody is probed unasked";
  EXPECT_EQ(plain.max_connections, kDefaultServerConnections);
  EXPECT_EQ(plain.ca_file, "");
  const Origin empty = origins("origin = \"http://a\"\nhealth = {}\ntimeouts = {}").origin;
  EXPECT_EQ(empty.timeouts.connect, plain.timeouts.connect);
  EXPECT_EQ(empty.timeouts.read, plain.timeouts.read);
  if (!empty.health) FAIL();
  EXPECT_EQ(empty.health->path, "/");
  EXPECT_EQ(empty.health->interval, seconds(10));
  EXPECT_EQ(empty.health->timeout, seconds(5));
  EXPECT_TRUE(empty.health->expects(200) && empty.health->expects(299));
  EXPECT_FALSE(empty.health->expects(199) || empty.health->expects(300));
  EXPECT_EQ(empty.health->consecutive_down, 2U);
  EXPECT_EQ(empty.health->consecutive_up, 1U);
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(OriginConfig, TakesTheAuthoritiesFromAFile) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("festina_origin_config_" + std::to_string(getpid()) + ".pem");
  std::ofstream(file) << "-----BEGIN CERTIFICATE-----\n";
  const Origin origin =
      origins("origin = \"https://a\"\norigin_ca = \"" + file.filename().string() + "\"").origin;
  std::filesystem::remove(file);
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(origin.ca_file, file.string());
}

TEST_F(OriginConfig, TakesADirectoryRelativeToTheFile) {
  const std::string name = "festina_zone_config_test_" + std::to_string(getpid());
  const auto directory = std::filesystem::temp_directory_path() / name;
  std::filesystem::create_directories(directory);
  const Origin origin =
      read("[[zones]]\nname = \"example.com\"\norigin = \"file:./" + name + "/\"\n").origin;
  std::filesystem::remove(directory);
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(origin.kind, OriginKind::files);
  EXPECT_EQ(origin.directory, directory.string());
}

TEST_F(OriginConfig, RefusesWhatIsNoOrigin) {
  const std::string missing =
      (std::filesystem::temp_directory_path() / "festina_missing").lexically_normal().string();
  const struct {
    std::string value;
    std::string problem;
  } cases[] = {
      {"127.0.0.1:9000",
       "a.toml:3:10: \"127.0.0.1:9000\" is no origin: \"127.0.0.1:9000\" is no URL - write it like "
       "\"http://127.0.0.1:9000\" or \"file:public\""},
      {"http://127.0.0.1:0",
       "a.toml:3:10: \"http://127.0.0.1:0\" is no origin: its port is 0 - write it like "
       "\"http://127.0.0.1:9000\" or "
       "\"file:public\""},
      {"http://127.0.0.1/path",
       "a.toml:3:10: \"http://127.0.0.1/path\" is no origin: it has a path - write it like "
       "\"http://127.0.0.1:9000\" or "
       "\"file:public\""},
      {"ftp://a",
       "a.toml:3:10: \"ftp://a\" is no origin: its scheme is neither http nor https - write it "
       "like "
       "\"http://127.0.0.1:9000\" or \"file:public\""},
      {"r2:bucket",
       "a.toml:3:10: origins with r2: are not supported yet - use http://, https:// or file:"},
      {"file:festina_missing",
       "a.toml:3:10: directory \"" + missing +
           "\" does not exist - a path behind file: is relative to this file"},
      {"file:/dev/null",
       "a.toml:3:10: directory \"/dev/null\" is no directory - a path behind file: is relative to "
       "this file"},
  };
  for (const auto& c : cases) {
    problems_.clear();
    read("[[zones]]\nname = \"example.com\"\norigin = \"" + c.value + "\"\n");
    EXPECT_EQ(problems(), Texts{c.problem});
  }
}

TEST_F(OriginConfig, NamesEveryFault) {
  const std::string directory = std::filesystem::temp_directory_path();
  const struct {
    std::string_view lines;
    std::string problem;
  } cases[] = {
      {"origins = { \"img.example.org\" = \"http://a\" }",
       "a.toml:4:33: \"img.example.org\" is no host of zone \"example.com\" - name the zone or a "
       "host below it"},
      {"origins = { \"*.example.com\" = \"http://a\" }",
       "a.toml:4:31: \"*.example.com\" is no host name"},
      {"origins = { \"a.example.com\" = \"http://a\", \"A.example.com\" = \"http://b\" }",
       "a.toml:4:61: host \"a.example.com\" has two origins - remove one of them"},
      {"origins = \"http://a\"", "a.toml:4:11: expected a table, found a string"},
      {"timeouts = { connect = \"10\" }",
       "a.toml:4:24: \"10\" is no duration - write a number and its unit, such as \"10s\""},
      {"timeouts = { read = \"0s\" }", "a.toml:4:21: read is not within 1ms and 6000s"},
      {"timeouts = { read = \"6001s\" }", "a.toml:4:21: read is not within 1ms and 6000s"},
      {"timeouts = { raed = \"1s\" }", "a.toml:4:14: unknown key \"raed\" - did you mean \"read\"?"
      },
      {"max_connections = 0", "a.toml:4:19: max_connections is not within 1 and 65535"},
      {"max_connections = 65536", "a.toml:4:19: max_connections is not within 1 and 65535"},
      {"origin_ca = \"none.pem\"",
       "a.toml:4:13: PEM file \"" + directory +
           "/none.pem\": No such file or directory - name a PEM file with certificates, relative "
           "to "
           "this file"},
      {"health = { path = \"up\" }",
       "a.toml:4:19: \"up\" is no path - write it like \"/health?full=1\""},
      {"health = { path = \"/a b\" }",
       "a.toml:4:19: \"/a b\" is no path - write it like \"/health?full=1\""},
      {"health = { interval = \"99ms\" }", "a.toml:4:23: interval is not within 100ms and 1h"},
      {"health = { interval = \"61m\" }", "a.toml:4:23: interval is not within 100ms and 1h"},
      {"health = { timeout = \"61s\" }", "a.toml:4:22: timeout is not within 1ms and 60s"},
      {"health = { expect = \"20x\" }",
       "a.toml:4:21: \"20x\" is no status - write it like \"200\", \"2xx\" or [\"2xx\", \"301\"]"},
      {"health = { expect = [\"2xx\", \"600\"] }",
       "a.toml:4:29: \"600\" is no status - write it like \"200\", \"2xx\" or [\"2xx\", \"301\"]"},
      {"health = { expect = [] }",
       "a.toml:4:21: no server can pass: no status is expected - write it like \"200\", \"2xx\" or "
       "[\"2xx\", \"301\"]"},
      {"health = { expect = 200 }",
       "a.toml:4:21: expected a string or an array of strings, found an integer"},
      {"health = { consecutive_down = 0 }", "a.toml:4:31: consecutive_down is not within 1 and 100"
      },
      {"health = { consecutive_up = 101 }", "a.toml:4:29: consecutive_up is not within 1 and 100"},
      {"health = { intervall = \"1s\" }",
       "a.toml:4:12: unknown key \"intervall\" - did you mean \"interval\"?"},
  };
  for (const auto& c : cases) EXPECT_EQ(problems_with(c.lines), Texts{c.problem}) << c.lines;
}

TEST_F(OriginConfig, RefusesListsThatAreNoOrigin) {
  const struct {
    std::string_view list;
    std::string_view problem;
  } cases[] = {
      {"[]",
       "a.toml:2:10: the origin has no server - write it like \"http://127.0.0.1:9000\" or "
       "\"file:public\""},
      {"[\"http://a\", \"https://b\"]",
       "a.toml:2:23: \"https://b\" has another scheme than \"http://a\" - write all servers of a "
       "list with http://"},
      {"[\"http://a\", \"file:/\"]",
       "a.toml:2:23: a directory is no server - give it alone, or leave it out"},
      {"[\"http://a\", \"http://A:80\"]", "a.toml:2:23: the server \"http://A:80\" is named twice"},
      {"[\"http://a\", 5]", "a.toml:2:23: expected a string, found an integer"},
      {"5", "a.toml:2:10: expected a string or an array of strings, found an integer"},
  };
  for (const auto& c : cases) {
    origins("origin = " + std::string(c.list));
    EXPECT_EQ(problems(), Texts{std::string(c.problem)}) << c.list;
  }
}

TEST_F(OriginConfig, TakesTimeoutsUpToTheLimit) {
  EXPECT_EQ(problems_with("timeouts = { connect = \"1ms\", read = \"6000s\" }"), Texts{});
}

TEST_F(OriginConfig, TakesProbesUpToTheLimits) {
  EXPECT_EQ(
      problems_with("health = { interval = \"100ms\", timeout = \"60s\", consecutive_down = 100 }"),
      Texts{}
  );
  EXPECT_EQ(problems_with("health = { interval = \"1h\", consecutive_up = 100 }"), Texts{});
  EXPECT_EQ(problems_with("max_connections = 65535"), Texts{});
}

}  // namespace
}  // namespace festina::zone
