#include "workers/group.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

Deployment deployment(const std::string& name, const std::vector<std::string>& bound_to = {}) {
  Deployment made;
  made.script.name = name;
  for (const std::string& service : bound_to)
    made.script.services.push_back({.name = "B", .service = service});
  made.bundle.version = "5f0c21d7";
  return made;
}

std::vector<std::string> names(std::vector<Deployment> deployments) {
  std::vector<std::string> names;
  for (const Group& group : groups_of(std::move(deployments))) names.push_back(group.name());
  return names;
}

TEST(GroupsOf, LeavesScriptsAloneThatNothingJoins) {
  EXPECT_THAT(names({}), ElementsAre());
  EXPECT_THAT(names({deployment("b"), deployment("a")}), ElementsAre("a", "b"));
  EXPECT_THAT(names({deployment("a", {"a"})}), ElementsAre("a")) << "bound to itself";
  EXPECT_THAT(names({deployment("a", {"elsewhere"})}), ElementsAre("a"));
}

TEST(GroupsOf, JoinsWhatIsBoundDirectlyOrThroughOthersInEitherDirection) {
  EXPECT_THAT(
      names(
          {deployment("d", {"b"}),
           deployment("a", {"b"}),
           deployment("b", {"c"}),
           deployment("c"),
           deployment("e")}
      ),
      ElementsAre("a+b+c+d", "e")
  );
  EXPECT_THAT(names({deployment("a", {"b"}), deployment("b", {"a"})}), ElementsAre("a+b"));
}

TEST(GroupsOf, DoesNotMindTheOrder) {
  std::vector<Deployment> some{deployment("a", {"c"}), deployment("b"), deployment("c")};
  const auto groups = groups_of(some);
  std::ranges::reverse(some);
  const auto reversed = groups_of(some);
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].version, reversed[0].version);
  EXPECT_EQ(groups[1].version, reversed[1].version);
}

TEST(GroupVersion, ChangesWithAnyMemberAndItsBindings) {
  const auto version = [](std::vector<Deployment> members) {
    return groups_of(std::move(members)).front().version;
  };
  const std::string before = version({deployment("a", {"b"}), deployment("b")});
  EXPECT_EQ(before.size(), 8U);
  EXPECT_EQ(version({deployment("a", {"b"}), deployment("b")}), before);

  Deployment changed = deployment("b");
  changed.bundle.version = "00000000";
  EXPECT_NE(version({deployment("a", {"b"}), changed}), before) << "its content";
  Deployment bound = deployment("a", {"b"});
  bound.script.services[0].entrypoint = "Admin";
  EXPECT_NE(version({bound, deployment("b")}), before) << "its binding";
  Deployment hasty = deployment("b");
  hasty.script.cpu_ms = 50;
  EXPECT_NE(version({deployment("a", {"b"}), hasty}), before) << "its limit";
  Deployment frugal = deployment("b");
  frugal.script.subrequests = 50;
  EXPECT_NE(version({deployment("a", {"b"}), frugal}), before) << "its other limit";
}

TEST(Recipes, AreAlikeUnlessSomethingInThemDiffers) {
  const Recipe recipe{
      .runtime = {.path = "/bin/workerd", .version = "2026-11-17", .table = {}},
      .limits = {},
      .group = groups_of({deployment("a")}).front()
  };
  EXPECT_TRUE(are_alike(recipe, recipe));
  Recipe changed = recipe;
  changed.runtime.version = "2026-12-01";
  EXPECT_FALSE(are_alike(recipe, changed));
  changed = recipe;
  changed.limits.memory += 1;
  EXPECT_FALSE(are_alike(recipe, changed));
  changed = recipe;
  changed.group = groups_of({deployment("b")}).front();
  EXPECT_FALSE(are_alike(recipe, changed));
}

TEST(GroupCpuLimit, IsTheMostThatAScriptAsksFor) {
  const auto limit = [](std::vector<Deployment> members) {
    return groups_of(std::move(members)).front().cpu_limit();
  };
  Deployment hasty = deployment("a", {"b"});
  hasty.script.cpu_ms = 50;
  Deployment lasting = deployment("b");
  EXPECT_EQ(limit({hasty}), 50ms);
  EXPECT_EQ(limit({hasty, lasting}), kCpuLimit);
  lasting.script.cpu_ms = 300'000;
  EXPECT_EQ(limit({hasty, lasting}), 300s);
}

TEST(GroupCallLimit, IsTheMostThatAScriptMayCall) {
  const auto limit = [](std::vector<Deployment> members, std::uint32_t of_plan) {
    return groups_of(std::move(members)).front().call_limit(of_plan);
  };
  Deployment frugal = deployment("a", {"b"});
  frugal.script.subrequests = 7;
  EXPECT_EQ(limit({frugal}, 50), 7U);
  EXPECT_EQ(limit({frugal, deployment("b")}, 50), 50U);
  EXPECT_EQ(limit({frugal}, 6), 6U) << "the plan's limit stays";
}

}  // namespace
}  // namespace festina::workers
