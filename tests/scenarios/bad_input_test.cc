// Bad configuration and a bad environment: what `festina check` and `festina serve` say, and how they end.
#include <fstream>
#include <sys/stat.h>

#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kColo = "[[colos]]\nname = \"FRA\"\nlisten = [\"http://127.0.0.1:0\"]\n";
constexpr std::string_view kControl = "[control]\nlisten = \"http://127.0.0.1:0\"\n";

// As a later version of the program would leave it.
void set_schema_version(const std::string& file, int version) {
  std::string text = read_file(file);
  // The user version is the big-endian number at offset 60 of a SQLite file.
  for (std::size_t i = 0; i < 4; ++i) text[60 + i] = static_cast<char>(version >> (8 * (3 - i)));
  std::ofstream(file, std::ios::binary) << text;
}

class BadInput : public testing::Test {
 protected:
  // Writes the configuration; gives its path.
  std::string config(const std::string& text) const {
    return files.write("festina.toml", std::string(kControl) + std::string(kColo) + text);
  }
  void expect_refused(const std::string& text, const std::vector<std::string>& messages) const {
    const std::string path = config(text);
    for (const char* command : {"check", "serve"}) {
      const Outcome outcome = run_festina({command, "--config", path});
      EXPECT_EQ(outcome.exit_code, 1) << command << outcome.output << outcome.errors;
      for (const std::string& message : messages) {
        EXPECT_NE((outcome.output + outcome.errors).find(message), std::string::npos)
            << command << " did not say: " << message << "\nbut: " << outcome.output
            << outcome.errors;
      }
    }
  }
  TempDir files;
};

TEST_F(BadInput, GoodConfigurationPasses) {
  const Outcome outcome =
      run_festina({"check", "--config", config(zone_toml("example.com", "http://127.0.0.1:9"))});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
}

TEST_F(BadInput, UnknownKeyNamesPlaceAndNearestKey) {
  expect_refused(
      "[[zones]]\nnmae = \"example.com\"\norigin = \"http://127.0.0.1:9\"\n",
      {"festina.toml:7:1", "nmae", "\"name\""}
  );
}

TEST_F(BadInput, WrongTypeNamesBothTypes) {
  expect_refused(
      "[[zones]]\nname = 5\norigin = \"http://127.0.0.1:9\"\n",
      {"festina.toml:7:", "string", "integer"}
  );
}

TEST_F(BadInput, DuplicateZone) {
  const std::string zone = zone_toml("example.com", "http://127.0.0.1:9");
  expect_refused(zone + zone, {"festina.toml:11:", "example.com"});
}

TEST_F(BadInput, MissingFileIsNamed) {
  const Outcome outcome = run_festina({"check", "--config", files.path() + "/none.toml"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("none.toml"), std::string::npos);
}

TEST_F(BadInput, BrokenTomlNamesThePlace) { expect_refused("[[zones]\n", {"festina.toml:6:"}); }

class BadWorker : public BadInput {
 protected:
  void expect_worker_refused(
      const std::string& wrangler, const std::string& script,
      const std::vector<std::string>& messages
  ) {
    files.write("worker/wrangler.toml", wrangler);
    if (!script.empty()) files.write("worker/index.js", script);
    expect_refused(
        zone_toml("example.com", "http://127.0.0.1:9") +
            "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n",
        messages
    );
  }
  void expect_worker_refused_with_runtime(
      const std::string& runtime, const std::vector<std::string>& messages
  ) {
    files.write(
        "worker/wrangler.toml",
        std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n") +
            kRoute
    );
    files.write("worker/index.js", kGood);
    expect_refused(
        "[workers]\nruntime = \"" + runtime + "\"\n" +
            zone_toml("example.com", "http://127.0.0.1:9") +
            "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n",
        messages
    );
  }
  static constexpr const char* kGood =
      "export default { fetch() { return new Response('x'); } };\n";
  static constexpr const char* kRoute =
      "routes = [{ pattern = \"example.com/*\", zone_name = \"example.com\" }]\n";
};

TEST_F(BadWorker, MissingMain) {
  expect_worker_refused(
      std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n") +
          kRoute,
      "",
      {"wrangler.toml:2:", "index.js"}
  );
}

TEST_F(BadWorker, UnknownFlagWithASuggestion) {
  expect_worker_refused(
      std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = "
                  "\"2026-01-01\"\ncompatibility_flags = "
                  "[\"nodejs_compta\"]\n"
      ) + kRoute,
      kGood,
      {"wrangler.toml:4:", "No such compatibility flag: nodejs_compta", "nodejs_compat"}
  );
}

TEST_F(BadWorker, DateInTheFuture) {
  expect_worker_refused(
      std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2999-01-01\"\n") +
          kRoute,
      kGood,
      {"wrangler.toml:3:", "2999-01-01"}
  );
}

TEST_F(BadWorker, DateThatIsNone) {
  expect_worker_refused(
      std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-02-30\"\n") +
          kRoute,
      kGood,
      {"wrangler.toml:3:", "2026-02-30"}
  );
}

// A script of that date and flag in example.com; `more`: of that zone, `workers`: the section of the node.
class CompatibilityOf : public BadInput {
 protected:
  Outcome check(
      std::string_view flags, const std::string& workers = {}, const std::string& more = {}
  ) const {
    files.write(
        "worker/wrangler.toml",
        "name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2025-05-19\"\n"
        "compatibility_flags = " +
            std::string(flags) + "\nroutes = [\"example.com/*\"]\n"
    );
    files.write("worker/index.js", "export default { fetch() { return new Response('x'); } };\n");
    return run_festina(
        {"check",
         "--config",
         config(
             workers + zone_toml("example.com", "http://127.0.0.1:9", more) +
             zone_toml("other.example", "http://127.0.0.1:9", "era = \"2025\"") +
             "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"
         )}
    );
  }
};

TEST_F(CompatibilityOf, FlagsIsCheckedAsAtTheService) {  // reference §9.4
  const struct {
    std::string_view flags;
    int exit_code;
    std::string_view message;
  } cases[] = {
      {R"(["nodejs_compta"])", 1, "No such compatibility flag: nodejs_compta"},
      {R"(["nodejs_als", "nodejs_als"])",
       1,
       "Compatibility flag specified multiple times: nodejs_als"},
      {R"(["url_standard", "url_original"])",
       1,
       "Compatibility flags are mutually contradictory: url_standard vs url_original"},
      {R"(["url_standard"])",
       0,
       "The compatibility flag url_standard became the default as of 2022-10-31 so does not need "
       "to be specified anymore."},
      {R"(["no_nodejs_als"])", 0, ""},
  };
  for (const auto& c : cases) {
    const Outcome outcome = check(c.flags);
    EXPECT_EQ(outcome.exit_code, c.exit_code) << c.flags << outcome.errors;
    EXPECT_NE(outcome.errors.find(c.message), std::string::npos) << outcome.errors;
  }
}

TEST_F(CompatibilityOf, RedundantFlagsIsRefusedInTheOlderEra) {
  constexpr std::string_view flags = R"(["cache_api_request_cf_overrides_cache_rules"])";
  const std::string message =
      "The compatibility flag cache_api_request_cf_overrides_cache_rules became the default as of "
      "2025-05-19 so does not need to be specified anymore.";
  const struct {
    std::string workers;
    std::string zone;
    bool is_refused;
    const char* why;
  } cases[] = {
      {"", "", false, "another zone's era is none of its business"},
      {"[workers]\nera = \"2025\"\n", "", true, "every script"},
      {"", "era = \"2025\"", true, "its zone is of that era"},
      {"", "compat = { redundant_flags = \"refuse\" }", true, "its zone has the switch"},
      {"", "era = \"2025\"\ncompat = { redundant_flags = \"warn\" }", false, "not this switch"},
  };
  for (const auto& c : cases) {
    const Outcome outcome = check(flags, c.workers, c.zone);
    EXPECT_EQ(outcome.exit_code, c.is_refused ? 1 : 0) << c.why << outcome.errors;
    EXPECT_NE(outcome.errors.find(message), std::string::npos) << outcome.errors;
    const bool has_code = outcome.errors.find(message + " [code: 10021]") != std::string::npos;
    EXPECT_EQ(has_code, c.is_refused) << c.why << outcome.errors;
  }
}

TEST_F(BadWorker, DuplicateRoute) {
  expect_worker_refused(
      std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\nroutes "
                  "= [\"example.com/*\", "
                  "\"example.com/*\"]\n"),
      kGood,
      {"wrangler.toml:4:", "example.com/*"}
  );
}

TEST_F(BadWorker, SyntaxErrorOfTheScriptNamesItsPlace) {
  files.write(
      "worker/wrangler.toml",
      std::string("name = \"w\"\nmain = \"index.js\"\ncompatibility_date = \"2026-01-01\"\n") +
          kRoute
  );
  files.write("worker/index.js", "export default { fetch() { return new Response('x' } };\n");
  const std::string path = config(
      zone_toml("example.com", "http://127.0.0.1:9") +
      "[[scripts]]\nwrangler = \"worker/wrangler.toml\"\n"
  );

  const Outcome outcome = run_festina({"serve", "--config", path});

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("index.js:1:52: Expected \")\""), std::string::npos)
      << outcome.errors;
}

TEST_F(BadWorker, MissingRuntimeSaysWhereItWasSought) {
  expect_worker_refused_with_runtime("no-such-workerd", {"no-such-workerd", "npm"});
}

// The real program, but for the date it calls itself by.
std::string older_workerd(const TempDir& files) {
  std::string program = read_file(std::string(FESTINA_SOURCE_DIR) + "/node_modules/.bin/workerd");
  constexpr std::string_view version = "2026-11-17";
  for (std::size_t at = program.find(version); at != std::string::npos;
       at = program.find(version, at)) {
    program.replace(at, version.size(), "2020-01-01");
  }
  const std::string path = files.write("old-workerd", program);
  ::chmod(path.c_str(), 0755);
  return path;
}

TEST_F(BadWorker, TooOldRuntimeNamesBothVersions) {
  expect_worker_refused_with_runtime(older_workerd(files), {"2020-01-01", "2026-11-17"});
}

TEST_F(BadInput, PortInUseNamesTheListener) {
  const Origin taken;
  const std::string path = files.write(
      "festina.toml",
      std::string(kControl) + "[[colos]]\nname = \"FRA\"\nlisten = [\"" + taken.url() + "\"]\n" +
          zone_toml("example.com", "http://127.0.0.1:9")
  );
  const Outcome outcome = run_festina({"serve", "--config", path});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find(taken.url()), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("in use"), std::string::npos) << outcome.errors;
}

TEST_F(BadInput, LockedStateDirectoryNamesItsHolder) {
  Origin origin;
  const Edge edge(files, edge_for(zone_toml("example.com", origin.url())));

  const Outcome outcome = run_festina({"serve", "--config", edge.config_file()});

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("process " + std::to_string(edge.pid())), std::string::npos)
      << outcome.errors;
  EXPECT_EQ(edge.api("GET", "/festina/v1/health").status, 200);  // the first one goes on
}

TEST_F(BadInput, NewerDatabaseIsLeftAlone) {
  Origin origin;
  std::string path;
  {
    const Edge edge(files, edge_for(zone_toml("example.com", origin.url())));
    path = edge.config_file();
  }
  set_schema_version(files.path() + "/state/control.db", 999);

  const Outcome outcome = run_festina({"serve", "--config", path});

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("control.db"), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("999"), std::string::npos) << outcome.errors;
}

TEST(CommandLine, UsageErrorsExitWithTwo) {
  EXPECT_EQ(run_festina({"no-such-command"}).exit_code, 2);
  EXPECT_EQ(run_festina({"serve", "--no-such-option"}).exit_code, 2);
}

TEST(CommandLine, HelpNamesEveryCommand) {
  const Outcome help = run_festina({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* command : {"serve", "check", "purge", "explain", "env", "version"}) {
    EXPECT_NE(help.output.find(command), std::string::npos) << command;
    EXPECT_EQ(run_festina({command, "--help"}).exit_code, 0) << command;
  }
}

TEST(CommandLine, VersionNamesTheRuntime) {
  const Outcome version = run_festina({"version"});
  EXPECT_EQ(version.exit_code, 0) << version.errors;
  EXPECT_NE(version.output.find("workerd 2026-11-17"), std::string::npos) << version.output;
}

}  // namespace
}  // namespace festina::harness
