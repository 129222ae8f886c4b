#include "zone/jsonc.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

std::string as_json(std::string_view text) {
  Problems problems;
  const auto root = parse_jsonc(text, "a.jsonc", problems);
  return root ? json::to_text(to_json(*root)) : text_of(problems.at(0));
}

std::string nested(std::size_t depth) {
  return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(Jsonc, ReadsWhatJsonHas) {
  EXPECT_EQ(
      as_json(R"( { "a" : [ 1, -2.5e1, true, false, null, "x" ], "b": {}, "c": [] } )"),
      R"({"a":[1,-2.5E1,true,false,null,"x"],"b":{},"c":[]})"
  );
  EXPECT_EQ(
      as_json(R"({"n":9223372036854775807,"m":9223372036854775808})"),
      R"({"n":9223372036854775807,"m":9.223372036854776E18})"
  ) << "whole numbers that fit stay whole";
}

TEST(Jsonc, ReadsCommentsAndTrailingCommas) {
  EXPECT_EQ(
      as_json("\xEF\xBB\xBF// first\n{ /* a */ \"a\": /* b\n */ [1, 2,], // c\n \"b\": \"//\", "
              "}\n/* end */ // end"),
      R"({"a":[1,2],"b":"//"})"
  );
}

TEST(Jsonc, ReadsEscapes) {
  EXPECT_EQ(
      as_json(R"({"a":"\"\\\/\n\t\u00e9\u20AC\ud83d\ude00"})"),
      "{\"a\":\"\\\"\\\\/\\n\\t\u00e9\u20ac\U0001F600\"}"
  );
}

TEST(Jsonc, KeepsPlacesInCharacters) {
  Problems problems;
  const auto root = parse_jsonc("{\n  \"\u00e9\u00e9\": 1, \"b\": [\n true] }", "a.json", problems);
  if (!root) FAIL();
  const Members& members = *root->if_table();
  EXPECT_EQ(members[0].at.column, 3U);
  EXPECT_EQ(members[1].at.line, 2U);
  EXPECT_EQ(members[1].at.column, 12U);
  EXPECT_EQ(members[1].value.if_array()->at(0).at.line, 3U);
  EXPECT_EQ(members[1].value.if_array()->at(0).at.column, 2U);
}

TEST(Jsonc, NamesTheFirstFaultAndItsPlace) {
  const struct {
    std::string_view text;
    std::string_view fault;
  } cases[] = {
      {"", "1:1: no valid JSON: expected a value, found the end of the file"},
      {"[]", "1:1: no valid JSON: expected an object"},
      {"{} x", "1:4: no valid JSON: expected the end of the file, found \"x\""},
      {"{\n  name: 1 }", "2:3: no valid JSON: expected a key in double quotes, found \"n\""},
      {"{'a': 1}", "1:2: no valid JSON: expected a key in double quotes, found \"'\""},
      {R"({"a" 1})", "1:6: no valid JSON: expected \":\", found \"1\""},
      {R"({"a": })", "1:7: no valid JSON: expected a value, found \"}\""},
      {R"({"a": 1 "b": 2})", "1:9: no valid JSON: expected \",\" or \"}\", found \"\"\""},
      {R"({"a": [1 2]})", "1:10: no valid JSON: expected \",\" or \"]\", found \"2\""},
      {R"({"a": [,]})", "1:8: no valid JSON: expected a value, found \",\""},
      {R"({"a": 1,,})", "1:9: no valid JSON: expected a key in double quotes, found \",\""},
      {R"({"a": 1, "a": 2})", "1:10: no valid JSON: key \"a\" is given twice"},
      {R"({"a": 01})", "1:7: no valid JSON: \"01\" is no number"},
      {R"({"a": 1.})", "1:7: no valid JSON: \"1.\" is no number"},
      {R"({"a": -})", "1:7: no valid JSON: \"-\" is no number"},
      {R"({"a": 1e})", "1:7: no valid JSON: \"1e\" is no number"},
      {R"({"a": "x)", "1:7: no valid JSON: this string has no end"},
      {"{\"a\": \"x\n\"}", "1:7: no valid JSON: this string has no end"},
      {"{\"a\": \"x\ty\"}", "1:9: no valid JSON: a control character in a string"},
      {R"({"a": "\x"})", "1:8: no valid JSON: a backslash that means nothing"},
      {R"({"a": "\u12"})", "1:10: no valid JSON: \"\\u\" without four hexadecimal digits"},
      {R"({"a": "\ud83d"})", "1:10: no valid JSON: half of a surrogate pair"},
      {R"({"a": "\ude00"})", "1:10: no valid JSON: half of a surrogate pair"},
      {"{ /* a", "1:3: no valid JSON: this comment has no end"},
      {R"({"a": 1)", "1:8: no valid JSON: expected \",\" or \"}\", found the end of the file"},
  };
  for (const auto& c : cases) EXPECT_EQ(as_json(c.text), "a.jsonc:" + std::string(c.fault));
}

TEST(Jsonc, HasALimitOfDepth) {
  EXPECT_EQ(as_json(nested(kMaxJsonDepth - 1)), nested(kMaxJsonDepth - 1));
  EXPECT_NE(as_json(nested(kMaxJsonDepth)).find("nested deeper than 32 levels"), std::string::npos);
}

}  // namespace
}  // namespace festina::zone
