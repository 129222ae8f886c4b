#include "rules/right_side.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/set.h"

namespace festina::rules {
namespace {

using ::testing::HasSubstr;

// The fault in it, or that there is none.
std::string fault_of(
    std::string_view text, Type left, std::size_t regexes = 0, Plan plan = Plan::enterprise
) {
  Lexer lexer(text);
  Allowance allowance{.plan = plan, .regexes = regexes};
  const auto test = read_test(lexer, left, allowance);
  const auto& fault = lexer.fault();
  EXPECT_NE(test.has_value(), fault.has_value());
  return fault ? fault->why : "none";
}

TEST(RightSide, TakesOperatorsByType) {  // reference §7.2
  const struct {
    const char* text;
    bool of_text, of_integer, of_address;
  } cases[] = {
      {"eq ", true, true, true},
      {"!= ", true, true, true},
      {"lt ", true, true, true},
      {">= ", true, true, true},
      {"& ", false, true, false},
      {"bitwise_and ", false, true, false},
      {"contains ", true, false, false},
      {"~ ", true, false, false},
      {"wildcard ", true, false, false},
      {"strict wildcard ", true, false, false},
      {"starts_with ", true, false, false},
      {"ends_with ", true, false, false},
  };
  for (const auto& c : cases) {
    const std::string op = c.text;
    EXPECT_EQ(fault_of(op + "\"a\"", kText) == "none", c.of_text) << op;
    EXPECT_EQ(fault_of(op + "1", kInteger) == "none", c.of_integer) << op;
    EXPECT_EQ(fault_of(op + "::1", kAddress) == "none", c.of_address) << op;
    EXPECT_THAT(fault_of(op + "1", kTexts), HasSubstr("on type Array<Bytes>"));
  }
  EXPECT_EQ(fault_of("in {\"a\"}", kText), "none");
  EXPECT_EQ(fault_of("in {1 2..3}", kInteger), "none");
  EXPECT_EQ(fault_of("in {::1 10.0.0.0/8}", kAddress), "none");
}

TEST(RightSide, WantsOneSpaceInStrictWildcard) {  // reference §7.2
  EXPECT_EQ(fault_of("strict  wildcard \"a\"", kText), "expected ComparisonOp");
}

TEST(RightSide, LimitsTheRegularExpressions) {
  EXPECT_EQ(fault_of("matches \"a\"", kText, kMaxRegexes - 1), "none");
  EXPECT_EQ(fault_of("matches \"a\"", kText, kMaxRegexes), "more than 64 regular expressions");
}

TEST(RightSide, HasRegularExpressionsFromAPlanOn) {  // reference §7.2
  const std::string lacking = "has no regular expressions in rules (needs the plan business)";
  for (const char* text : {"matches \"a\"", "~ \"a\""}) {
    EXPECT_EQ(fault_of(text, kText, 0, Plan::free), "the plan free " + lacking);
    EXPECT_EQ(fault_of(text, kText, 0, Plan::pro), "the plan pro " + lacking);
    EXPECT_EQ(fault_of(text, kText, 0, Plan::business), "none");
  }
  EXPECT_EQ(fault_of("wildcard \"a*\"", kText, 0, Plan::free), "none");
}

TEST(RightSide, LimitsSets) {
  std::string items;
  for (std::size_t i = 0; i < kMaxSetItems; ++i) items += "1 ";
  EXPECT_EQ(fault_of("in {" + items + "}", kInteger), "none");
  EXPECT_EQ(fault_of("in {" + items + "1}", kInteger), "more than 1024 values in a set");
}

TEST(RightSide, KnowsNoLists) {
  EXPECT_EQ(fault_of("in $cf.malware", kAddress), "there is no list \"cf.malware\"");
  EXPECT_EQ(fault_of("in $a.", kText), "invalid list name \"a.\"");
}

}  // namespace
}  // namespace festina::rules
