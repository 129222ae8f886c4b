#include "workers/module_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using zone::ModuleType;

TEST(MatchesGlob, ReadsWhatRulesAreWrittenIn) {
  struct Case {
    std::string_view glob;
    std::string_view path;
    bool matches;
    const char* why;
  };
  const Case cases[] = {
      {"**/*.txt", "a.txt", true, "here"},
      {"**/*.txt", "deep/down/a.txt", true, "anywhere below"},
      {"**/*.txt", "a.txt.js", false, "to the end"},
      {"*.txt", "a.txt", true, "here"},
      {"*.txt", "lib/a.txt", false, "one star stays in its directory"},
      {"lib/**", "lib/a/b.js", true, "all below"},
      {"lib/**/*.js", "lib/a.js", true, "no directory between is fine"},
      {"lib/**/*.js", "library/a.js", false, "another directory"},
      {"**/*.wasm?module", "a.wasm?module", true, "the question mark is itself"},
      {"**/*.wasm?module", "a.wasmXmodule", false, "and nothing else"},
      {"", "", true, "nothing is nothing"},
      {"a", "", false, "something is not"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(matches_glob(c.glob, c.path), c.matches) << c.glob << " " << c.path << ": " << c.why;
}

TEST(ModuleRules, AreWranglersWhenTheFileHasNone) {
  const auto rules = ModuleRules::of({});
  ASSERT_TRUE(rules);
  EXPECT_EQ(rules->type_of("a/tea.txt"), ModuleType::text);
  EXPECT_EQ(rules->type_of("page.html"), ModuleType::text);
  EXPECT_EQ(rules->type_of("schema.sql"), ModuleType::text);
  EXPECT_EQ(rules->type_of("noise.bin"), ModuleType::data);
  EXPECT_EQ(rules->type_of("add.wasm"), ModuleType::compiled_wasm);
  EXPECT_EQ(rules->type_of("index.js"), std::nullopt);
}

TEST(ModuleRules, ARuleEndsItsTypeUnlessItFallsThrough) {
  const zone::ModuleRule markdown{.type = ModuleType::text, .globs = {"**/*.md"}};
  zone::ModuleRule open = markdown;
  open.fallthrough = true;
  const auto ended = ModuleRules::of({markdown});
  const auto continued = ModuleRules::of({open});
  EXPECT_EQ(ended->type_of("a.md"), ModuleType::text);
  EXPECT_EQ(ended->type_of("a.txt"), std::nullopt);
  EXPECT_EQ(ended->type_of("a.bin"), ModuleType::data) << "of another type";
  EXPECT_EQ(continued->type_of("a.md"), ModuleType::text);
  EXPECT_EQ(continued->type_of("a.txt"), ModuleType::text);
}

TEST(ModuleRules, TheFirstThatMatchesDecides) {
  const auto rules =
      ModuleRules::of({{.type = ModuleType::data, .globs = {"raw/**"}, .fallthrough = true}});
  EXPECT_EQ(rules->type_of("raw/a.txt"), ModuleType::data);
  EXPECT_EQ(rules->type_of("a.txt"), ModuleType::text);
}

TEST(ModuleRules, TellTheExtensionsOfImportsThatAreNotJoined) {
  const auto rules = ModuleRules::of(
      {{.type = ModuleType::es_module, .globs = {"lib/**/*.js"}},
       {.type = ModuleType::text, .globs = {"*.md"}}}
  );
  EXPECT_THAT(*rules->imported_extensions(), ElementsAre(".md", ".bin", ".wasm"));
}

TEST(ModuleRules, RefuseWhatCannotBeTakenAsAnImport) {
  const auto deep = ModuleRules::of({{.type = ModuleType::text, .globs = {"pages/*.tpl"}}});
  const auto extensions = deep->imported_extensions();
  ASSERT_FALSE(extensions);
  EXPECT_THAT(extensions.error().detail, HasSubstr("\"pages/*.tpl\" is no extension"));
  const auto python = ModuleRules::of({{.type = ModuleType::python_module, .globs = {"*.py"}}});
  ASSERT_FALSE(python);
  EXPECT_EQ(python.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace festina::workers
