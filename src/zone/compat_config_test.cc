#include "zone/compat_config.h"

#include <gtest/gtest.h>

#include "base/errors.h"

namespace festina::zone {
namespace {

using policy::Compat;
using policy::Era;
using Texts = std::vector<std::string>;

class CompatConfigTest : public testing::Test {
 protected:
  Compat read(std::string_view lines) {
    problems_.clear();
    const auto table = Table::parse(lines, "a.toml", problems_);
    if (!table) unreachable("what the tests write is TOML");
    return read_compat(*table);
  }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }

  Problems problems_;
};

std::string quoted_word(const policy::Switch& row, policy::Position position) {
  const std::string word(row.words[position]);
  return row.is_boolean() ? word : "\"" + word + "\"";
}

TEST_F(CompatConfigTest, IsOfTheNewestEraWhenNothingIsSaid) {
  EXPECT_EQ(read(""), Compat{});
  EXPECT_EQ(read("compat = {}"), Compat{});
  EXPECT_EQ(read("era = \"2026\""), Compat{});
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(CompatConfigTest, TakesAnEraWhole) {
  EXPECT_EQ(read("era = \"2025\""), policy::compat_of(Era::of_2025));
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(CompatConfigTest, SetsEverySwitchAloneWhateverTheEra) {
  struct Case {
    Era era;
    policy::Position position;
  };
  constexpr Case cases[] = {
      {Era::of_2025, 0}, {Era::of_2025, 1}, {Era::of_2026, 0}, {Era::of_2026, 1}
  };
  for (const policy::Switch& row : policy::switches()) {
    if (!row.is_built()) continue;
    for (const Case& c : cases) {
      const std::string text = "era = \"" + std::string(policy::name(c.era)) + "\"\ncompat." +
                               std::string(row.name) + " = " + quoted_word(row, c.position);
      Compat expected = policy::compat_of(c.era);
      row.set(expected, c.position);
      EXPECT_EQ(read(text), expected) << text;
      EXPECT_EQ(problems(), Texts{}) << text;
    }
  }
}

TEST_F(CompatConfigTest, RefusesSwitchesThatAreNotBuiltUnlessTheyAskForWhatIs) {
  for (const policy::Switch& row : policy::switches()) {
    if (row.is_built()) continue;
    const policy::Position built = row.of(policy::kNewestEra);
    const std::string key = "compat." + std::string(row.name) + " = ";
    EXPECT_EQ(read(key + quoted_word(row, built)), Compat{}) << row.name;
    EXPECT_EQ(problems(), Texts{}) << row.name;
    EXPECT_EQ(read(key + quoted_word(row, built == 0 ? 1 : 0)), Compat{}) << row.name;
    ASSERT_EQ(problems().size(), 1U) << row.name;
    EXPECT_NE(problems()[0].find(" is not supported yet - remove it"), std::string::npos);
  }
}

TEST_F(CompatConfigTest, NamesEveryFault) {
  const struct {
    std::string_view lines;
    std::string_view problem;
  } cases[] = {
      {"era = \"2024\"", "a.toml:1:7: \"2024\" is no value of era - did you mean \"2025\"?"},
      {"era = 2025", "a.toml:1:7: expected a string, found an integer"},
      {"compat = \"2025\"", "a.toml:1:10: expected a table, found a string"},
      {"compat.swr_label = \"STAL\"",
       "a.toml:1:20: \"STAL\" is no value of swr_label - did you mean \"STALE\"?"},
      {"compat.uncacheable_label = \"DYNAMIC\"",
       "a.toml:1:28: \"DYNAMIC\" is no value of uncacheable_label - write \"BYPASS\" or \"MISS\""},
      {"compat.s_maxage_allows_stale = \"yes\"", "a.toml:1:32: expected a boolean, found a string"},
      {"[compat]\nswr_lable = \"STALE\"",
       "a.toml:2:1: unknown key \"swr_lable\" - did you mean \"swr_label\"?"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(read(c.lines), Compat{}) << c.lines;
    EXPECT_EQ(problems(), Texts{std::string(c.problem)}) << c.lines;
  }
}

}  // namespace
}  // namespace festina::zone
