#include "zone/toml.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

TEST(Toml, KeepsTheOrderOfTheFile) {
  Problems problems;
  const auto root = parse_toml("b = 1\n[c]\ny = 1\nx = 2\n[a]\n", "a.toml", problems);
  if (!root) FAIL();
  EXPECT_EQ(json::to_text(to_json(*root)), R"({"b":1,"c":{"y":1,"x":2},"a":{}})");
}

TEST(Toml, TellsWhereTheSyntaxBreaks) {
  const struct {
    std::string_view text;
    std::string_view problem;
  } cases[] = {
      {"a = 1\nb = \n",
       "a.toml:2:5: no valid TOML: parsing key-value pair: expected value, saw '\\n'"},
      {"a = \"open\n",
       "a.toml:1:10: no valid TOML: parsing string: unescaped control characters other than TAB "
       "(U+0009) are "
       "explicitly prohibited"},
      {"a = 1\na = 2\n",
       "a.toml:2:5: no valid TOML: parsing key-value pair: cannot redefine existing integer 'a'"},
      {"[a]\n[a]\n",
       "a.toml:2:1: no valid TOML: parsing table header: cannot redefine existing table 'a'"},
  };
  for (const auto& c : cases) {
    Problems problems;
    EXPECT_FALSE(parse_toml(c.text, "a.toml", problems)) << c.text;
    ASSERT_EQ(problems.size(), 1U) << c.text;
    EXPECT_EQ(text_of(problems[0]), c.problem);
  }
}

}  // namespace
}  // namespace festina::zone
