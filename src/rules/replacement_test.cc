#include "rules/replacement.h"

#include <array>
#include <gtest/gtest.h>

namespace festina::rules {
namespace {

std::string filled(std::string_view replacement) {
  constexpr std::array<std::string_view, 2> groups = {"one", ""};
  Scratch scratch;
  return std::string(filled_in("<", replacement, groups, ">", scratch));
}

TEST(Replacement, PutsGroupsIn) {  // reference §7.4
  EXPECT_EQ(filled("a${1}b"), "<aoneb>");
  EXPECT_EQ(filled("${2}${1}${1}"), "<oneone>");
  EXPECT_EQ(filled("$${1}$$"), "<${1}$>");
  EXPECT_EQ(filled(""), "<>");
}

TEST(Replacement, IsChecked) {
  for (const char* good : {"", "a", "$$", "${1}", "${2}}", "{1}"})
    EXPECT_TRUE(check_replacement(good, 2)) << good;
  for (const char* bad : {"$", "a$", "$1", "${", "${}", "${0}", "${a}", "${-1}", "${1"})
    EXPECT_EQ(check_replacement(bad, 2).error().detail, "expected ${number} or $$ after $") << bad;
  EXPECT_EQ(check_replacement("${3}", 2).error().detail, "there is no group 3 among 2");
}

}  // namespace
}  // namespace festina::rules
