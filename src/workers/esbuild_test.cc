#include "workers/esbuild.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Esbuild : public testing::Test {
 protected:
  Esbuild() {
    std::string pattern = (fs::temp_directory_path() / "festina.XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~Esbuild() override { fs::remove_all(directory_); }

  zone::Script script(const std::string& name, std::string_view text) const {
    write(name, text);
    zone::Script script;
    script.configuration_file = directory_ / "wrangler.toml";
    script.main = directory_ / name;
    return script;
  }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(directory_ / name) << text;
  }

  fs::path directory_;
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

TEST_F(Esbuild, LeavesNothingBehind) {
  const fs::path workplaces = directory_ / "tmp";
  fs::create_directory(workplaces);
  ::setenv("TMPDIR", workplaces.c_str(), 1);
  EXPECT_TRUE(join(script("a.js", "export default {};\n"), {}));
  EXPECT_FALSE(join(script("a.js", "export default {"), {}));
  ::unsetenv("TMPDIR");
  EXPECT_TRUE(fs::is_empty(workplaces));
}

}  // namespace
}  // namespace festina::workers
