#include "zone/wrangler.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

using Texts = std::vector<std::string>;

class WranglerScript : public testing::Test {
 protected:
  WranglerScript()
      : directory_(
            fs::temp_directory_path() / ("festina_wrangler_test_" + std::to_string(getpid()))
        ) {
    write("src/index.js", "export default {}");
  }
  ~WranglerScript() override { fs::remove_all(directory_); }

  void write(const std::string& name, std::string_view content) const {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << content;
  }

  // Loads a file with this content; problems are kept without the directory in front of their places.
  std::optional<Wrangler> load(std::string_view content) {
    write("wrangler.toml", content);
    Problems problems;
    auto wrangler = load_wrangler((directory_ / "wrangler.toml").string(), "", problems);
    for (const Problem& problem : problems)
      problems_.push_back(text_of(problem).substr(directory_.string().size() + 1));
    return wrangler;
  }
  // The problems of a good file with these lines behind it; the first of them is line 4.
  Texts problems_with(std::string_view lines) {
    problems_.clear();
    load(
        "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n" +
        std::string(lines)
    );
    return problems_;
  }

  fs::path directory_;
  Texts problems_;
};

TEST_F(WranglerScript, DescribesAWorker) {
  const auto wrangler = load(R"(name = "api"
main = "./src/index.js"
compatibility_date = "2026-01-31"
compatibility_flags = ["nodejs_compat", "cache_api_compat_flags"]
routes = [
  "example.com/api/*",
  { pattern = "*.example.org/*", zone_name = "Example.org" },
  { pattern = "example.net/", zone_id = "0123456789ABCDEF0123456789abcdef", custom_domain = false },
]

[vars]
GREETING = "hello"
LIMITS = { max = 3 }
DEBUG = false
)");
  EXPECT_EQ(problems_, Texts{});
  if (!wrangler) FAIL();
  const Script& script = wrangler->script;
  EXPECT_EQ(script.name, "api");
  EXPECT_EQ(script.configuration_file, (directory_ / "wrangler.toml").string());
  EXPECT_EQ(script.main, (directory_ / "src/index.js").string());
  EXPECT_EQ(script.compatibility_date, "2026-01-31");
  EXPECT_EQ(script.compatibility_flags, (Texts{"nodejs_compat", "cache_api_compat_flags"}));

  EXPECT_EQ(script.date_at.line, 3U);
  EXPECT_EQ(script.date_at.column, 22U);
  EXPECT_EQ(script.flags_at.line, 4U);

  ASSERT_EQ(script.variables.size(), 3U);
  EXPECT_EQ(script.variables[0].name, "GREETING");
  EXPECT_EQ(script.variables[0].value, "hello");
  EXPECT_FALSE(script.variables[0].is_json);
  EXPECT_EQ(script.variables[1].value, "{\"max\":3}");
  EXPECT_TRUE(script.variables[1].is_json);
  EXPECT_EQ(script.variables[2].value, "false");

  ASSERT_EQ(wrangler->routes.size(), 3U);
  EXPECT_EQ(wrangler->routes[0].pattern, "example.com/api/*");
  EXPECT_EQ(wrangler->routes[0].zone_name, "");
  EXPECT_EQ(wrangler->routes[0].place.line, 6U);
  EXPECT_EQ(wrangler->routes[1].zone_name, "example.org");
  EXPECT_EQ(wrangler->routes[2].zone_id, "0123456789abcdef0123456789abcdef");
  ASSERT_EQ(script.routes.size(), 3U);
  EXPECT_EQ(script.routes[1].pattern, "*.example.org/*");
  EXPECT_EQ(script.routes[1].script, "api");
}

TEST_F(WranglerScript, NeedsNameMainAndDate) {
  load("workers_dev = true\n");
  EXPECT_EQ(
      problems_,
      (Texts{
          "wrangler.toml:1:1: the Worker has no name - add name = \"my-worker\"",
          "wrangler.toml:1:1: the Worker has no main module - add main = \"src/index.js\"",
          "wrangler.toml:1:1: the Worker has no compatibility_date - add compatibility_date = "
          "\"YYYY-MM-DD\"",
      })
  );
}

TEST_F(WranglerScript, NamesEveryFaultOfItsBasics) {
  fs::create_directories(directory_ / "lib");
  const struct {
    std::string_view content;
    std::string_view problem;
  } cases[] = {
      {"name = \"My Worker\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n",
       "wrangler.toml:1:8: \"My Worker\" is no name of a Worker - use at most 63 lower-case "
       "letters, digits, \"-\" and "
       "\"_\""},
      {"name = 3\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n",
       "wrangler.toml:1:8: expected a string, found an integer"},
      {"name = \"api\"\nmain = \"src/index.ts\"\ncompatibility_date = \"2026-01-01\"\n",
       "wrangler.toml:2:8: main module \"src/index.ts\" does not exist - did you mean \"index.js\"?"
      },
      {"name = \"api\"\nmain = \"dist/worker.js\"\ncompatibility_date = \"2026-01-01\"\n",
       "wrangler.toml:2:8: main module \"dist/worker.js\" does not exist - the path is relative to "
       "this file"},
      {"name = \"api\"\nmain = \"lib\"\ncompatibility_date = \"2026-01-01\"\n",
       "wrangler.toml:2:8: main module \"lib\" is no file"},
      {"name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-02-30\"\n",
       "wrangler.toml:3:22: \"2026-02-30\" is no date - write it as YYYY-MM-DD"},
      {"name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = 2026-02-03\n",
       "wrangler.toml:3:22: expected a string, found a date"},
  };
  for (const auto& c : cases) {
    problems_.clear();
    load(c.content);
    EXPECT_EQ(problems_, Texts{std::string(c.problem)});
  }
}

TEST_F(WranglerScript, TakesNamesOfAtMostALabel) {
  const std::string rest = "\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n";
  load("name = \"" + std::string(kMaxScriptName, 'a') + rest);
  EXPECT_EQ(problems_.size(), 0U);
  load("name = \"" + std::string(kMaxScriptName + 1, 'a') + rest);
  EXPECT_EQ(problems_.size(), 1U);
}

TEST_F(WranglerScript, RefusesAFlagGivenTwice) {
  EXPECT_EQ(
      problems_with("compatibility_flags = [\"a\", \"b\", \"a\"]"),
      Texts{
          "wrangler.toml:4:34: Compatibility flag specified multiple times: a - remove one of them"
      }
  );
}

TEST_F(WranglerScript, NamesEveryFaultOfARoute) {
  const struct {
    std::string_view lines;
    std::string_view problem;
  } cases[] = {
      {"routes = [\"example.com/*.js\"]",
       "wrangler.toml:4:11: \"example.com/*.js\" is no route: \"*\" stands only at the end of the "
       "path - write it like "
       "\"example.com/api/*\""},
      {"route = \"example.com/?a\"",
       "wrangler.toml:4:9: \"example.com/?a\" is no route: a route has no query - write it like "
       "\"example.com/api/*\""},
      {"routes = [{ zone_name = \"example.com\" }]", "wrangler.toml:4:11: the route has no pattern"
      },
      {"routes = [{ pattern = \"*.example.com\", custom_domain = true }]",
       "wrangler.toml:4:23: \"*.example.com\" is no custom domain: it has a wildcard - write a "
       "host, "
       "which is served whole, or make it a route"},
      {"routes = [{ pattern = \"example.com/api\", custom_domain = true }]",
       "wrangler.toml:4:23: \"example.com/api\" is no custom domain: it has a path - write a host, "
       "which is served whole, or make it a route"},
      {"routes = [{ pattern = \"example..com\", custom_domain = true }]",
       "wrangler.toml:4:23: \"example..com\" is no custom domain: it is no host name - write a "
       "host, "
       "which is served whole, or make it a route"},
      {"routes = [{ pattern = \"example.com/*\", enabled = false }]",
       "wrangler.toml:4:50: only a custom domain is switched off - remove the route"},
      {"routes = [{ pattern = \"example.com/*\", zone_name = \"a.com\", zone_id = \"1\" }]",
       "wrangler.toml:4:71: zone_name and zone_id exclude each other - keep one of them"},
      {"routes = [{ pattern = \"example.com\", zone = \"example.com\" }]",
       "wrangler.toml:4:38: unknown key \"zone\""},
      {"routes = [3]", "wrangler.toml:4:11: expected a string or a table, found an integer"},
      {"routes = \"example.com/*\"", "wrangler.toml:4:10: expected an array, found a string"},
      {"routes = []\nroute = \"example.com/*\"",
       "wrangler.toml:5:9: route and routes exclude each other - keep one of them"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(problems_with(c.lines), Texts{std::string(c.problem)}) << c.lines;
}

TEST_F(WranglerScript, TakesASingleRoute) {
  EXPECT_EQ(
      problems_with("route = { pattern = \"example.com/*\", zone_name = \"example.com\" }"), Texts{}
  );
}

TEST_F(WranglerScript, TakesCustomDomains) {
  const auto wrangler = load(
      "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n"
      "routes = [{ pattern = \"API.example.com\", custom_domain = true },\n"
      "{ pattern = \"off.example.com\", custom_domain = true, enabled = false },\n"
      "{ pattern = \"example.com/a\", custom_domain = false, previews_enabled = false }]\n"
  );
  EXPECT_EQ(problems_, Texts{});
  if (!wrangler) FAIL();
  EXPECT_EQ(wrangler->script.custom_domains, Texts{"api.example.com"});
  ASSERT_EQ(wrangler->script.routes.size(), 1U);
  EXPECT_EQ(wrangler->script.routes[0].pattern, "example.com/a");
}

TEST_F(WranglerScript, IsOnWorkersDevUnlessItHasRoutes) {
  const struct {
    std::string_view lines;
    bool is_there;
  } cases[] = {
      {"", true},
      {"routes = []\n", true},
      {"route = \"example.com/*\"\n", false},
      {"routes = [\"example.com/*\"]\n", false},
      {"routes = [\"example.com/*\"]\nworkers_dev = true\n", true},
      {"workers_dev = false\n", false},
  };
  for (const auto& c : cases) {
    const auto wrangler = load(
        "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n" +
        std::string(c.lines)
    );
    if (!wrangler) FAIL() << c.lines;
    EXPECT_EQ(wrangler->script.workers_dev, c.is_there) << c.lines;
  }
  EXPECT_EQ(problems_, Texts{});
}

TEST_F(WranglerScript, LimitsARequest) {
  const auto wrangler = load(
      "name = \"api\"\nmain = \"src/index.js\"\ncompatibility_date = \"2026-01-01\"\n"
      "limits = { cpu_ms = 300000, subrequests = 10000000 }\n"
  );
  EXPECT_EQ(problems_, Texts{});
  if (!wrangler) FAIL();
  EXPECT_EQ(wrangler->script.cpu_ms, 300'000U);
  EXPECT_EQ(wrangler->script.subrequests, 10'000'000U);
  EXPECT_EQ(
      problems_with("limits = { cpu_ms = 300001, subrequests = 10000001 }\n"),
      (Texts{
          "wrangler.toml:4:21: 300001 is no value of cpu_ms - write a number from 1 to 300000",
          "wrangler.toml:4:43: 10000001 is no value of subrequests - write a number from 1 to "
          "10000000",
      })
  );
  EXPECT_EQ(problems_with("limits = { cpu_ms = 1 }\n"), Texts{});
  EXPECT_EQ(problems_with("limits = { cpu_ms = 0 }\n").size(), 1U);
}

TEST_F(WranglerScript, IsTheSameInJson) {
  write("wrangler.jsonc", R"({
  "$schema": "node_modules/wrangler/config-schema.json",
  "name": "api", // its label
  "main": "./src/index.js",
  "compatibility_date": "2026-01-31",
  "compatibility_flags": ["nodejs_compat"],
  "routes": [{ "pattern": "example.com/api/*", "zone_name": "example.com" }],
  "vars": { "GREETING": "hello", "LIMITS": { "max": 3 }, },
})");
  const std::string toml = R"(name = "api"
main = "./src/index.js"
compatibility_date = "2026-01-31"
compatibility_flags = ["nodejs_compat"]
routes = [{ pattern = "example.com/api/*", zone_name = "example.com" }]
[vars]
GREETING = "hello"
LIMITS = { max = 3 }
)";
  Problems problems;
  const auto json = load_wrangler((directory_ / "wrangler.jsonc").string(), "", problems);
  const auto other = load(toml);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(problems_, Texts{});
  if (!json || !other) FAIL();
  EXPECT_EQ(json->script.name, other->script.name);
  EXPECT_EQ(json->script.main, other->script.main);
  EXPECT_EQ(json->script.compatibility_date, other->script.compatibility_date);
  EXPECT_EQ(json->script.compatibility_flags, other->script.compatibility_flags);
  EXPECT_EQ(json->script.variables.at(1).value, other->script.variables.at(1).value);
  EXPECT_EQ(json->script.routes.at(0).pattern, other->script.routes.at(0).pattern);
  EXPECT_EQ(json->script.date_at.line, 5U);
}

TEST_F(WranglerScript, RefusesBindingsThatDoNotExistYet) {
  EXPECT_EQ(
      problems_with("triggers = { crons = [\"* * * * *\"] }\n[[kv_namespaces]]\nbinding = "
                    "\"KV\"\nid = \"1\"\n"),
      (Texts{
          "wrangler.toml:5:1: kv_namespaces is not supported yet - remove it",
          "wrangler.toml:4:12: triggers is not supported yet - remove it",
      })
  );
  EXPECT_EQ(problems_with("triggers = { crons = [] }\n"), Texts{})
      << "that is what it would be without";
}

TEST_F(WranglerScript, IgnoresKeysOfBuildingAndDeploying) {
  EXPECT_EQ(
      problems_with("account_id = \"x\"\nkeep_vars = true\n[observability]\nenabled = "
                    "true\n[env.staging]\nname = \"b\"\n"),
      Texts{}
  );
}

TEST_F(WranglerScript, ReportsUnknownKeys) {
  EXPECT_EQ(
      problems_with("compatability_date = \"2026-01-01\"\nfoo_bar_baz = 1\n"),
      (Texts{
          "wrangler.toml:4:1: unknown key \"compatability_date\" - did you mean "
          "\"compatibility_date\"?",
          "wrangler.toml:5:1: unknown key \"foo_bar_baz\"",
      })
  );
}

TEST_F(WranglerScript, CanBeUnreadable) {
  Problems problems;
  EXPECT_FALSE(load_wrangler((directory_ / "none.toml").string(), "", problems));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].message, "cannot be read: No such file or directory");
}

}  // namespace
}  // namespace festina::zone
