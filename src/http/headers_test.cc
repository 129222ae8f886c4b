#include "http/headers.h"

#include <gmock/gmock.h>

namespace festina::http {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines(const Headers& headers) {
  std::vector<std::string> texts;
  for (const Field& field : headers) {
    texts.push_back(std::string(field.name_text) + ": " + std::string(field.value));
  }
  return texts;
}

Headers of(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  Headers headers;
  for (const auto& [name, value] : fields) headers.add(name, value);
  return headers;
}

TEST(Headers, KeepOrderSpellingAndRepetition) {
  const Headers headers = of({{"HOST", "a"}, {"X-Own", "1"}, {"host", "b"}, {"x-own", ""}});
  EXPECT_THAT(lines(headers), ElementsAre("HOST: a", "X-Own: 1", "host: b", "x-own: "));
}

TEST(Headers, FindWithoutCase) {
  const Headers headers = of({{"cOOkie", "a=1"}, {"x-Own", "1"}, {"X-OWN", "2"}});
  EXPECT_EQ(headers.get(Name::cookie), "a=1");
  EXPECT_EQ(headers.get("COOKIE"), "a=1");
  EXPECT_EQ(headers.get("X-own"), "1") << "the first line's value";
  EXPECT_EQ(headers.get(Name::host), std::nullopt);
  EXPECT_EQ(headers.get("x-ow"), std::nullopt);
  EXPECT_TRUE(headers.has(Name::cookie));
  EXPECT_FALSE(headers.has(Name::host));
}

TEST(Headers, JoinLinesOfOneName) {
  const Headers headers = of({{"Vary", "a"}, {"X", "y"}, {"vary", ""}, {"Vary", "b, c"}});
  EXPECT_EQ(headers.joined(Name::vary), "a, , b, c");
  EXPECT_EQ(headers.joined(Name::host), std::nullopt);
  EXPECT_EQ(headers.count(Name::vary), 3u);
}

TEST(Headers, SetReplacesEveryLine) {
  Headers headers = of({{"Age", "1"}, {"X", "y"}, {"age", "2"}, {"x", "z"}});
  headers.set(Name::age, "3");
  headers.set("X", "w");
  EXPECT_THAT(lines(headers), ElementsAre("Age: 3", "X: w"));
}

TEST(Headers, RemoveSaysHowMany) {
  Headers headers = of({{"Age", "1"}, {"X", "y"}, {"age", "2"}, {"x", "z"}});
  EXPECT_EQ(headers.remove(Name::age), 2u);
  EXPECT_EQ(headers.remove("x"), 2u);
  EXPECT_EQ(headers.remove("x"), 0u);
  EXPECT_TRUE(headers.empty());
}

TEST(Headers, TakeViewsIntoThemselves) {
  Headers headers = of({{"X-First", std::string(40, 'v')}});
  for (int i = 0; i < 100; ++i) headers.add("X-Next", headers.get("X-First").value_or(""));
  headers.set("X-First", headers.get("X-Next").value_or(""));
  EXPECT_EQ(headers.size(), 101u);
  for (const Field& field : headers) EXPECT_EQ(field.value, std::string(40, 'v'));
}

TEST(Headers, AreEmptyAfterClear) {
  Headers headers = of({{"Age", "1"}});
  headers.clear();
  EXPECT_TRUE(headers.empty());
  headers.add(Name::date, "d");
  EXPECT_THAT(lines(headers), ElementsAre("Date: d"));
}

TEST(Headers, TakeNamesUpToTheLimit) {
  Headers headers;
  const std::string longest(kMaxNameBytes, 'n');
  headers.add(longest, "v");
  EXPECT_EQ(headers.get(longest), "v");
  EXPECT_DEATH(headers.add(longest + "n", "v"), "longer names");
}

}  // namespace
}  // namespace festina::http
