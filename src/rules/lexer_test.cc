#include "rules/lexer.h"

#include <gtest/gtest.h>

namespace festina::rules {
namespace {

std::string fault_of(const Lexer& lexer) {
  const auto& fault = lexer.fault();
  return fault ? fault->why : "none";
}

TEST(Lexer, ReadsOperatorsAsBeginnings) {  // reference §7.1: no space is needed behind a word
  Lexer lexer("eq\"a\"");
  EXPECT_EQ(lexer.take_comparator(), Comparator::equal);
  EXPECT_EQ(lexer.rest(), "\"a\"");
}

TEST(Lexer, TellsAnAmpersandFromTwo) {
  EXPECT_EQ(Lexer("& 1").take_comparator(), Comparator::bitwise_and);
  EXPECT_EQ(Lexer("&& ssl").take_comparator(), std::nullopt);
  EXPECT_TRUE(Lexer("&& ssl").take(Logical::both));
}

TEST(Lexer, TrimsTheWholeAndKeepsPlaces) {
  Lexer lexer(" \t\r\nssl\n ");
  EXPECT_EQ(lexer.position(), 4U);
  EXPECT_EQ(lexer.rest(), "ssl");
}

TEST(Lexer, TakesNoTabForSpace) {  // reference §7.1
  Lexer lexer("a \r\n\tb");
  lexer.skip(1);
  lexer.skip_space();
  EXPECT_EQ(lexer.next(), '\t');
}

TEST(Lexer, ReadsQuantifiersOnlyBeforeAParenthesis) {
  Lexer call("any (x)");
  EXPECT_TRUE(call.take_quantifier("any"));
  EXPECT_EQ(call.next(), '(');
  Lexer name("anything");
  EXPECT_FALSE(name.take_quantifier("any"));
  EXPECT_EQ(name.rest(), "anything");
}

TEST(Lexer, ReadsIdentifiersWithDots) {
  Lexer lexer("http.request.uri-path");
  EXPECT_EQ(lexer.identifier(), "http.request.uri");
  Lexer dangling("http. x");
  EXPECT_EQ(dangling.identifier(), std::nullopt);
  EXPECT_EQ(fault_of(dangling), "expected identifier character");
}

TEST(Lexer, KeepsTheFirstFault) {
  Lexer lexer("abc");
  lexer.fail({1, 1}, "first");
  lexer.fail({2, 1}, "second");
  EXPECT_EQ(fault_of(lexer), "first");
}

TEST(ErrorOf, DrawsTheLineOfTheFault) {
  const struct {
    const char* text;
    Span span;
    const char* expected;
    const char* why;
  } cases[] = {
      {"ab cd", {3, 2}, "Filter parsing error (1:4):\nab cd\n   ^^ no", "one line"},
      {"ab", {2, 0}, "Filter parsing error (1:3):\nab\n  ^ no", "at the end: one caret"},
      {"a\nbc\nd", {2, 1}, "Filter parsing error (2:1):\nbc\n^ no", "the second line"},
      {"a\nbc\nd", {3, 3}, "Filter parsing error (2:2):\nbc\n ^ no", "carets end with their line"},
      {"a\n", {2, 0}, "Filter parsing error (2:1):\n\n^ no", "an empty line"},
  };
  for (const auto& c : cases) {
    const Error error = error_of(c.text, {c.span, "no"});
    EXPECT_EQ(error.detail, c.expected) << c.why;
    EXPECT_EQ(error.code, ErrorCode::malformed);
    EXPECT_EQ(error.side, Side::client);
  }
}

}  // namespace
}  // namespace festina::rules
