#include "rules/json_path.h"

#include <gtest/gtest.h>
#include <vector>

namespace festina::rules {
namespace {

constexpr std::string_view kJson = R"({"a": {"b": [1, "two", 3.5, true, null]}, "c": "d"})";

std::string text(std::string_view json, const std::vector<Value>& path) {
  Scratch scratch;
  const Value found = json_text(json, path, scratch);
  return found.is_missing() ? "missing" : std::string(found.text());
}
std::string integer(std::string_view json, const std::vector<Value>& path) {
  const Value found = json_integer(json, path);
  return found.is_missing() ? "missing" : std::to_string(found.integer());
}

const Value kA{std::string_view("a")};
const Value kB{std::string_view("b")};
const Value kC{std::string_view("c")};
Value place(std::int64_t index) { return {index}; }

TEST(JsonPath, FollowsNamesAndNumbers) {  // reference §7.4
  EXPECT_EQ(text(kJson, {kC}), "d");
  EXPECT_EQ(text(kJson, {kA, kB, place(1)}), "two");
  EXPECT_EQ(text(kJson, {kA, kB, place(-4)}), "two");
  EXPECT_EQ(integer(kJson, {kA, kB, place(0)}), "1");
}

TEST(JsonPath, IsMissingForAnythingElse) {
  EXPECT_EQ(text(kJson, {kA}), "missing") << "an object";
  EXPECT_EQ(text(kJson, {kA, kB, place(5)}), "missing");
  EXPECT_EQ(text(kJson, {kA, kB, place(-6)}), "missing");
  EXPECT_EQ(text(kJson, {kA, place(0)}), "missing") << "an object has no items";
  EXPECT_EQ(text(kJson, {kC, kC}), "missing") << "a string has no members";
  EXPECT_EQ(text("{\"c\":", {kC}), "missing") << "no JSON";
  EXPECT_EQ(integer(kJson, {kA, kB, place(2)}), "missing") << "a fraction";
  EXPECT_EQ(integer(kJson, {kC}), "missing");
  EXPECT_EQ(integer("[18446744073709551615]", {place(0)}), "missing") << "too large";
}

}  // namespace
}  // namespace festina::rules
