#include "workers/bundle.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A project on disk, with a wrangler.toml that nobody reads here.
class Bundling : public testing::Test {
 protected:
  Bundling() {
    std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~Bundling() override { fs::remove_all(directory_); }

  void write(const std::string& name, std::string_view text) {
    fs::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << text;
  }
  zone::Script script(const std::string& main) const {
    zone::Script script;
    script.name = "api";
    script.configuration_file = directory_ / "wrangler.toml";
    script.main = directory_ / main;
    script.compatibility_date = "2025-01-01";
    return script;
  }

  fs::path directory_;
};

TEST(NeedsBundling, SaysYesForWhatWorkerdDoesNotBring) {
  struct Case {
    std::string_view source;
    bool needed;
    const char* why;
  };
  const Case cases[] = {
      {"export default {};", false, "no import"},
      {"import { env } from \"cloudflare:workers\";", false, "the runtime's own"},
      {"import * as p from 'node:path';\nimport('node:fs');", false, "Node's"},
      {"import { x } from \"./x.js\";", true, "a file"},
      {"import{x}from'./x.js'", true, "a file, tightly written"},
      {"import\n  x\n  from\n  \"hono\";", true, "a package"},
      {"import './side-effect.js';", true, "for its effect"},
      {"export * from \"./all.js\";", true, "passed on"},
      {"await import( './late.js' );", true, "later"},
      {"const x = require(\"x\");", true, "as CommonJS does"},
      {"Array.from(list); const importance = \"./x\";", false, "other words"},
      {"fetch(url); // taken from \"the origin\"",
       true,
       "only a parser knows that this is a comment"},
  };
  for (const Case& c : cases) EXPECT_EQ(needs_bundling(c.source), c.needed) << c.why;
}

TEST_F(Bundling, TakesASingleFileAsItIs) {
  const std::string source = "export default { fetch() { return new Response('a'); } };\n";
  write("src/index.js", source);
  const auto bundle = load_bundle(script("src/index.js"));
  ASSERT_TRUE(bundle) << bundle.error();
  ASSERT_EQ(bundle->modules.size(), 1U);
  EXPECT_EQ(bundle->modules[0].name, "src/index.js");
  EXPECT_EQ(bundle->modules[0].text, source);
}

TEST_F(Bundling, JoinsImportsIntoOneModule) {
  write(
      "src/index.js",
      "import { hello } from './hello.js';\nexport default { fetch: () => new Response(hello) };\n"
  );
  write("src/hello.js", "export const hello = 'hello from a file';\n");
  const auto bundle = load_bundle(script("src/index.js"));
  ASSERT_TRUE(bundle) << bundle.error();
  ASSERT_EQ(bundle->modules.size(), 1U);
  EXPECT_EQ(bundle->modules[0].name, "src/index.js");
  EXPECT_THAT(bundle->modules[0].text, HasSubstr("hello from a file"));
}

TEST_F(Bundling, TranslatesTypeScriptAndFindsPackages) {
  write(
      "index.ts",
      "import { tea } from 'tea';\nimport { env } from 'cloudflare:workers';\n"
      "export default { fetch: (r: Request): Response => new Response(tea + env.NAME) };\n"
  );
  write("node_modules/tea/package.json", R"({"name": "tea", "main": "lib.js"})");
  write("node_modules/tea/lib.js", "export const tea = 'oolong';\n");
  const auto bundle = load_bundle(script("index.ts"));
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_EQ(bundle->modules[0].name, "index.js");
  EXPECT_THAT(bundle->modules[0].text, HasSubstr("oolong"));
  EXPECT_THAT(bundle->modules[0].text, HasSubstr("\"cloudflare:workers\""));
}

TEST_F(Bundling, TellsThePlaceOfAMissingImport) {
  write("src/index.js", "\nimport x from './nope.js';\n");
  const auto bundle = load_bundle(script("src/index.js"));
  ASSERT_FALSE(bundle);
  EXPECT_EQ(bundle.error().code, ErrorCode::malformed);
  EXPECT_EQ(bundle.error().side, Side::worker);
  EXPECT_THAT(
      bundle.error().detail, HasSubstr("src/index.js:2:15: Could not resolve \"./nope.js\"")
  );
}

TEST_F(Bundling, TellsThePlaceOfASyntaxError) {
  write("index.ts", "const a: number = ;\n");
  const auto bundle = load_bundle(script("index.ts"));
  ASSERT_FALSE(bundle);
  EXPECT_THAT(bundle.error().detail, HasSubstr("index.ts:1:19: Unexpected \";\""));
}

TEST_F(Bundling, TellsThatTheMainModuleIsMissing) {
  const auto bundle = load_bundle(script("src/gone.js"));
  ASSERT_FALSE(bundle);
  EXPECT_EQ(bundle.error().code, ErrorCode::not_found);
}

TEST_F(Bundling, GivesEveryContentAVersionOfItsOwn) {
  write("index.js", "export default {};");
  zone::Script plain = script("index.js");
  zone::Script flagged = plain;
  flagged.compatibility_flags = {"nodejs_compat"};
  zone::Script with_text = plain;
  with_text.variables = {{"A", "1", false}};
  zone::Script with_json = plain;
  with_json.variables = {{"A", "1", true}};
  const std::string version = load_bundle(plain)->version;
  EXPECT_THAT(version, testing::MatchesRegex("[0-9a-f]{8}"));
  EXPECT_EQ(load_bundle(plain)->version, version);
  EXPECT_NE(load_bundle(flagged)->version, version);
  EXPECT_NE(load_bundle(with_text)->version, load_bundle(with_json)->version);
  write("index.js", "export default { };");
  EXPECT_NE(load_bundle(plain)->version, version);
}

}  // namespace
}  // namespace festina::workers
