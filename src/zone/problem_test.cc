#include "zone/problem.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

TEST(Problem, SaysWhereWhatAndWhatToDo) {
  const Problem problem{{"festina.toml", 12, 3}, "unknown key \"nam\"", "did you mean \"name\"?"};
  EXPECT_EQ(text_of(problem), "festina.toml:12:3: unknown key \"nam\" - did you mean \"name\"?");
}

TEST(Problem, MayHaveNoLineAndNoSuggestion) {
  EXPECT_EQ(
      text_of(Problem{{"festina.toml"}, "cannot be read", ""}), "festina.toml: cannot be read"
  );
}

TEST(Suggestion, IsTheNearestWordOrTheAlternative) {
  EXPECT_EQ(did_you_mean("nam", {"name", "main"}), "did you mean \"name\"?");
  EXPECT_EQ(did_you_mean("elephant", {"name", "main"}), "");
  EXPECT_EQ(did_you_mean("elephant", {"name", "main"}, "remove it"), "remove it");
}

}  // namespace
}  // namespace festina::zone
