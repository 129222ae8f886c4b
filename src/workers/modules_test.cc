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
  return {.modules = {{std::move(name), "export default {};"}}, .version = "5f0c21d7"};
}

TEST(Wrapped, PutsOurModulesBeforeTheScriptsOwn) {
  const auto modules = wrapped(bundle_of("src/index.js"), TestClock::off, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT(names(*modules), ElementsAre("__festina_main.js", "__festina_rt.js", "src/index.js"));
  EXPECT_EQ(modules->back().text, "export default {};");
  EXPECT_THAT(modules->front().text, HasSubstr("import * as user from \"./src/index.js\""));
  EXPECT_THAT(modules->front().text, Not(HasSubstr("{{")));
  EXPECT_THAT(modules->front().text, Not(HasSubstr("clock")));
}

TEST(Wrapped, BringsTheClockOnlyWhenTimeCanBeMoved) {
  const auto modules = wrapped(bundle_of("src/index.js"), TestClock::on, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT(
      names(*modules),
      ElementsAre("__festina_main.js", "__festina_rt.js", "__festina_clock.js", "src/index.js")
  );
  EXPECT_THAT(modules->front().text, HasSubstr("import \"./__festina_clock.js\";"));
}

TEST(Wrapped, TellsTheRuntimeModuleHowManyCallsAreAllowed) {
  const auto modules = wrapped(bundle_of("src/index.js"), TestClock::off, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT((*modules)[1].text, HasSubstr("const kMaxCalls = 50;"));
  EXPECT_THAT((*modules)[1].text, Not(HasSubstr("{{")));
}

TEST(Wrapped, EscapesTheNameOfTheMainModule) {
  const auto modules = wrapped(bundle_of("a\"b.js"), TestClock::off, 50);
  ASSERT_TRUE(modules);
  EXPECT_THAT(modules->front().text, HasSubstr("from \"./a\\\"b.js\""));
}

TEST(Wrapped, RefusesAScriptWithAModuleOfOurName) {
  const auto modules = wrapped(bundle_of("__festina_rt.js"), TestClock::off, 50);
  ASSERT_FALSE(modules);
  EXPECT_EQ(modules.error().code, ErrorCode::conflict);
  EXPECT_TRUE(wrapped(bundle_of("src/__festina_rt.js"), TestClock::off, 50));
}

}  // namespace
}  // namespace festina::workers
