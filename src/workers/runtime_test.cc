#include "workers/runtime.h"

#include <algorithm>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workers/compat_flags.h"

namespace festina::workers {
namespace {

TEST(FindRuntime, ReadsTheTableOutOfTheProgram) {
  const char* path = std::getenv("FESTINA_WORKERD");
  const auto runtime = find_runtime(path ? path : "workerd");
  ASSERT_TRUE(runtime) << runtime.error();
  EXPECT_GE(runtime->version, kOldestWorkerd);
  EXPECT_GT(runtime->table.newest_date, runtime->version);
  EXPECT_GE(runtime->table.flags.size(), 200U);
  const auto has_name = [](const CompatFlag& flag) { return !flag.enable.empty(); };
  EXPECT_TRUE(std::ranges::all_of(runtime->table.flags, has_name));
  EXPECT_TRUE(is_on(runtime->table, "cache_option_enabled", "2024-11-11", {}));
  EXPECT_FALSE(is_on(runtime->table, "cache_option_enabled", "2024-11-10", {}));
  EXPECT_TRUE(is_on(runtime->table, "cache_no_cache_enabled", "2025-08-07", {}));
}

TEST(FindRuntime, TellsWhereItLooked) {
  const auto runtime = find_runtime("no-such-workerd");
  ASSERT_FALSE(runtime);
  EXPECT_EQ(runtime.error().code, ErrorCode::not_found);
  EXPECT_THAT(runtime.error().detail, testing::HasSubstr("node_modules"));
}

TEST(FindRuntime, RefusesAnotherProgram) {
  const auto runtime = find_runtime("/bin/true");
  ASSERT_FALSE(runtime);
  EXPECT_EQ(runtime.error().code, ErrorCode::unsupported);
}

}  // namespace
}  // namespace festina::workers
