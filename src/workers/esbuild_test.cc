#include "workers/esbuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "workers/project.h"

namespace festina::workers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Esbuild : public Project {
 protected:
  zone::Script script(const std::string& name, std::string_view text) const {
    write(name, text);
    return Project::script(name);
  }
};

TEST_F(Esbuild, OutlinesAFileWithoutItsImports) {
  const auto outline = outline_of(script(
      "a.ts", "import x from './missing'; export class A {}\nexport default { fetch: () => x };\n"
  ));
  ASSERT_TRUE(outline) << outline.error();
  EXPECT_THAT(outline->exports, testing::UnorderedElementsAre("A", "default"));
  EXPECT_THAT(outline->imports, ElementsAre("./missing"));
}

TEST_F(Esbuild, OutlinesSloppyScripts) {
  const auto outline =
      outline_of(script("a.js", "x = 010; with (x) { y = 1 }\naddEventListener('fetch', f);\n"));
  ASSERT_TRUE(outline) << outline.error();
  EXPECT_THAT(outline->exports, IsEmpty());
  EXPECT_THAT(outline->imports, IsEmpty());
}

TEST_F(Esbuild, TellsJsxByWhatItImports) {
  const auto outline = outline_of(script("a.js", "export default () => <p/>;\n"));
  ASSERT_TRUE(outline) << outline.error();
  EXPECT_THAT(outline->imports, ElementsAre("react/jsx-runtime"));
}

TEST_F(Esbuild, JoinsAndLeavesAssetsBeside) {
  write("tea.txt", "oolong");
  const zone::Script main = script("a.js", "import t from './tea.txt'; export default t;\n");
  const auto joined = join(main, {.assets = {".txt"}});
  ASSERT_TRUE(joined) << joined.error();
  ASSERT_EQ(joined->assets.size(), 1U);
  EXPECT_THAT(joined->assets[0].name, testing::MatchesRegex("[A-Z0-9]{8}-tea\\.txt"));
  EXPECT_EQ(joined->assets[0].content, "oolong");
  EXPECT_THAT(joined->text, HasSubstr("\"./" + joined->assets[0].name + "\""));
  EXPECT_THAT(joined->exports, ElementsAre("default"));
}

TEST_F(Esbuild, KeepsTheNamesOfAssetsWhenTold) {
  write("tea.txt", "oolong");
  zone::Script main = script("a.js", "import t from './tea.txt'; export default t;\n");
  main.building.preserves_file_names = true;
  const auto joined = join(main, {.assets = {".txt"}});
  ASSERT_TRUE(joined) << joined.error();
  ASSERT_EQ(joined->assets.size(), 1U);
  EXPECT_EQ(joined->assets[0].name, "tea.txt");
}

TEST_F(Esbuild, WrapsAServiceWorkerInAFunction) {
  const zone::Script main = script("a.ts", "const x: number = 1; addEventListener('fetch', x);\n");
  const auto joined = join(main, {.syntax = Syntax::service_worker});
  ASSERT_TRUE(joined) << joined.error();
  EXPECT_THAT(joined->text, HasSubstr("(() => {"));
}

TEST_F(Esbuild, MapsTheTextToItsSourcesAsSeenFromTheProject) {
  write("lib/x.ts", "export const x: number = 1;\n");
  write("src/a.ts", "import { x } from '../lib/x';\nimport 'fs';\nexport default { x };\n");
  zone::Script main = Project::script("src/a.ts");
  const auto joined = join(main, {.node_names = NodeNames::all});
  ASSERT_TRUE(joined) << joined.error();
  EXPECT_THAT(joined->source_map, HasSubstr(R"("sources":["lib/x.ts","src/a.ts"])"));
  EXPECT_THAT(joined->source_map, testing::Not(HasSubstr("sourcesContent")));
  EXPECT_THAT(joined->text, testing::Not(HasSubstr("sourceMappingURL")));
  EXPECT_THAT(joined->assets, IsEmpty());
}

TEST_F(Esbuild, LeavesNothingBehind) {
  const std::filesystem::path workplaces = directory_ / "tmp";
  std::filesystem::create_directory(workplaces);
  ::setenv("TMPDIR", workplaces.c_str(), 1);
  EXPECT_TRUE(join(script("a.js", "export default {};\n"), {}));
  EXPECT_FALSE(join(script("a.js", "export default {"), {}));
  ::unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(workplaces));
}

}  // namespace
}  // namespace festina::workers
