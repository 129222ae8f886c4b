#include "workers/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "workers/project.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using zone::ModuleType;

class Bundling : public Project {
 protected:
  static std::vector<std::string> names(const Bundle& bundle) {
    std::vector<std::string> names;
    names.reserve(bundle.modules.size());
    for (const Module& module : bundle.modules) names.push_back(module.name);
    return names;
  }
};

TEST_F(Bundling, TakesASingleFileAsItIs) {
  const std::string source = "export default { fetch() { return new Response('a'); } };\n";
  write("src/index.js", source);
  const auto bundle = load_bundle(script("src/index.js"));
  ASSERT_TRUE(bundle) << bundle.error();
  ASSERT_EQ(bundle->modules.size(), 1U);
  EXPECT_EQ(bundle->modules[0].name, "src/index.js");
  EXPECT_EQ(bundle->modules[0].content, source);
  EXPECT_EQ(bundle->syntax, Syntax::modules);
  EXPECT_THAT(bundle->exports, ElementsAre("default"));
}

TEST_F(Bundling, TakesAsItIsWhatWorkerdCanReadOnly) {
  struct Case {
    std::string file;
    std::string source;
    bool as_it_is;
    const char* why;
  };
  const Case cases[] = {
      {"a.js", "export default {};", true, "no import"},
      {"b.mjs", "export default {};", true, "the other extension"},
      {"c.js", "import { env } from 'cloudflare:workers'; export default {};", true, "runtime's"},
      {"d.js", "import * as p from 'node:path'; export default {};", true, "Node's"},
      {"e.js", "// import x from './x.js'\nexport default {};", true, "a comment is no import"},
      {"f.js", "import './x.js'; export default {};", false, "a file"},
      {"g.js", "export default { fetch: () => import('./x.js') };", false, "later"},
      {"h.js", "export * from './x.js'; export default {};", false, "passed on"},
      {"i.js", "const x = require('./x.js'); export default {};", false, "as CommonJS does"},
      {"j.js", "export default { fetch: () => <p/> };", false, "JSX"},
      {"k.ts", "export default {};", false, "TypeScript"},
      {"l.js", "if (1 < 2) var html = '<p>'; export default {};", true, "no JSX"},
  };
  write("x.js", "export const x = 1;\n");
  for (const Case& c : cases) {
    write(c.file, c.source);
    const auto bundle = load_bundle(script(c.file));
    ASSERT_TRUE(bundle) << c.why << ": " << bundle.error();
    EXPECT_EQ(bundle->modules[0].content == c.source, c.as_it_is) << c.why;
    EXPECT_EQ(bundle->syntax, Syntax::modules) << c.why;
  }
}

TEST_F(Bundling, KnowsTheNamesOfExports) {
  write(
      "index.ts",
      "export * from './more'; const x = {}; export { x as 'with space' };\n"
      "export class Admin {}\nexport default {};\n"
  );
  write("more.ts", "export const more = {};\nexport default 'not passed on';\n");
  const auto bundle = load_bundle(script("index.ts"));
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_THAT(
      bundle->exports, testing::UnorderedElementsAre("default", "Admin", "more", "with space")
  );
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
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("hello from a file"));
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
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("oolong"));
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("\"cloudflare:workers\""));
}

TEST_F(Bundling, KeepsFilesThatAreNoJavaScriptModulesOfTheirOwn) {
  write(
      "src/index.js",
      "import text from './tea.txt'; import page from '../page.html'; import bin from './b.bin';\n"
      "import add from './add.wasm'; import also from './add.wasm?module';\n"
      "import json from './d.json';\n"
      "export default { fetch: () => [text, page, bin, add, also, json] };\n"
  );
  write("src/tea.txt", "oolong");
  write("page.html", "<p>");
  write("src/b.bin", std::string_view("\0\1\2", 3));
  write("src/add.wasm", std::string_view("\0asm\1\0\0\0", 8));
  write("src/d.json", R"({"inlined": true})");
  const auto bundle = load_bundle(script("src/index.js"));
  ASSERT_TRUE(bundle) << bundle.error();
  std::map<std::string, const Module*> by_end;
  for (const Module& module : bundle->modules) {
    by_end[module.name.substr(module.name.rfind('-') + 1)] = &module;
    if (&module == bundle->modules.data()) continue;
    EXPECT_THAT(module.name, testing::MatchesRegex("src/[A-Z0-9]{8}-[a-z]+\\.[a-z]+"));
    EXPECT_THAT(bundle->modules[0].content, HasSubstr("\"./" + module.name.substr(4) + "\""));
  }
  ASSERT_THAT(by_end, SizeIs(5));
  EXPECT_EQ(by_end["tea.txt"]->content, "oolong");
  EXPECT_EQ(by_end["tea.txt"]->type, ModuleType::text);
  EXPECT_EQ(by_end["page.html"]->type, ModuleType::text);
  EXPECT_EQ(by_end["b.bin"]->content, std::string_view("\0\1\2", 3));
  EXPECT_EQ(by_end["b.bin"]->type, ModuleType::data);
  EXPECT_EQ(by_end["add.wasm"]->type, ModuleType::compiled_wasm);
  EXPECT_THAT(bundle->modules[0].content, Not(HasSubstr("?module")));
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("inlined"));
}

TEST_F(Bundling, FollowsTheRulesOfTheFile) {
  write("index.js", "import a from './a.md'; export default { a };\n");
  write("a.md", "# tea");
  zone::Script with_rule = script("index.js");
  EXPECT_FALSE(load_bundle(with_rule)) << "wrangler has no rule for it";
  with_rule.building.rules = {{.type = ModuleType::text, .globs = {"**/*.md"}}};
  const auto bundle = load_bundle(with_rule);
  ASSERT_TRUE(bundle) << bundle.error();
  ASSERT_THAT(bundle->modules, SizeIs(2));
  EXPECT_EQ(bundle->modules[1].content, "# tea");
}

TEST_F(Bundling, DoesWhatTheFileAsksEsbuildFor) {
  write(
      "index.tsx", "import { a } from 'tea';\nexport default { fetch: () => <p>{STAGE + a}</p> };\n"
  );
  write("local.ts", "export const a = 'aliased';\n");
  zone::Script asking = script("index.tsx");
  asking.building.define = {{"STAGE", "\"defined\""}};
  asking.building.alias = {{"tea", "./local.ts"}};
  asking.building.jsx_factory = "h";
  const auto bundle = load_bundle(asking);
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("\"defined\""));
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("aliased"));
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("h(\"p\""));
  asking.building.minifies = true;
  EXPECT_LT(load_bundle(asking)->modules[0].content.size(), bundle->modules[0].content.size());
}

TEST_F(Bundling, KnowsNodesModulesByTheirBareNamesWithNodeCompatibility) {
  write(
      "index.js",
      "import { old } from 'old'; import fs from 'fs/promises'; export default { old, fs };\n"
  );
  write("node_modules/old/package.json", R"({"name": "old", "main": "lib.js"})");
  write("node_modules/old/lib.js", "exports.old = require('events').EventEmitter;\n");
  const zone::Script plain = script("index.js");
  zone::Script with_flag = plain;
  with_flag.compatibility_flags = {"nodejs_compat"};
  zone::Script with_date = plain;
  with_date.compatibility_date = "2026-08-04";
  EXPECT_FALSE(load_bundle(plain));
  for (const zone::Script& compatible : {with_flag, with_date}) {
    const auto bundle = load_bundle(compatible);
    ASSERT_TRUE(bundle) << bundle.error();
    const std::string& text = bundle->modules[0].content;
    EXPECT_THAT(text, HasSubstr("from \"node:fs/promises\""));
    EXPECT_THAT(text, HasSubstr("require(\"node:events\")"));
    EXPECT_THAT(text, testing::StartsWith("import { createRequire"));
  }
  with_date.compatibility_date = "2026-08-03";
  EXPECT_FALSE(load_bundle(with_date));
}

TEST_F(Bundling, ReadsTheTsconfigThatIsNamed) {
  write("index.ts", "import { a } from '@/a';\nexport default { a };\n");
  write("lib/a.ts", "export const a = 'found by path';\n");
  write("other.json", R"({"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}})");
  zone::Script named = script("index.ts");
  EXPECT_FALSE(load_bundle(named));
  named.building.tsconfig = directory_ / "other.json";
  const auto bundle = load_bundle(named);
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("found by path"));
}

TEST_F(Bundling, JoinsNothingWhenToldSo) {
  const std::string source = "import { a } from './lib/a.js'; export default { a };\n";
  write("src/index.js", source);
  write("src/lib/a.js", "export const a = 1;\n");
  write("src/lib/old.cjs", "module.exports = 1;\n");
  write("src/tea.txt", "oolong");
  write("src/unnamed.dat", "no rule");
  write("src/node_modules/x/index.js", "passed over\n");
  zone::Script plain = script("src/index.js");
  plain.building.bundles = false;
  plain.building.finds_additional_modules = true;
  plain.building.rules = {
      {.type = ModuleType::es_module, .globs = {"**/*.js"}},
      {.type = ModuleType::common_js, .globs = {"**/*.cjs"}}
  };
  const auto bundle = load_bundle(plain);
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_THAT(
      names(*bundle), ElementsAre("src/index.js", "src/lib/a.js", "src/lib/old.cjs", "src/tea.txt")
  );
  EXPECT_EQ(bundle->modules[0].content, source);
  EXPECT_EQ(bundle->modules[1].type, ModuleType::es_module);
  EXPECT_EQ(bundle->modules[2].type, ModuleType::common_js);
  EXPECT_EQ(bundle->modules[3].type, ModuleType::text);
}

TEST_F(Bundling, JoinsAllButTheModulesThatWereFound) {
  write(
      "src/in.js",
      "import { de } from './lang/de.mjs';\nconst it = 'joined ' + de;\nexport { it };\n"
  );
  write("src/lang/de.mjs", "export const de = 'deutsch';\n");
  zone::Script finding = script("src/index.js");
  finding.building.finds_additional_modules = true;
  finding.building.rules = {{.type = ModuleType::es_module, .globs = {"lang/*.mjs"}}};
  write("src/index.js", "import { it } from './in.js'; export default { it };\n");
  const auto bundle = load_bundle(finding);
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_THAT(names(*bundle), ElementsAre("src/index.js", "src/lang/de.mjs"));
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("joined"));
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("from \"./lang/de.mjs\""));
  EXPECT_THAT(bundle->modules[0].content, Not(HasSubstr("deutsch")));
}

TEST_F(Bundling, TellsAServiceWorkerByItsLackOfExports) {
  const std::string source = "addEventListener('fetch', (event) => {});\n";
  write("worker.js", source);
  const auto bundle = load_bundle(script("worker.js"));
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_EQ(bundle->syntax, Syntax::service_worker);
  EXPECT_THAT(bundle->exports, IsEmpty());
  ASSERT_THAT(bundle->modules, SizeIs(1));
  EXPECT_EQ(bundle->modules[0].content, source) << "sloppy mode and all";
}

TEST_F(Bundling, MakesGlobalsOfWhatAServiceWorkerImports) {
  write(
      "worker.ts",
      "import { a } from './a';\nimport text from './tea.txt';\n"
      "addEventListener('fetch', (event: any) => event.respondWith(new Response(a + text)));\n"
  );
  write("a.ts", "export const a = 'joined';\n");
  write("tea.txt", "oolong");
  zone::Script with_blob = script("worker.ts");
  with_blob.files = {{.name = "PAGE", .path = directory_ / "tea.txt", .type = ModuleType::text}};
  const auto bundle = load_bundle(with_blob);
  ASSERT_TRUE(bundle) << bundle.error();
  EXPECT_EQ(bundle->syntax, Syntax::service_worker);
  ASSERT_THAT(bundle->modules, SizeIs(1));
  EXPECT_EQ(bundle->modules[0].name, "worker.js");
  EXPECT_THAT(bundle->modules[0].content, HasSubstr("joined"));
  ASSERT_THAT(bundle->constants, SizeIs(2));
  EXPECT_THAT(bundle->constants[0].name, testing::MatchesRegex("__[A-Z0-9]{8}_tea_txt"));
  EXPECT_EQ(bundle->constants[0].content, "oolong");
  EXPECT_EQ(bundle->constants[1].name, "PAGE");
}

TEST_F(Bundling, FindsNoModulesForAServiceWorker) {
  write("worker.js", "addEventListener('fetch', (event) => {});\n");
  write("tea.txt", "oolong");
  zone::Script finding = script("worker.js");
  finding.building.finds_additional_modules = true;
  write("worker.ts", "addEventListener('fetch', (event: any) => {});\n");
  finding.main = directory_ / "worker.ts";
  const auto refused = load_bundle(finding);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().detail, HasSubstr("find_additional_modules needs"));
  finding.main = directory_ / "worker.js";
  finding.building.bundles = false;
  EXPECT_THAT(load_bundle(finding)->modules, SizeIs(1));
}

TEST(GlobalName, IsThePathAsAnIdentifier) {
  EXPECT_EQ(global_name("./AB12-tea.txt"), "__AB12_tea_txt");
  EXPECT_EQ(global_name("a$b_c9"), "a$b_c9");
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

TEST_F(Bundling, TellsThePlaceInAFileThatWouldBeTakenAsItIs) {
  write("index.js", "export default {\n  fetch( }\n};\n");
  const auto bundle = load_bundle(script("index.js"));
  ASSERT_FALSE(bundle);
  EXPECT_EQ(bundle.error().code, ErrorCode::malformed);
  EXPECT_THAT(bundle.error().detail, HasSubstr("index.js:2:10: "));
}

TEST_F(Bundling, TellsThatTheMainModuleIsMissing) {
  const auto bundle = load_bundle(script("src/gone.js"));
  ASSERT_FALSE(bundle);
  EXPECT_EQ(bundle.error().code, ErrorCode::not_found);
}

// A project in which every setting of Building makes a difference.
TEST_F(Bundling, GivesEverySettingOfTheBuildAVersionOfItsOwn) {
  write(
      "src/index.tsx",
      "import { tea } from 'tea'; import text from './a.txt'; import { own } from '@/own';\n"
      "import beside from '../beside.txt';\n"
      "const named = () => STAGE;\n"
      "export default { fetch: () => <><p>{tea + text + own + beside + named()}</p></> };\n"
  );
  write("src/a.txt", "text");
  write("beside.txt", "no module of its own: it lies outside of base_dir");
  write("src/lang/de.mjs", "export const de = 1;\n");
  write("src/deep/lang/it.mjs", "export const it = 1;\n");
  write("lib/own.ts", "export const own = 'own';\n");
  write("one.ts", "export const tea = 'one';\n");
  write("two.ts", "export const tea = 'two';\n");
  write("one.json", R"({"compilerOptions": {"paths": {"@/*": ["./lib/*"]}}})");
  write("two.json", R"({"compilerOptions": {"paths": {"@/*": ["./lib/*"], "tea": ["./two.ts"]}}})");
  zone::Script plain = script("src/index.tsx");
  plain.building.define = {{"STAGE", "\"a\""}};
  plain.building.alias = {{"tea", directory_ / "one.ts"}};
  plain.building.tsconfig = directory_ / "one.json";
  plain.building.finds_additional_modules = true;
  plain.building.rules = {{.type = ModuleType::es_module, .globs = {"lang/*.mjs"}}};
  const auto version_of = [](const zone::Script& script) {
    const auto bundle = load_bundle(script);
    return bundle ? bundle->version : bundle.error().detail;
  };
  const std::string version = version_of(plain);
  ASSERT_THAT(version, testing::MatchesRegex("[0-9a-f]{8}"));

  const struct {
    void (*change)(zone::Building&, const fs::path&);
    const char* what;
  } cases[] = {
      {[](zone::Building& b, const fs::path&) { b.minifies = true; }, "minify"},
      {[](zone::Building& b, const fs::path&) { b.keeps_names = false; }, "keep_names"},
      {[](zone::Building& b, const fs::path&) { b.finds_additional_modules = false; },
       "find_additional_modules"},
      {[](zone::Building& b, const fs::path&) { b.preserves_file_names = true; },
       "preserve_file_names"},
      {[](zone::Building& b, const fs::path& at) { b.base_dir = at / "src/deep"; }, "base_dir"},
      {[](zone::Building& b, const fs::path& at) {
         b.tsconfig = at / "two.json";
         b.alias = {};
       },
       "tsconfig"},
      {[](zone::Building& b, const fs::path&) { b.jsx_factory = "h"; }, "jsx_factory"},
      {[](zone::Building& b, const fs::path&) { b.jsx_fragment = "F"; }, "jsx_fragment"},
      {[](zone::Building& b, const fs::path&) { b.define["STAGE"] = "\"b\""; }, "define"},
      {[](zone::Building& b, const fs::path& at) { b.alias["tea"] = at / "two.ts"; }, "alias"},
      {[](zone::Building& b, const fs::path&) { b.rules[0].type = ModuleType::common_js; }, "type"},
      {[](zone::Building& b, const fs::path&) { b.rules[0].globs = {"**/*.mjs"}; }, "globs"},
  };
  for (const auto& c : cases) {
    zone::Script changed = plain;
    c.change(changed.building, directory_);
    const std::string other = version_of(changed);
    EXPECT_THAT(other, testing::MatchesRegex("[0-9a-f]{8}")) << c.what;
    EXPECT_NE(other, version) << c.what;
  }
  zone::Script loose = plain;
  loose.building.bundles = false;
  EXPECT_NE(version_of(loose), version) << "no_bundle";

  const struct {
    const char* file;
    const char* content;
  } files[] = {
      {"src/lang/de.mjs", "export const de = 2;\n"},
      {"src/a.txt", "other text"},
      {"beside.txt", "another text"},
      {"one.ts", "export const tea = 'changed';\n"},
      {"lib/own.ts", "export const own = 'changed';\n"},
  };
  std::string before = version;
  for (const auto& [file, content] : files) {
    write(file, content);
    const std::string after = version_of(plain);
    EXPECT_NE(after, before) << file;
    before = after;
  }
  write("one.json", R"({"compilerOptions": {"paths": {"@/*": ["./other/*"]}}})");
  write("other/own.ts", "export const own = 'elsewhere';\n");
  EXPECT_NE(version_of(plain), before) << "what the tsconfig says";
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
  zone::Script with_metadata = plain;
  with_metadata.version_metadata = "V";
  EXPECT_NE(load_bundle(with_metadata)->version, version);
  write("index.js", "export default { };");
  EXPECT_NE(load_bundle(plain)->version, version);
}

}  // namespace
}  // namespace festina::workers
