#include "zone/building.h"

#include "zone/wrangler_dir.h"

namespace festina::zone {
namespace {

using ScriptBuilding = WranglerDir;

TEST_F(ScriptBuilding, HasTheDefaultsOfWrangler) {
  const Building building = read_building(file(""));
  EXPECT_TRUE(building.bundles);
  EXPECT_FALSE(building.minifies);
  EXPECT_TRUE(building.keeps_names);
  EXPECT_FALSE(building.finds_additional_modules);
  EXPECT_EQ(building.jsx_factory, "React.createElement");
  EXPECT_EQ(building.jsx_fragment, "React.Fragment");
  EXPECT_TRUE(building.rules.empty());
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(ScriptBuilding, TakesFilesAsTheyAreWithAllThatMatch) {
  EXPECT_FALSE(read_building(file("no_bundle = true")).bundles);
  EXPECT_TRUE(read_building(file("no_bundle = true")).finds_additional_modules);
  EXPECT_FALSE(read_building(file("no_bundle = true\nfind_additional_modules = false"))
                   .finds_additional_modules);
}

TEST_F(ScriptBuilding, IsTheSameInBothSyntaxes) {
  write("conf/tsconfig.json", "{}");
  write("src/x.js", "");
  const std::string_view contents[] = {
      R"(minify = true
keep_names = false
preserve_file_names = true
base_dir = "src"
tsconfig = "conf/tsconfig.json"
jsx_factory = "h"
jsx_fragment = "Fragment"
define = { DEBUG = "false" }
alias = { fs = "./src/x.js" }
[[rules]]
type = "Text"
globs = ["**/*.md", "**/*.css"]
fallthrough = true
[[rules]]
type = "ESModule"
globs = ["**/*.mjs"]
)",
      R"({
  "minify": true, "keep_names": false, "preserve_file_names": true, "base_dir": "src",
  "tsconfig": "conf/tsconfig.json", "jsx_factory": "h", "jsx_fragment": "Fragment",
  "define": { "DEBUG": "false" }, "alias": { "fs": "./src/x.js" },
  "rules": [
    { "type": "Text", "globs": ["**/*.md", "**/*.css"], "fallthrough": true },
    { "type": "ESModule", "globs": ["**/*.mjs"] }
  ]
})",
  };
  for (const std::string_view content : contents) {
    const Building building = read_building(file(content));
    EXPECT_EQ(problems(), Texts{});
    EXPECT_TRUE(building.minifies);
    EXPECT_FALSE(building.keeps_names);
    EXPECT_TRUE(building.preserves_file_names);
    EXPECT_EQ(building.base_dir, path("src"));
    EXPECT_EQ(building.tsconfig, path("conf/tsconfig.json"));
    EXPECT_EQ(building.jsx_factory, "h");
    EXPECT_EQ(building.jsx_fragment, "Fragment");
    EXPECT_EQ(building.define.at("DEBUG"), "false");
    EXPECT_EQ(building.alias.at("fs"), "./src/x.js");
    ASSERT_EQ(building.rules.size(), 2U);
    EXPECT_EQ(building.rules[0].globs, (Texts{"**/*.md", "**/*.css"}));
    EXPECT_TRUE(building.rules[0].fallthrough);
    EXPECT_EQ(building.rules[1].type, ModuleType::es_module);
    EXPECT_FALSE(building.rules[1].fallthrough);
  }
}

TEST_F(ScriptBuilding, KnowsEveryTypeOfModule) {
  const struct {
    std::string_view name;
    ModuleType type;
  } cases[] = {
      {"ESModule", ModuleType::es_module},
      {"CommonJS", ModuleType::common_js},
      {"CompiledWasm", ModuleType::compiled_wasm},
      {"Text", ModuleType::text},
      {"Data", ModuleType::data},
      {"PythonModule", ModuleType::python_module},
      {"PythonRequirement", ModuleType::python_requirement},
  };
  for (const auto& c : cases) {
    const std::string rule =
        R"({ "rules": [{ "type": ")" + std::string(c.name) + R"(", "globs": ["*"] }] })";
    EXPECT_EQ(read_building(file(rule)).rules.at(0).type, c.type) << c.name;
  }
}

TEST_F(ScriptBuilding, NamesEveryFault) {
  const struct {
    std::string_view content;
    std::string_view problem;
  } cases[] = {
      {"rules = [{ type = \"text\", globs = [] }]",
       "wrangler.toml:1:19: \"text\" is no value of type - did you mean \"Text\"?"},
      {"rules = [{ globs = [] }]", "wrangler.toml:1:10: the rule has no type"},
      {"rules = [{ type = \"Text\" }]",
       "wrangler.toml:1:10: the rule has no globs - add globs = [\"**/*.md\"]"},
      {"rules = [{ type = \"Text\", globs = [], glob = \"x\" }]",
       "wrangler.toml:1:39: unknown key \"glob\" - did you mean \"globs\"?"},
      {"define = { A = 1 }", "wrangler.toml:1:16: expected a string, found an integer"},
      {"tsconfig = \"none.json\"",
       "wrangler.toml:1:12: file \"none.json\": No such file or directory"},
      {"base_dir = \"none\"", "wrangler.toml:1:12: \"none\" is no directory"},
      {"minify = \"yes\"", "wrangler.toml:1:10: expected a boolean, found a string"},
  };
  for (const auto& c : cases) {
    problems_.clear();
    read_building(file(c.content));
    EXPECT_EQ(problems(), Texts{std::string(c.problem)}) << c.content;
  }
}

}  // namespace
}  // namespace festina::zone
