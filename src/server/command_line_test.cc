#include "server/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::variant<Options, Exit> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "festina");
  return parse_options(static_cast<int>(words.size()), words.data());
}

template <class T>
T command(std::vector<const char*> words) {
  const auto parsed = parse(std::move(words));
  if (const auto* exit = std::get_if<Exit>(&parsed)) ADD_FAILURE() << exit->text;
  return std::get<T>(std::get<Options>(parsed));
}

TEST(CommandLine, ServeHasDefaults) {
  const auto serve = command<ServeOptions>({"serve"});
  EXPECT_EQ(serve.config, "festina.toml");
  EXPECT_EQ(serve.ready_file, "");
  EXPECT_EQ(serve.threads, 0U);
}

TEST(CommandLine, ServeReadsEveryOption) {
  const auto serve = command<ServeOptions>(
      {"serve", "--config", "a.toml", "--ready-file=ready.json", "--threads", "4"}
  );
  EXPECT_EQ(serve.config, "a.toml");
  EXPECT_EQ(serve.ready_file, "ready.json");
  EXPECT_EQ(serve.threads, 4U);
}

TEST(CommandLine, CheckReadsTheConfiguration) {
  EXPECT_EQ(command<CheckOptions>({"check"}).config, "festina.toml");
  EXPECT_EQ(command<CheckOptions>({"check", "--config", "a.toml"}).config, "a.toml");
}

TEST(CommandLine, CheckAsksWhatADateWouldChange) {
  const auto plain = command<CheckOptions>({"check"});
  EXPECT_EQ(plain.compat_date, "");
  EXPECT_FALSE(plain.strict);
  EXPECT_FALSE(plain.json);
  const auto full =
      command<CheckOptions>({"check", "--compat-date", "2026-02-28", "--json", "--strict"});
  EXPECT_EQ(full.compat_date, "2026-02-28");
  EXPECT_TRUE(full.json);
  EXPECT_TRUE(full.strict);
}

TEST(CommandLine, ReloadFindsTheNodeInOneOfThreeWays) {
  const auto plain = command<ReloadOptions>({"reload"});
  EXPECT_EQ(plain.config, "festina.toml");
  EXPECT_EQ(plain.state, "");
  EXPECT_EQ(plain.pid, 0);
  EXPECT_EQ(command<ReloadOptions>({"reload", "--config", "a.toml"}).config, "a.toml");
  EXPECT_EQ(command<ReloadOptions>({"reload", "--state", "/var/lib/a"}).state, "/var/lib/a");
  EXPECT_EQ(command<ReloadOptions>({"reload", "--pid", "2147483647"}).pid, 2147483647);
}

TEST(CommandLine, PurgeReadsUrls) {
  const auto purge = command<PurgeOptions>(
      {"purge",
       "--zone",
       "example.com",
       "--url",
       "http://example.com/a",
       "http://example.com/b",
       "--token",
       "secret",
       "--ca",
       "ca.pem"}
  );
  EXPECT_EQ(purge.zone, "example.com");
  EXPECT_THAT(purge.urls, ElementsAre("http://example.com/a", "http://example.com/b"));
  EXPECT_EQ(purge.api.config, "festina.toml");
  EXPECT_EQ(purge.api.control, "");
  EXPECT_EQ(purge.api.token, "secret");
  EXPECT_EQ(purge.api.ca, "ca.pem");
  EXPECT_THAT(
      command<PurgeOptions>({"purge", "--url", "http://a/1", "--url", "http://a/2", "--zone", "a"})
          .urls,
      ElementsAre("http://a/1", "http://a/2")
  );
}

TEST(CommandLine, PurgeReadsTagsHostsAndPrefixes) {
  const auto purge = command<PurgeOptions>(
      {"purge", "--zone", "a", "--tag", "t1", "t2", "--tag", "t3", "--host", "h", "--prefix", "h/p"}
  );
  EXPECT_THAT(purge.tags, ElementsAre("t1", "t2", "t3"));
  EXPECT_THAT(purge.hosts, ElementsAre("h"));
  EXPECT_THAT(purge.prefixes, ElementsAre("h/p"));
  EXPECT_FALSE(purge.everything);
}

TEST(CommandLine, PurgeOfEverythingHasNoUrl) {
  const auto purge = command<PurgeOptions>(
      {"purge", "--zone", "example.com", "--everything", "--control", "http://127.0.0.1:9788"}
  );
  EXPECT_TRUE(purge.everything);
  EXPECT_TRUE(purge.urls.empty());
  EXPECT_EQ(purge.api.control, "http://127.0.0.1:9788");
}

TEST(CommandLine, ExplainReadsARequest) {
  const auto explain = command<ExplainOptions>(
      {"explain",
       "-H",
       "Cookie: a=b",
       "http://example.com/a",
       "-X",
       "POST",
       "-H",
       "Accept:text/html",
       "--colo",
       "LHR",
       "--json"}
  );
  EXPECT_EQ(explain.url, "http://example.com/a");
  EXPECT_EQ(explain.method, "POST");
  EXPECT_THAT(
      explain.headers, ElementsAre(HeaderLine{"Cookie", "a=b"}, HeaderLine{"Accept", "text/html"})
  );
  EXPECT_EQ(explain.colo, "LHR");
  EXPECT_TRUE(explain.json);
}

TEST(CommandLine, ExplainIsAGetByDefault) {
  const auto explain = command<ExplainOptions>({"explain", "http://example.com/"});
  EXPECT_EQ(explain.method, "GET");
  EXPECT_TRUE(explain.headers.empty());
  EXPECT_EQ(explain.colo, "");
  EXPECT_FALSE(explain.json);
}

TEST(CommandLine, ExplainTakesARayInPlaceOfAUrl) {
  const auto served = command<ExplainOptions>({"explain", "89abcdef01234567-FRA"});
  EXPECT_EQ(served.ray, "89abcdef01234567-FRA");
  EXPECT_EQ(served.url, "");
  EXPECT_EQ(command<ExplainOptions>({"explain", "http://example.com/"}).ray, "");
}

TEST(CommandLine, TailReadsFilters) {
  const auto tail = command<TailOptions>(
      {"tail",
       "site-api",
       "--status",
       "5xx,404",
       "--status",
       "301",
       "--zone",
       "a",
       "--host",
       "b",
       "--colo",
       "FRA",
       "--json"}
  );
  EXPECT_EQ(tail.worker, "site-api");
  EXPECT_THAT(tail.statuses, ElementsAre("5xx", "404", "301"));
  EXPECT_THAT(tail.zones, ElementsAre("a"));
  EXPECT_THAT(tail.hosts, ElementsAre("b"));
  EXPECT_THAT(tail.colos, ElementsAre("FRA"));
  EXPECT_TRUE(tail.json);
  EXPECT_EQ(command<TailOptions>({"tail"}).worker, "");
}

TEST(CommandLine, EnvAndVersionStandAlone) {
  EXPECT_EQ(command<EnvOptions>({"env", "--config", "b.toml"}).api.config, "b.toml");
  command<VersionOptions>({"version"});
  command<VersionOptions>({"--version"});
}

TEST(CommandLine, HelpOfEveryCommandDescribesItWithExamples) {
  const struct {
    std::vector<const char*> words;
    std::vector<std::string> parts;
  } cases[] = {
      {{"--help"},
       {"Festina is an edge cache",
        "serve",
        "check",
        "purge",
        "explain",
        "env",
        "version",
        "Exit codes"}},
      {{"serve", "--help"},
       {"Runs the edge", "--config", "FILE=festina.toml", "--ready-file", "--threads", "Examples:"}
      },
      {{"check", "-h"}, {"reports every fault in one run", "festina check --config staging.toml"}},
      {{"purge", "--help"},
       {"--zone",
        "--url",
        "--tag",
        "--host",
        "--prefix",
        "--everything",
        "--control",
        "--token",
        "--ca",
        "Examples:"}},
      {{"explain", "--help"},
       {"Nothing is fetched", "-X,--method", "-H,--header", "--colo", "--json", "Examples:"}},
      {{"env", "--help"}, {"wrangler", "eval \"$(festina env)\""}},
      {{"version", "--help"}, {"workerd", "Examples:"}},
  };
  for (const auto& c : cases) {
    const auto parsed = parse(c.words);
    const auto* exit = std::get_if<Exit>(&parsed);
    ASSERT_TRUE(exit) << c.words[0];
    EXPECT_EQ(exit->code, 0);
    for (const std::string& part : c.parts) EXPECT_THAT(exit->text, HasSubstr(part));
  }
}

TEST(CommandLine, WithoutACommandAreHelpAndAUsageError) {
  const Exit exit = std::get<Exit>(parse({}));
  EXPECT_EQ(exit.code, kExitUsage);
  EXPECT_THAT(exit.text, HasSubstr("serve"));
}

TEST(CommandLine, SayWhatIsWrong) {
  const struct {
    std::vector<const char*> words;
    std::string text;
  } cases[] = {
      {{"serv"},
       "festina: unknown command \"serv\" - did you mean \"serve\"?\nTry 'festina --help'.\n"},
      {{"restart"}, "festina: unknown command \"restart\"\nTry 'festina --help'.\n"},
      {{"--verbose"}, "festina: unknown option \"--verbose\"\nTry 'festina --help'.\n"},
      {{"serve", "--confg", "a"},
       "festina serve: unexpected \"--confg\" - did you mean \"--config\"?\nTry 'festina serve "
       "--help'.\n"},
      {{"serve", "now"}, "festina serve: unexpected \"now\"\nTry 'festina serve --help'.\n"},
      {{"serve", "--config"},
       "festina serve: --config: 1 required FILE missing\nTry 'festina serve --help'.\n"},
      {{"serve", "--threads", "0"},
       "festina serve: --threads: \"0\" is no number from 1 to 256\nTry 'festina serve --help'.\n"},
      {{"serve", "--threads", "257"},
       "festina serve: --threads: \"257\" is no number from 1 to 256\nTry 'festina serve --help'.\n"
      },
      {{"serve", "--threads", "many"},
       "festina serve: --threads: \"many\" is no number from 1 to 256\nTry 'festina serve "
       "--help'.\n"},
      {{"check", "--json"},
       "festina check: --json is for what --compat-date would change: give that too\nTry 'festina "
       "check --help'.\n"},
      {{"check", "--compat-date", "2026-02-30"},
       "festina check: --compat-date: \"2026-02-30\" is no date: write it as YYYY-MM-DD\nTry "
       "'festina check --help'.\n"},
      {{"reload", "--pid", "0"},
       "festina reload: --pid: \"0\" is no process id\nTry 'festina reload --help'.\n"},
      {{"reload", "--pid", "1", "--state", "a"},
       "festina reload: give either --state or --pid\nTry 'festina reload --help'.\n"},
      {{"purge", "--everything"}, "festina purge: --zone is required\nTry 'festina purge --help'.\n"
      },
      {{"purge", "--zone", "a"},
       "festina purge: give either --everything, or what to purge by --url, --tag, --host, "
       "--prefix\nTry 'festina purge --help'.\n"},
      {{"purge", "--zone", "a", "--url", "http://a/", "--everything"},
       "festina purge: give either --everything, or what to purge by --url, --tag, --host, "
       "--prefix\nTry 'festina purge --help'.\n"},
      {{"purge", "--zone", "a", "--url", "/style.css"},
       "festina purge: --url: URL is not absolute: /style.css\nTry 'festina purge --help'.\n"},
      {{"purge", "--zone", "a", "--everything", "--control", "8788"},
       "festina purge: --control: \"8788\" is no URL\nTry 'festina purge --help'.\n"},
      {{"explain"}, "festina explain: URL is required\nTry 'festina explain --help'.\n"},
      {{"explain", "example.com"},
       "festina explain: URL: URL is not absolute: example.com; nor is it a ray id: 16 hex "
       "digits\nTry 'festina explain --help'.\n"},
      {{"explain", "http://a/", "-H", "Cookie"},
       "festina explain: --header: \"Cookie\" is no header, write it like 'Accept: text/html'\nTry "
       "'festina explain --help'.\n"},
  };
  for (const auto& c : cases) {
    const auto parsed = parse(c.words);
    const auto* exit = std::get_if<Exit>(&parsed);
    ASSERT_TRUE(exit) << c.text;
    EXPECT_EQ(exit->code, kExitUsage);
    EXPECT_EQ(exit->text, c.text);
  }
}

TEST(CommandLine, TakeThreadsUpToTheLimit) {
  EXPECT_EQ(command<ServeOptions>({"serve", "--threads", "256"}).threads, kMaxThreads);
}

}  // namespace
}  // namespace festina::server
