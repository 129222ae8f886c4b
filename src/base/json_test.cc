#include "base/json.h"

#include <gtest/gtest.h>

namespace festina::json {
namespace {

TEST(Json, ReadsWhatItWrites) {
  const std::string text = R"({"name":"a\"b","list":[1,-2,2.5E0,true,null],"empty":{}})";
  const auto value = parse(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(to_text(*value), text);
}

TEST(Json, WritesStrings) {
  const struct {
    std::string_view text;
    std::string_view json;
  } cases[] = {
      {"", R"("")"},
      {"plain ~text", R"("plain ~text")"},
      {R"(a "b" \c)", R"("a \"b\" \\c")"},
      {"line\nend", R"("line\nend")"},
      {"\x01", R"("\u0001")"},
      {"Köln", R"("Köln")"},
  };
  for (const auto& c : cases) {
    std::string json = "x";
    append_string(json, c.text);
    EXPECT_EQ(json, "x" + std::string(c.json));
    EXPECT_EQ(parse(json.substr(1)).value(), Value(c.text));
  }
}

TEST(Json, TakesSpaceAroundTheValue) { EXPECT_TRUE(parse(" \n [1] \r\n\t")); }

TEST(Json, ErrorsNameLineAndColumn) {
  struct Case {
    std::string_view text;
    std::string_view place;
    const char* why;
  };
  const Case cases[] = {
      {"", "line 1, column 1: ", "no value"},
      {"{\n  \"a\": x\n}", "line 2, column 8: ", "an unknown word"},
      {"[1,]", "line 1, column 4: ", "a comma too many"},
      {"{\n\"a\": [1, 2\n", "line 3, column 1: ", "ends too early"},
      {"1 2", "line 1, column 3: ", "a second value"},
      {"[]\n\n]", "line 3, column 1: ", "a bracket too many"},
      {"\"\xFF\"", "line 1, column 2: ", "no UTF-8"},
  };
  for (const auto& c : cases) {
    const auto value = parse(c.text);
    ASSERT_FALSE(value) << c.why;
    EXPECT_EQ(value.error().code, ErrorCode::malformed) << c.why;
    EXPECT_EQ(value.error().side, Side::client) << c.why;
    EXPECT_TRUE(value.error().detail.starts_with(c.place)) << c.why << ": " << value.error().detail;
  }
}

TEST(Json, RefusesNestingDeeperThanItsLimit) {
  const auto nested = [](std::size_t depth) {
    return parse(std::string(depth, '[') + std::string(depth, ']'));
  };
  EXPECT_TRUE(nested(kMaxDepth));
  EXPECT_FALSE(nested(kMaxDepth + 1));
}

TEST(Find, GivesTheMemberOrNull) {
  const Value value = {{"a", 1}};
  ASSERT_NE(find(value, "a"), nullptr);
  EXPECT_EQ(*find(value, "a"), Value(1));
  EXPECT_EQ(find(value, "b"), nullptr);
  EXPECT_EQ(find(Value(1), "a"), nullptr);
}

TEST(Members, AreReadWithoutConversion) {
  const Value value =
      *parse(R"({"s":"text","i":-7,"b":true,"d":5.0,"n":null,"u":18446744073709551615})");
  EXPECT_EQ(string_member(value, "s"), "text");
  EXPECT_EQ(integer_member(value, "i"), -7);
  EXPECT_EQ(bool_member(value, "b"), true);

  for (const char* other : {"i", "b", "n", "missing"})
    EXPECT_FALSE(string_member(value, other)) << other;
  for (const char* other : {"s", "b", "d", "u", "n"})
    EXPECT_FALSE(integer_member(value, other)) << other;
  for (const char* other : {"s", "i", "n"}) EXPECT_FALSE(bool_member(value, other)) << other;
}

}  // namespace
}  // namespace festina::json
