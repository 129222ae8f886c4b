#include "zone/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

using Texts = std::vector<std::string>;

class ConfigFile : public testing::Test {
 protected:
  ConfigFile()
      : directory_(
            fs::temp_directory_path() / ("festina_config_test_" + std::to_string(getpid()))
        ) {
    unsetenv("FESTINA_API_TOKEN");
    fs::create_directories(directory_);
  }
  ~ConfigFile() override { fs::remove_all(directory_); }

  void write(const std::string& name, std::string_view content) const {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << content;
  }
  void write_worker(const std::string& folder, const std::string& name, const std::string& lines)
      const {
    write(folder + "/index.js", "export default {}");
    write(
        folder + "/wrangler.toml",
        "name = \"" + name + "\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n" +
            lines
    );
  }

  Config load(std::string_view content) {
    write("festina.toml", content);
    Loaded loaded = load_config((directory_ / "festina.toml").string());
    problems_.clear();
    for (const Problem& problem : loaded.problems)
      problems_.push_back(text_of(problem).substr(path("").size()));
    return std::move(loaded.config);
  }
  Texts problems_of(std::string_view content) {
    load(content);
    return problems_;
  }
  std::string path(const std::string& name) const { return (directory_ / name).string(); }

  fs::path directory_;
  Texts problems_;
};

TEST_F(ConfigFile, HasTheDefaultsOfTheProduct) {
  const Config config = load("");
  EXPECT_EQ(problems_, Texts{});
  EXPECT_EQ(config.file, path("festina.toml"));
  EXPECT_EQ(config.control.listen.text, "http://127.0.0.1:8788");
  EXPECT_EQ(config.control.listen.port, 8788);
  EXPECT_EQ(config.control.token, "");
  EXPECT_EQ(config.control.account_id, "");
  EXPECT_EQ(config.state_dir, path(".festina"));
  EXPECT_EQ(config.log_level, "info");
  EXPECT_EQ(config.access_log, "");
  EXPECT_EQ(config.cache_memory, 256ULL << 20);
  EXPECT_EQ(config.workers.runtime, "workerd");
  EXPECT_FALSE(config.workers.private_network_allowed);
  EXPECT_EQ(config.workers.max_calls, kPaidCalls);
  EXPECT_EQ(config.workers.max_memory, 512ULL << 20);
  EXPECT_EQ(config.workers.answer_timeout, std::chrono::seconds(100));
  EXPECT_FALSE(config.test_clock);
  ASSERT_EQ(config.colos.size(), 1U);
  EXPECT_EQ(config.colos[0].name, "FRA");
  EXPECT_EQ(config.colos[0].country, "DE");
  ASSERT_EQ(config.colos[0].listen.size(), 1U);
  EXPECT_EQ(config.colos[0].listen[0].host, "127.0.0.1");
  EXPECT_EQ(config.colos[0].listen[0].port, 8787);
  EXPECT_TRUE(config.zones.empty());
  EXPECT_TRUE(config.scripts.empty());
}

TEST_F(ConfigFile, ReadsEverySection) {
  write_worker("worker", "api", "routes = [\"example.com/api/*\"]\n");
  write_worker("trim", "trim", "routes = [\"example.com/*\"]\n");
  write("public/index.html", "hello");
  const Config config = load(R"([control]
listen = "http://127.0.0.1:0"
token = "secret"
account_id = "0123456789abcdef0123456789abcdef"
[state]
dir = "state"
[log]
level = "debug"
access = "/var/log/access.json"
[cache]
memory = "1MiB"
disk = "0"
[workers]
runtime = "./bin/workerd"
private_network = "allow"
max_memory = "128MiB"
answer_timeout = "100ms"
limits = "free"
era = "2025"
cron_colo = "LHR"
[network]
trusted_proxies = []
geoip = ""
[testing]
clock = true
[[colos]]
name = "LHR"
country = "GB"
listen = ["http://127.0.0.1:0", "http://[::1]:0"]
upper_tier = ""
[[colos]]
name = "NRT"
listen = ["http://127.0.0.1:0"]
[[zones]]
name = "example.com"
origin = "file:public"
[[scripts]]
wrangler = "worker/wrangler.toml"
snippet = false
[[scripts]]
wrangler = "trim"
snippet = true
)");
  EXPECT_EQ(problems_, Texts{});
  EXPECT_EQ(config.control.listen.port, 0);
  EXPECT_EQ(config.control.token, "secret");
  EXPECT_EQ(config.control.account_id, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(config.state_dir, path("state"));
  EXPECT_EQ(config.log_level, "debug");
  EXPECT_EQ(config.access_log, "/var/log/access.json");
  EXPECT_EQ(config.cache_memory, 1ULL << 20);
  EXPECT_EQ(config.workers.runtime, path("bin/workerd"));
  EXPECT_TRUE(config.workers.private_network_allowed);
  EXPECT_EQ(config.workers.max_calls, kFreeCalls);
  EXPECT_EQ(config.workers.max_memory, 128ULL << 20);
  EXPECT_EQ(config.workers.answer_timeout, std::chrono::milliseconds(100));
  EXPECT_EQ(config.workers.era, policy::Era::of_2025);
  EXPECT_TRUE(config.test_clock);
  ASSERT_EQ(config.colos.size(), 2U);
  EXPECT_EQ(config.colos[0].listen.size(), 2U);
  EXPECT_EQ(config.colos[0].country, "GB");
  EXPECT_EQ(config.colos[1].name, "NRT");
  EXPECT_EQ(config.colos[1].country, "");
  ASSERT_EQ(config.zones.size(), 2U);
  EXPECT_EQ(config.zones[1]->name, "api.localhost") << "made for the script";
  EXPECT_EQ(config.zones[0]->origin.directory, path("public"));
  EXPECT_EQ(config.zones[0]->script_for(*http::parse_url("http://example.com/api/x")), "api");
  EXPECT_EQ(config.zones[0]->snippet_for(*http::parse_url("http://example.com/api/x")), "trim");
  ASSERT_EQ(config.scripts.size(), 2U);
  EXPECT_EQ(config.scripts[0].main, path("worker/index.js"));
  EXPECT_FALSE(config.scripts[0].is_snippet);
  EXPECT_TRUE(config.scripts[1].is_snippet);
}

TEST_F(ConfigFile, NamesEveryFault) {
  const struct {
    std::string_view content;
    std::string_view problem;
  } cases[] = {
      {"[contorl]\n", "festina.toml:1:2: unknown key \"contorl\" - did you mean \"control\"?"},
      {"[state]\ndir = \"\"", "festina.toml:2:7: the state directory has no name"},
      {"[log]\nlevel = \"warning\"",
       "festina.toml:2:9: \"warning\" is no value of level - write \"debug\", \"info\", \"warn\" "
       "or \"error\""},
      {"[cache]\nmemory = \"256MB\"",
       "festina.toml:2:10: \"256MB\" is no size - write a number and its unit, such as \"256MiB\""},
      {"[cache]\nmemory = \"0\"",
       "festina.toml:2:10: the cache has no memory - write a number and its unit, such as "
       "\"256MiB\""},
      {"[cache]\ndisk = \"10GiB\"",
       "festina.toml:2:8: disk \"10GiB\" is not supported yet - remove it"},
      {"[workers]\nprivate_network = \"alow\"",
       "festina.toml:2:19: \"alow\" is no value of private_network - did you mean \"allow\"?"},
      {"[workers]\nlimits = \"Paid\"",
       "festina.toml:2:10: \"Paid\" is no value of limits - did you mean \"paid\"?"},
      {"[workers]\nmax_memory = \"127MiB\"",
       "festina.toml:2:14: max_memory is not within 128MiB and 64GiB - write a number and its "
       "unit, "
       "such as \"512MiB\""},
      {"[workers]\nmax_memory = \"65GiB\"",
       "festina.toml:2:14: max_memory is not within 128MiB and 64GiB - write a number and its "
       "unit, "
       "such as \"512MiB\""},
      {"[workers]\nanswer_timeout = \"99ms\"",
       "festina.toml:2:18: answer_timeout is not within 100ms and 6000s - write a number and its "
       "unit, such as \"100s\""},
      {"[workers]\nanswer_timeout = \"6001s\"",
       "festina.toml:2:18: answer_timeout is not within 100ms and 6000s - write a number and its "
       "unit, such as \"100s\""},
      {"[workers]\ncron_colo = \"LHR\"",
       "festina.toml:2:13: cron_colo \"LHR\" is not supported yet - remove it"},
      {"[network]\ntrusted_proxies = [\"10.0.0.0/8\", \"10.0.0.1/8\"]",
       "festina.toml:2:34: \"10.0.0.1/8\" has bits set behind its prefix - write it like "
       "\"10.0.0.0/8\" or \"2001:db8::1\""},
      {"[network]\ngeoip = \"none.mmdb\"",
       "festina.toml:2:9: file \"none.mmdb\": No such file or directory - name an MMDB file, "
       "relative "
       "to this file"},
      {"[testing]\nclock = \"true\"", "festina.toml:2:9: expected a boolean, found a string"},
      {"[[colos]]\nname = \"FRA\"\n[[colos]]\nname = \"LHR\"\nlisten = [\"http://127.0.0.1:8787\"]",
       "festina.toml:5:11: two listeners have the address \"http://127.0.0.1:8787\" - the first is "
       "at festina.toml:1:1"},
      {"[control]\nlisten = \"http://127.0.0.1:8787\"",
       "festina.toml: two listeners have the address \"http://127.0.0.1:8787\" - the first is at "
       "festina.toml:2:10"},
      {"[[zones]]\nname = \"a.com\"\norigin = \"http://a\"\n[[zones]]\nname = \"a.com\"\norigin = "
       "\"http://b\"",
       "festina.toml:5:8: two zones are named \"a.com\" - the first is at festina.toml:2:8"},
      {"[[scripts]]\n",
       "festina.toml:1:1: the script names no wrangler file - add wrangler = "
       "\"worker/wrangler.toml\""},
      {"[[scripts]]\nwrangler = \"none.toml\"",
       "festina.toml:2:12: \"none.toml\" does not exist - the path is relative to this file"},
      {"[[scripts]]\nwrangler = \".\"",
       "festina.toml:2:12: directory \".\" has no wrangler.json, wrangler.jsonc or wrangler.toml"},
      {"[cache\n", "festina.toml:1:7: no valid TOML: parsing table header: expected ']', saw '\\n'"
      },
  };
  for (const auto& c : cases) {
    Texts problems = problems_of(c.content);
    for (std::string& problem : problems) {  // places inside a message carry the directory, too
      if (const std::size_t at = problem.find(path("")); at != std::string::npos)
        problem.erase(at, path("").size());
    }
    EXPECT_EQ(problems, Texts{std::string(c.problem)}) << c.content;
  }
}

TEST_F(ConfigFile, NamesEveryFaultInOneRunInTheOrderOfTheFile) {
  write_worker("worker", "api", "compatability_flags = []\n");
  EXPECT_EQ(
      problems_of("[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n[log]\nlevel = 3\n[stat]\n"),
      (Texts{
          "festina.toml:4:9: expected a string, found an integer",
          "festina.toml:5:2: unknown key \"stat\" - did you mean \"state\"?",
          "worker/wrangler.toml:4:1: unknown key \"compatability_flags\" - did you mean "
          "\"compatibility_flags\"?",
      })
  );
}

TEST_F(ConfigFile, ReadsTheNetwork) {
  write("country.mmdb", "anything");
  const Config config =
      load("[network]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\ngeoip = \"country.mmdb\"");
  EXPECT_EQ(problems_, Texts{});
  ASSERT_EQ(config.network.trusted_proxies.size(), 2U);
  EXPECT_TRUE(config.network.trusted_proxies[0].contains("10.1.2.3"));
  EXPECT_TRUE(config.network.trusted_proxies[1].contains("::1"));
  EXPECT_EQ(config.network.geoip, path("country.mmdb"));
  EXPECT_EQ(config.network.geoip_place.line, 3U);
}

TEST_F(ConfigFile, RefusesScriptsAndRoutesGivenTwice) {
  write_worker("a", "api", "route = \"example.com/*\"\n");
  write_worker("b", "api", "route = \"example.com/*\"\n");
  EXPECT_EQ(
      problems_of("[[zones]]\nname = \"example.com\"\norigin = \"http://a\"\n"
                  "[[scripts]]\nwrangler = \"a/wrangler.toml\"\n[[scripts]]\nwrangler = "
                  "\"b/wrangler.toml\"\n"),
      (Texts{
          "b/wrangler.toml:1:8: two scripts are named \"api\" - the first is at " +
              path("a/wrangler.toml:1:8"),
          "b/wrangler.toml:4:9: two routes have the pattern \"example.com/*\" - the first is at " +
              path("a/wrangler.toml:4:9"),
      })
  );
}

TEST_F(ConfigFile, FindsTheWranglerFileOfADirectory) {
  write("worker/a.js", "");
  write(
      "worker/wrangler.jsonc",
      R"({ "name": "api", "main": "a.js", "compatibility_date": "2026-01-01", /* as on top */
  "env": { "staging": { "workers_dev": false } } })"
  );
  const Config config = load(
      "[[scripts]]\nwrangler = \"worker\"\n"
      "[[scripts]]\nwrangler = \"worker\"\nenvironment = \"staging\"\n"
  );
  EXPECT_EQ(problems_, Texts{});
  ASSERT_EQ(config.scripts.size(), 2U);
  EXPECT_EQ(config.scripts[0].configuration_file, path("worker/wrangler.jsonc"));
  EXPECT_EQ(config.scripts[0].name, "api");
  EXPECT_TRUE(config.scripts[0].workers_dev);
  EXPECT_EQ(config.scripts[1].name, "api-staging");
  EXPECT_FALSE(config.scripts[1].workers_dev);
}

TEST_F(ConfigFile, ServesACustomDomainInItsZone) {
  write_worker(
      "worker", "api", "routes = [{ pattern = \"api.example.com\", custom_domain = true }]\n"
  );
  const Config config = load(
      "[[zones]]\nname = \"example.com\"\norigin = \"none\"\n"
      "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"
  );
  EXPECT_EQ(problems_, Texts{});
  const Zone& zone = *config.zones.at(0);
  EXPECT_EQ(zone.origin.kind, OriginKind::none);
  EXPECT_EQ(zone.origin_for("api.example.com").kind, OriginKind::worker);
  EXPECT_EQ(zone.script_for(*http::parse_url("http://api.example.com/x?y")), "api");
  EXPECT_EQ(zone.script_for(*http::parse_url("http://example.com/")), std::nullopt);
}

TEST_F(ConfigFile, ShowsPathsAsTheyWereGiven) {
  write_worker("worker", "api", "route = \"example.com/*\"\n");
  write("festina.toml", "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n");
  const fs::path before = fs::current_path();
  fs::current_path(directory_);
  const Loaded loaded = load_config("festina.toml");
  fs::current_path(before);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(
      text_of(loaded.problems[0]),
      "worker/wrangler.toml:4:9: route \"example.com/*\" belongs to no zone - there is no zone"
  );
  EXPECT_EQ(loaded.config.file, path("festina.toml"));
}

TEST_F(ConfigFile, CanBeUnreadable) {
  const Loaded loaded = load_config(path("none.toml"));
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(loaded.problems[0].message, "cannot be read: No such file or directory");
}

}  // namespace
}  // namespace festina::zone
