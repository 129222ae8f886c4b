#include "workers/modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> names(const std::vector<Module>& modules) {
  std::vector<std::string> names;
  names.reserve(modules.size());
  for (const Module& module : modules) names.push_back(module.name);
  return names;
}

Bundle bundle_of(std::string name) {
  return {
      .modules = {{.name = std::move(name), .content = "export default {};"}},
      .exports = {"default"},
      .version = "5f0c21d7"
  };
}

TEST(Wrapped, PutsOurModulesBeforeTheScriptsOwn) {
  const auto modules = wrapped(bundle_of("src/index.js"), TestClock::off, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT(
      names(*modules),
      ElementsAre("__festina_main.js", "__festina_rt.js", "__festina_native.js", "src/index.js")
  );
  EXPECT_EQ(modules->back().content, "export default {};");
  EXPECT_THAT(modules->front().content, HasSubstr("import * as user from \"./src/index.js\""));
  EXPECT_THAT(modules->front().content, Not(HasSubstr("{{")));
  EXPECT_THAT(modules->front().content, Not(HasSubstr("clock")));
}

TEST(Wrapped, BringsTheClockOnlyWhenTimeCanBeMoved) {
  const auto modules = wrapped(bundle_of("src/index.js"), TestClock::on, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT(
      names(*modules),
      ElementsAre(
          "__festina_main.js",
          "__festina_rt.js",
          "__festina_native.js",
          "__festina_clock.js",
          "src/index.js"
      )
  );
  EXPECT_THAT(modules->front().content, HasSubstr("import \"./__festina_clock.js\";"));
}

TEST(Wrapped, BringsTheMapOfAMainModuleThatWasJoined) {
  Bundle joined = bundle_of("src/with \"quotes\".js");
  joined.source_map = R"({"sources":[],"mappings":""})";
  const auto modules = wrapped(joined, TestClock::off, 50);
  ASSERT_TRUE(modules);
  ASSERT_EQ(modules->size(), 6U);
  EXPECT_THAT(modules->front().content, HasSubstr("import \"./__festina_source_map.js\";"));
  const Module& reader = (*modules)[3];
  EXPECT_EQ(reader.name, "__festina_source_map.js");
  EXPECT_THAT(reader.content, HasSubstr(R"(const kModule = "src/with \"quotes\".js";)"));
  EXPECT_THAT(reader.content, HasSubstr("from \"./__festina_map\""));
  EXPECT_THAT(reader.content, Not(HasSubstr("{{")));
  EXPECT_EQ((*modules)[4].content, joined.source_map);
  EXPECT_EQ((*modules)[4].type, zone::ModuleType::text);
}

TEST(Wrapped, TellsTheRuntimeModuleHowManyCallsAreAllowed) {
  const auto modules = wrapped(bundle_of("src/index.js"), TestClock::off, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT((*modules)[1].content, HasSubstr("const kMaxCalls = 50;"));
  EXPECT_THAT((*modules)[1].content, Not(HasSubstr("{{")));
}

TEST(Wrapped, EscapesTheNameOfTheMainModule) {
  const auto modules = wrapped(bundle_of("a\"b.js"), TestClock::off, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT(modules->front().content, HasSubstr("from \"./a\\\"b.js\""));
}

TEST(Wrapped, WrapsEveryExportByItsName) {
  Bundle bundle = bundle_of("src/index.js");
  bundle.exports = {"default", "Admin", "with \"quotes\""};
  const auto modules = wrapped(bundle, TestClock::off, 50);
  ASSERT_TRUE(modules);
  const std::string& main = modules->front().content;
  EXPECT_THAT(
      main,
      HasSubstr("const export0 = wrap(user[\"default\"]);\nexport { export0 as \"default\" };")
  );
  EXPECT_THAT(main, HasSubstr("const export1 = wrap(user[\"Admin\"]);"));
  EXPECT_THAT(main, HasSubstr("export { export2 as \"with \\\"quotes\\\"\" };"));
}

TEST(Wrapped, LeavesAServiceWorkerAsItIsButForItsName) {
  const Bundle bundle{
      .syntax = Syntax::service_worker,
      .modules = {{.name = "src/worker.js", .content = "addEventListener();"}}
  };
  const auto modules = wrapped(bundle, TestClock::on, 50);
  ASSERT_TRUE(modules);
  ASSERT_EQ(modules->size(), 1U);
  EXPECT_EQ(modules->front().content, "addEventListener();\n//# sourceURL=src/worker.js\n");
}

TEST(ExtensionFor, HasWhatServiceWorkersNeedUnderInternalNames) {
  EXPECT_TRUE(extension_for(Syntax::modules, TestClock::on, 50).empty());
  const auto plain = extension_for(Syntax::service_worker, TestClock::off, 50);
  const auto timed = extension_for(Syntax::service_worker, TestClock::on, 50);
  EXPECT_THAT(names(plain), ElementsAre("festina:rt", "festina:native", "festina:service_worker"));
  EXPECT_THAT(
      names(timed),
      ElementsAre("festina:rt", "festina:native", "festina:clock", "festina:service_worker")
  );
  for (const Module& module : timed)
    EXPECT_THAT(module.content, Not(HasSubstr("{{"))) << module.name;
  EXPECT_THAT(timed.back().content, HasSubstr("import \"festina:clock\";"));
  EXPECT_THAT(plain.back().content, Not(HasSubstr("clock")));
}

TEST(Wrapped, RefusesAScriptWithAModuleOfOurName) {
  const auto modules = wrapped(bundle_of("__festina_rt.js"), TestClock::off, 50);
  ASSERT_FALSE(modules);
  EXPECT_EQ(modules.error().code, ErrorCode::conflict);
  EXPECT_TRUE(wrapped(bundle_of("src/__festina_rt.js"), TestClock::off, 50));
  EXPECT_FALSE(wrapped(bundle_of("__festina_map"), TestClock::off, 50));
  EXPECT_FALSE(wrapped(bundle_of("__festina_source_map.js"), TestClock::off, 50));
}

}  // namespace
}  // namespace festina::workers
