#include "http/structured_field.h"

#include <gtest/gtest.h>

namespace festina::http {
namespace {

using Members = std::vector<DictionaryMember>;

TEST(ParseDictionary, ReadsEveryKindOfValue) {
  const auto found = parse_dictionary(
      R"(a, b=?0, c=-12, d="x\"\\y", e=1.5, f=tok*/en:, g=:aGk=:, h=@12, i=%"z%c3%bc", j=(1 "a";p))"
  );
  const Members expected = {
      {"a", true},
      {"b", false},
      {"c", std::int64_t{-12}},
      {"d", std::string(R"(x"\y)")},
      {"e", OtherItem{}},
      {"f", OtherItem{}},
      {"g", OtherItem{}},
      {"h", OtherItem{}},
      {"i", OtherItem{}},
      {"j", OtherItem{}},
  };
  EXPECT_EQ(found, expected);
}

TEST(ParseDictionary, LeavesParametersOut) {
  const Members expected = {{"max-age", std::int64_t{60}}, {"private", true}};
  EXPECT_EQ(parse_dictionary("max-age=60;from=origin; x, private;y=\"z\""), expected);
}

TEST(ParseDictionary, KeepsTheLastValueOfARepeatedKeyAtItsFirstPlace) {
  const Members expected = {{"a", std::int64_t{3}}, {"b", true}};
  EXPECT_EQ(parse_dictionary("a=1, b, a=3"), expected);
}

TEST(ParseDictionary, TakesWhatStandsBetweenTheMembers) {
  const Members expected = {{"a", true}, {"b", true}};
  EXPECT_EQ(parse_dictionary("  a \t,\tb  "), expected);
  EXPECT_EQ(parse_dictionary(""), Members{});
  EXPECT_EQ(parse_dictionary("   "), Members{});
}

TEST(ParseDictionary, IsNothingForWhatIsNone) {
  const struct {
    std::string_view text;
    std::string_view why;
  } cases[] = {
      {"a,", "a comma and nothing behind it"},
      {"a,,b", "an empty member"},
      {"a b", "no comma"},
      {"A", "keys are in lower case"},
      {"1", "a key does not begin with a digit"},
      {"a=", "no value"},
      {"a =1", "a space before ="},
      {"a= 1", "a space behind ="},
      {"a=&", "no value begins so"},
      {"a=\"x", "a string that does not end"},
      {"a=\"\\x\"", "only quote and backslash are escaped"},
      {"a=\"\x7f\"", "no control bytes in a string"},
      {"a=?2", "no boolean"},
      {"a=?", "nor is this"},
      {"a=:x", "bytes that do not end"},
      {"a=@", "a date is a number"},
      {"a=@1.5", "a whole one"},
      {"a=%x", "a display string has quotes"},
      {"a=%\"%C3\"", "its escapes are in lower case"},
      {"a=%\"x", "it ends"},
      {"a=(1 2", "a list ends"},
      {"a=(1,2)", "its members stand apart by spaces"},
      {"a=-", "a sign alone is no number"},
      {"a=1.", "no fraction"},
      {"a=1.2345", "four digits behind the point"},
      {"a=1234567890123.1", "thirteen before it"},
      {"a=1234567890123456", "sixteen digits"},
      {"max-age=60, &&&&&", "one bad member spoils them all"},
  };
  for (const auto& [text, why] : cases) {
    EXPECT_FALSE(parse_dictionary(text)) << text << ": " << why;
  }
}

TEST(ParseDictionary, TakesNumbersUpToTheirLimits) {
  const Members greatest = {{"a", std::int64_t{999999999999999}}};
  EXPECT_EQ(parse_dictionary("a=999999999999999"), greatest);
  EXPECT_TRUE(parse_dictionary("a=123456789012.123"));
}

}  // namespace
}  // namespace festina::http
