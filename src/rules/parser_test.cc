#include "rules/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::rules {
namespace {

using ::testing::HasSubstr;

std::string fault_of(std::string_view text) {
  const auto program = parse_condition(text, Phase::request, Plan::enterprise);
  return program ? "parses" : program.error().detail;
}
ErrorCode code_of(std::string_view text) {
  return parse_condition(text, Phase::request, Plan::enterprise).error().code;
}

TEST(Parser, LimitsTheBytes) {
  const std::string longest = "ssl or" + std::string(kMaxExpressionBytes - 9, ' ') + "ssl";
  ASSERT_EQ(longest.size(), kMaxExpressionBytes);
  EXPECT_EQ(fault_of(longest), "parses");
  EXPECT_EQ(fault_of(longest + " "), "the expression has 4097 bytes; it may have 4096");
  EXPECT_EQ(code_of(longest + " "), ErrorCode::too_large);
}

TEST(Parser, LimitsTheNesting) {  // reference §7.1
  const auto parentheses = [](std::size_t depth) {
    return std::string(depth, '(') + "ssl" + std::string(depth, ')');
  };
  const auto negations = [](std::size_t depth) { return std::string(depth, '!') + "ssl"; };
  const auto calls = [](std::size_t depth) {
    std::string text = "http.host";
    for (std::size_t i = 0; i < depth; ++i) text.insert(0, "lower(").append(")");
    return text + " eq \"a\"";
  };
  const auto words = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "not ";
    return text + "ssl";
  };
  for (const auto& nested :
       {parentheses(kMaxNesting), negations(kMaxNesting), calls(kMaxNesting), words(kMaxNesting)}) {
    EXPECT_EQ(fault_of(nested), "parses");
  }
  for (const auto& nested :
       {parentheses(kMaxNesting + 1),
        negations(kMaxNesting + 1),
        calls(kMaxNesting + 1),
        words(kMaxNesting + 1)}) {
    EXPECT_THAT(fault_of(nested), HasSubstr("maximum nesting depth exceeded (limit: 128)"));
    EXPECT_EQ(code_of(nested), ErrorCode::too_large);
  }
  EXPECT_EQ(fault_of(parentheses(kMaxNesting) + " or " + parentheses(kMaxNesting)), "parses")
      << "side by side is not nested";
}

TEST(Parser, LimitsTheArguments) {
  std::string arguments = "http.host";
  for (std::size_t i = 1; i < kMaxArguments; ++i) arguments += ", 1";
  EXPECT_EQ(fault_of("concat(" + arguments + ") eq \"a\""), "parses");
  EXPECT_THAT(
      fault_of("concat(" + arguments + ", 1) eq \"a\""), HasSubstr("invalid number of arguments")
  );
}

TEST(Parser, TakesLiteralsOfEveryKindAsArguments) {
  for (const char* literal :
       {"1",
        "-1",
        "0x1f",
        "017",
        "192.0.2.1",
        "2001:db8::1",
        "fe80::1",
        "66:6f:6f",
        "\"a\"",
        "r#\"\"\"#"}) {
    EXPECT_EQ(
        fault_of("concat(" + std::string(literal) + ", ssl) eq \"a\"").find(") invalid"),
        std::string::npos
    );
    EXPECT_EQ(fault_of("concat(" + std::string(literal) + ") eq \"a\""), "parses") << literal;
  }
  for (const char* none : {"g", "1.2.3.4.5", ":", "-", "$a", "{1}", ""})
    EXPECT_NE(fault_of("concat(" + std::string(none) + ") eq \"a\""), "parses") << none;
}

TEST(Parser, SaysWhyNothingIsNoExpression) {
  for (const char* nothing : {"", " ", "\r\n", "()"})
    EXPECT_THAT(fault_of(nothing), HasSubstr("expected identifier character")) << nothing;
}

}  // namespace
}  // namespace festina::rules
