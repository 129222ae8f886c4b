#include "zone/unique.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

TEST(Unique, NamesTheFirstPlaceOfWhatIsGivenAgain) {
  Problems problems;
  const auto table = Table::parse("", "a.toml", problems);
  if (!table) FAIL();
  Unique names("scripts are named");
  EXPECT_TRUE(names.claim("a", {"a.toml", 1, 1}, *table));
  EXPECT_TRUE(names.claim("b", {"a.toml", 2, 1}, *table));
  EXPECT_FALSE(names.claim("a", {"b.toml", 3, 1}, *table));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(
      text_of(problems[0]), "b.toml:3:1: two scripts are named \"a\" - the first is at a.toml:1:1"
  );
}

}  // namespace
}  // namespace festina::zone
