#include "zone/document.h"

#include <gtest/gtest.h>
#include <limits>

namespace festina::zone {
namespace {

TEST(Document, NamesEachType) {
  const struct {
    Value value;
    std::string_view name;
  } cases[] = {
      {{std::monostate()}, "nothing"},
      {{Members()}, "a table"},
      {{Items()}, "an array"},
      {{std::string()}, "a string"},
      {{std::int64_t{1}}, "an integer"},
      {{1.5}, "a float"},
      {{true}, "a boolean"},
      {{Moment{"a date", "2026-01-01"}}, "a date"},
  };
  for (const auto& c : cases) EXPECT_EQ(type_name(c.value), c.name);
}

TEST(Document, WritesNumbersThatJsonHasNotAsText) {
  using Limits = std::numeric_limits<double>;
  const Value value{
      Items{{Limits::infinity()}, {-Limits::infinity()}, {Limits::quiet_NaN()}, {std::monostate()}}
  };
  EXPECT_EQ(json::to_text(to_json(value)), R"(["inf","-inf","nan",null])");
}

TEST(Document, SaysNothingWhenAllOfItIsEmpty) {
  const Value empty{Items()};
  EXPECT_TRUE(says_nothing(empty));
  EXPECT_TRUE(says_nothing({Members()}));
  EXPECT_TRUE(says_nothing({Members{{"a", {}, empty}}}));
  EXPECT_FALSE(says_nothing({Members{{"a", {}, empty}, {"b", {}, {false}}}}));
  EXPECT_FALSE(says_nothing({Items{empty}}));
  EXPECT_FALSE(says_nothing({std::string()}));
}

TEST(Document, FindsTheNearestPlaceOfAPointer) {  // RFC 6901
  const Value document{
      Items{{Members{{"a/b", {}, {Items{{true, {3, 5}}}, {3, 4}}}}, {2, 1}}}, {1, 1}
  };
  const auto line_and_column = [&](std::string_view pointer) {
    const Position at = nearest(document, pointer).at;
    return std::pair(at.line, at.column);
  };
  EXPECT_EQ(line_and_column(""), std::pair(1U, 1U));
  EXPECT_EQ(line_and_column("/0"), std::pair(2U, 1U));
  EXPECT_EQ(line_and_column("/0/a~1b"), std::pair(3U, 4U));
  EXPECT_EQ(line_and_column("/0/a~1b/0"), std::pair(3U, 5U));
  EXPECT_EQ(line_and_column("/0/a~1b/1"), std::pair(3U, 4U)) << "there is no second";
  EXPECT_EQ(line_and_column("/0/expression"), std::pair(2U, 1U)) << "it is missing";
  EXPECT_EQ(line_and_column("/7"), std::pair(1U, 1U));
}

}  // namespace
}  // namespace festina::zone
