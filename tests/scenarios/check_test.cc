// What `festina check` and `festina serve` say of what is no fault: rules that will hardly do what they were written for,
// and what another compatibility date would change.
#include "base/json.h"
#include "harness/scenario.h"

namespace festina::harness {
namespace {

constexpr std::string_view kVain = R"(
[[zones.cache_rules]]
description = "admin"
expression = 'http.request.uri.path eq "admin"'
action_parameters = { cache = false }
)";

class Check : public testing::Test {
 protected:
  std::string config(const std::string& zone_lines, const std::string& scripts = {}) const {
    return files.write(
        "festina.toml",
        "[control]\nlisten = \"http://127.0.0.1:0\"\n"
        "[[colos]]\nname = \"FRA\"\nlisten = [\"http://127.0.0.1:0\"]\n" +
            zone_toml("example.com", "http://127.0.0.1:9", zone_lines) + scripts
    );
  }
  // A script of that date and these flags.
  std::string script(std::string_view name, std::string_view date, std::string_view flags) const {
    const std::string directory(name);
    files.write(
        directory + "/wrangler.toml",
        "name = \"" + directory + "\"\nmain = \"index.js\"\nworkers_dev = true\n" +
            "compatibility_date = \"" + std::string(date) +
            "\"\ncompatibility_flags = " + std::string(flags) + "\n"
    );
    files.write(
        directory + "/index.js", "export default { fetch() { return new Response('x'); } };\n"
    );
    return "[[scripts]]\nwrangler = \"" + directory + "/wrangler.toml\"\n";
  }
  TempDir files;
};

TEST_F(Check, WarnsOfRulesAndRefusesThemWhenItIsStrict) {
  const std::string path = config(std::string(kVain));
  const std::string warning =
      "festina.toml:12:14: the Cache Rule \"admin\" never matches: no http.request.uri.path is "
      "like "
      "that: it begins with \"/\" - correct the expression, or remove the rule\n";

  const Outcome plain = run_festina({"check", "--config", path});
  EXPECT_EQ(plain.exit_code, 0) << plain.errors;
  EXPECT_NE(plain.errors.find("warning: "), std::string::npos);
  EXPECT_NE(plain.errors.find(warning), std::string::npos) << plain.errors;

  const Outcome strict = run_festina({"check", "--config", path, "--strict"});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_EQ(strict.output, "");
  EXPECT_NE(strict.errors.find(warning), std::string::npos) << strict.errors;
  EXPECT_NE(strict.errors.find("1 warning"), std::string::npos) << strict.errors;

  const Outcome clean = run_festina({"check", "--config", config(""), "--strict"});
  EXPECT_EQ(clean.exit_code, 0) << clean.errors;
}

TEST_F(Check, SaysTheSameWhenTheEdgeStarts) {
  const Origin origin;
  const Edge edge(files, edge_for(zone_toml("example.com", origin.url(), std::string(kVain))));
  EXPECT_NE(edge.await_log("never matches").find("the Cache Rule \"admin\""), std::string::npos);
}

constexpr std::string_view kFlag = "cache_api_request_cf_overrides_cache_rules";

TEST_F(Check, TellsWhatADateWouldChangeForEachScript) {  // reference §9.2
  const std::string path = config(
      "",
      script("plain", "2025-05-18", "[]") +
          script("kept", "2025-05-18", "[\"no_" + std::string(kFlag) + "\"]") +
          script("early", "2025-05-18", "[\"" + std::string(kFlag) + "\"]")
  );
  const Outcome outcome = run_festina({"check", "--config", path, "--compat-date", "2025-05-19"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const std::size_t plain = outcome.output.find("plain (");
  const std::size_t kept = outcome.output.find("kept (");
  const std::size_t early = outcome.output.find("early (");
  ASSERT_LT(early, outcome.output.size()) << outcome.output;
  ASSERT_LT(plain, kept);
  ASSERT_LT(kept, early);
  const std::string of_plain = outcome.output.substr(plain, kept - plain);
  EXPECT_NE(
      of_plain.find(
          "  2025-05-19  on   " + std::string(kFlag) + "  keep: no_" + std::string(kFlag) +
          "  cache.match and cache.put work where a Cache Rule or Development Mode bypasses\n"
      ),
      std::string::npos
  ) << outcome.output;
  EXPECT_EQ(outcome.output.substr(kept, early - kept).find(kFlag), std::string::npos)
      << outcome.output;
  EXPECT_NE(
      outcome.output.substr(early).find(
          "warning: The compatibility flag " + std::string(kFlag) +
          " became the default as of 2025-05-19 so does not need to be specified anymore."
      ),
      std::string::npos
  ) << outcome.output;
  EXPECT_EQ(outcome.output.find('\x1b'), std::string::npos) << "it is no terminal";
}

TEST_F(Check, TellsItAsJsonToo) {
  const std::string path = config("", script("plain", "2025-05-18", "[]"));
  const Outcome outcome =
      run_festina({"check", "--config", path, "--compat-date", "2025-05-19", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const auto report = json::parse(outcome.output);
  ASSERT_TRUE(report) << outcome.output;
  EXPECT_EQ(json::string_member(*report, "date"), "2025-05-19");
  const json::Value& script = report->at("scripts").as_array().front();
  EXPECT_EQ(json::string_member(script, "script"), "plain");
  bool is_told = false;
  for (const json::Value& change : script.at("changes").as_array()) {
    if (json::string_member(change, "flag") != kFlag) continue;
    is_told = true;
    EXPECT_EQ(json::string_member(change, "turns"), "on");
    EXPECT_EQ(json::string_member(change, "keep"), "no_" + std::string(kFlag));
  }
  EXPECT_TRUE(is_told) << outcome.output;
}

}  // namespace
}  // namespace festina::harness
