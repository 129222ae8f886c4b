#include "zone/wrangler_file.h"

#include "zone/wrangler_dir.h"

namespace festina::zone {
namespace {

using WranglerFileTest = WranglerDir;

constexpr std::string_view kWithStaging = R"(name = "api"
main = "a.js"
minify = true
vars = { A = "top" }
alias = { x = "y" }
[env.staging]
main = "b.js"
vars = { A = "own" }
[env.bare]
)";

TEST_F(WranglerFileTest, TakesWhatTheEnvironmentSays) {
  const WranglerFile staging = file(kWithStaging, "staging");
  EXPECT_EQ(staging.of("main").string("main"), "b.js");
  const auto vars = staging.of("vars").table("vars");
  if (!vars) FAIL();
  EXPECT_EQ(vars->string("A"), "own");
  EXPECT_EQ(staging.of("minify").boolean("minify"), true) << "inherited";
  EXPECT_TRUE(staging.of("alias").has("alias")) << "only at the top of the file";
  EXPECT_TRUE(staging.is_said_by_environment("main"));
  EXPECT_FALSE(staging.is_said_by_environment("minify"));

  const WranglerFile bare = file(kWithStaging, "bare");
  EXPECT_EQ(bare.of("main").string("main"), "a.js");
  EXPECT_FALSE(bare.of("vars").has("vars")) << "every environment says its own";

  EXPECT_EQ(file(kWithStaging).of("main").string("main"), "a.js");
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(WranglerFileTest, NamesTheEnvironmentsThatMayBeMeant) {
  write("wrangler.toml", kWithStaging);
  EXPECT_FALSE(WranglerFile::load(path("wrangler.toml"), "stagin", problems_));
  write("wrangler.toml", "name = \"api\"\n");
  EXPECT_FALSE(WranglerFile::load(path("wrangler.toml"), "production", problems_));
  EXPECT_EQ(
      problems(),
      (Texts{
          "wrangler.toml:6:1: there is no environment \"stagin\" - did you mean \"staging\"?",
          "wrangler.toml:1:1: there is no environment \"production\" - add env.production, or "
          "remove environment from festina.toml",
      })
  );
}

TEST_F(WranglerFileTest, ReportsRefusedAndUnknownKeys) {
  file(R"({ "nam": "x", "kv_namespaces": [{ "binding": "KV" }], "queues": { "producers": [] },
  "observability": { "enabled": true } })")
      .report_other_keys();
  EXPECT_EQ(
      problems(),
      (Texts{
          "wrangler.jsonc:1:32: kv_namespaces is not supported yet - remove it",
          "wrangler.jsonc:1:3: unknown key \"nam\" - did you mean \"name\"?",
      })
  );
}

TEST_F(WranglerFileTest, JudgesOnlyTheChosenEnvironment) {
  constexpr std::string_view text = R"(kv_namespaces = [{ binding = "KV" }]
assets = { directory = "a" }
[env.staging]
alias = { a = "b" }
typo = 1
[env.other]
typo = 1
)";
  file(text, "staging").report_other_keys();
  EXPECT_EQ(
      problems(),
      (Texts{
          "wrangler.toml:2:10: assets is not supported yet - remove it",
          "wrangler.toml:4:1: unknown key \"alias\"",
          "wrangler.toml:5:1: unknown key \"typo\"",
      })
  ) << "bindings are not inherited, assets are";
}

TEST_F(WranglerFileTest, IsChosenInADirectoryAsWranglerChooses) {
  EXPECT_EQ(wrangler_file_in(directory_), std::nullopt);
  for (const std::string name : {"wrangler.toml", "wrangler.jsonc", "wrangler.json"}) {
    write(name, "{}");
    EXPECT_EQ(wrangler_file_in(directory_), path(name));
  }
}

}  // namespace
}  // namespace festina::zone
