#include "zone/table.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdexcept>
#include <unistd.h>

namespace festina::zone {
namespace {

std::vector<std::string> texts_of(const Problems& problems) {
  std::vector<std::string> texts;
  for (const Problem& problem : problems) texts.push_back(text_of(problem));
  return texts;
}
using Texts = std::vector<std::string>;

class StrictTable : public testing::Test {
 protected:
  Table parse(std::string_view text, const std::string& file = "a.toml") {
    const auto table = Table::parse(text, file, problems_);
    if (!table) throw std::logic_error("it cannot be read: " + std::string(text));
    return *table;
  }
  Texts problems() const { return texts_of(problems_); }

  Problems problems_;
};

TEST_F(StrictTable, ReadsEachTypeOfValue) {
  const Table table = parse(R"(
text = "hello"
number = -7
truth = true
words = ["a", "b"]
[inner]
text = "deep"
[[many]]
number = 1
[[many]]
number = 2
)");
  EXPECT_EQ(table.string("text"), "hello");
  EXPECT_EQ(table.integer("number"), -7);
  EXPECT_EQ(table.boolean("truth"), true);
  const auto words = table.strings("words");
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[1].text, "b");
  EXPECT_EQ(text_of(words[1].place), "a.toml:5:15");
  const auto inner = table.table("inner");
  if (!inner) FAIL();
  EXPECT_EQ(inner->string("text"), "deep");
  const auto many = table.tables("many");
  ASSERT_EQ(many.size(), 2U);
  EXPECT_EQ(many[1].integer("number"), 2);
  EXPECT_EQ(text_of(many[1].place()), "a.toml:10:1");
  table.report_unknown_keys();
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(StrictTable, TakesAbsenceAsNormal) {
  const Table table = parse("");
  EXPECT_EQ(table.string("a"), std::nullopt);
  EXPECT_EQ(table.integer("a"), std::nullopt);
  EXPECT_EQ(table.boolean("a"), std::nullopt);
  EXPECT_TRUE(table.strings("a").empty());
  EXPECT_FALSE(table.table("a"));
  EXPECT_TRUE(table.tables("a").empty());
  EXPECT_FALSE(table.element("a"));
  EXPECT_TRUE(table.elements("a").empty());
  EXPECT_FALSE(table.any("a"));
  EXPECT_FALSE(table.has("a"));
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(StrictTable, NamesTheTypeItExpectedAndFound) {
  const Table table = parse(R"(integer = 1
text = "a"
float = 1.5
date = 2026-01-01
time = 10:00:00
moment = 2026-01-01T10:00:00Z
truth = true
array = [1]
table = { a = 1 }
)");
  table.string("integer");
  table.integer("text");
  table.integer("float");
  table.string("date");
  table.string("time");
  table.string("moment");
  table.string("truth");
  table.boolean("array");
  table.strings("table");
  table.strings("text");
  table.strings("array");
  table.table("array");
  table.tables("array");
  table.tables("table");
  table.elements("array");
  table.element("truth");
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.toml:1:11: expected a string, found an integer",
          "a.toml:2:8: expected an integer, found a string",
          "a.toml:3:9: expected an integer, found a float",
          "a.toml:4:8: expected a string, found a date",
          "a.toml:5:8: expected a string, found a time",
          "a.toml:6:10: expected a string, found a date and time",
          "a.toml:7:9: expected a string, found a boolean",
          "a.toml:8:9: expected a boolean, found an array",
          "a.toml:9:9: expected an array of strings, found a table",
          "a.toml:2:8: expected an array of strings, found a string",
          "a.toml:8:10: expected a string, found an integer",
          "a.toml:8:9: expected a table, found an array",
          "a.toml:8:10: expected a table, found an integer",
          "a.toml:9:9: expected an array of tables, found a table - write [[table]]",
          "a.toml:8:10: expected a string or a table, found an integer",
          "a.toml:7:9: expected a string or a table, found a boolean",
      })
  );
}

TEST_F(StrictTable, ReportsKeysThatNobodyAskedFor) {
  const Table table = parse("nam = 1\nother = 2\n[name.inner]\n\"quite different\" = 3\n");
  table.has("name");
  table.ignore("other");
  table.report_unknown_keys();
  const auto name = table.table("name");
  if (!name) FAIL();
  name->report_unknown_keys();
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.toml:1:1: unknown key \"nam\" - did you mean \"name\"?",
          "a.toml:3:7: unknown key \"inner\"",
      })
  );
}

TEST_F(StrictTable, RemembersAskedKeysAcrossCopies) {
  const Table table = parse("a = 1");
  Table copy = parse("");
  copy = table;
  copy.integer("a");
  table.report_unknown_keys();
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(StrictTable, TakesOnlyWordsOfTheList) {
  const Table table = parse("a = \"on\"\nb = \"On\"\nc = \"maybe\"\n");
  EXPECT_EQ(table.word("a", {"on", "off"}), "on");
  EXPECT_EQ(table.word("b", {"on", "off"}), std::nullopt);
  EXPECT_EQ(table.word("c", {"on", "off", "auto"}), std::nullopt);
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.toml:2:5: \"On\" is no value of b - did you mean \"on\"?",
          "a.toml:3:5: \"maybe\" is no value of c - write \"on\", \"off\" or \"auto\"",
      })
  );
}

TEST_F(StrictTable, RefusesWhatHasNoEffectYetUnlessItIsTheDefault) {
  const Table table = parse("a = \"\"\nb = []\nc = \"512MiB\"\nd = \"1GiB\"\ne = [1]\nf = \"\"\n");
  table.not_supported("a", "");
  table.not_supported("b", "[]");
  table.not_supported("c", "512MiB");
  table.not_supported("d", "512MiB");
  table.not_supported("e", "[]");
  table.not_supported("f");
  table.not_supported("absent");
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.toml:4:5: d \"1GiB\" is not supported yet - remove it",
          "a.toml:5:5: e is not supported yet - remove it",
          "a.toml:6:5: f \"\" is not supported yet - remove it",
      })
  );
}

TEST_F(StrictTable, GivesAnyValueAsJson) {
  const Table table = parse(R"(
text = "a \"quote\""
number = 3
real = 0.5
infinite = inf
truth = false
date = 2026-01-02
moment = 2026-01-02T03:04:05Z
nested = { list = [1, "two"], deep = { x = true } }
)");
  const auto any = [&table](std::string_view key) {
    return table.any(key).value_or(Table::AnyValue());
  };
  EXPECT_EQ(any("text").text, "a \"quote\"");
  EXPECT_TRUE(any("text").is_string);
  EXPECT_FALSE(any("number").is_string);
  EXPECT_EQ(any("number").text, "3");
  EXPECT_EQ(any("real").text, "5E-1");
  EXPECT_EQ(any("infinite").text, "\"inf\"");
  EXPECT_EQ(any("truth").text, "false");
  EXPECT_EQ(any("date").text, "\"2026-01-02\"");
  EXPECT_EQ(any("moment").text, "\"2026-01-02T03:04:05Z\"");
  EXPECT_EQ(any("nested").text, R"({"list":[1,"two"],"deep":{"x":true}})");
}

TEST_F(StrictTable, GivesStringsAndTablesAsElements) {
  const Table table = parse("one = \"x\"\nmany = [\"a\", { k = \"b\" }]\n");
  const auto one = table.element("one");
  if (!one) FAIL();
  EXPECT_EQ(one->text, "x");
  const auto many = table.elements("many");
  ASSERT_EQ(many.size(), 2U);
  EXPECT_EQ(many[0].text, "a");
  EXPECT_FALSE(many[0].table);
  const auto& inner = many[1].table;
  if (!inner) FAIL();
  EXPECT_EQ(inner->string("k"), "b");
  EXPECT_EQ(text_of(many[1].place), "a.toml:2:14");
}

TEST_F(StrictTable, KeepsTheOrderOfKeys) {
  EXPECT_EQ(parse("b = 1\nc = 2\na = 3\n").keys(), (Texts{"b", "c", "a"}));
}

TEST_F(StrictTable, TellsWhyAFileCanNotBeRead) {
  EXPECT_FALSE(Table::load("/nonexistent/festina.toml", problems_));
  EXPECT_FALSE(Table::load("/", problems_));
  EXPECT_EQ(
      problems(),
      (Texts{
          "/nonexistent/festina.toml: cannot be read: No such file or directory",
          "/: cannot be read: it is a directory",
      })
  );
}

TEST_F(StrictTable, ReadsJsonAsItReadsToml) {
  constexpr std::string_view toml = R"(text = "a"
number = 3
words = ["x", "y"]
[[many]]
key = 1
)";
  constexpr std::string_view json = R"({
  "text": "a", // a comment
  "number": 3,
  "words": ["x", "y",],
  "many": [{ "key": 1 }],
})";
  for (const auto& [text, file] : {std::pair(toml, "a.toml"), std::pair(json, "a.jsonc")}) {
    const Table table = parse(text, file);
    EXPECT_EQ(table.string("text"), "a") << file;
    EXPECT_EQ(table.integer("number"), 3) << file;
    EXPECT_EQ(table.strings("words").size(), 2U) << file;
    EXPECT_EQ(table.tables("many").at(0).integer("key"), 1) << file;
    table.report_unknown_keys();
    EXPECT_EQ(table.asked(), (Texts{"many", "many.key", "number", "text", "words"})) << file;
  }
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(StrictTable, NamesPlacesInJson) {
  const Table table = parse("{\n  \"name\": 3,\n  \"nam\": null,\n  \"one\": {}\n}", "a.json");
  table.string("name");
  table.string("nam");
  table.tables("one");
  table.report_unknown_keys();
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.json:2:11: expected a string, found an integer",
          "a.json:3:10: expected a string, found nothing",
          "a.json:4:10: expected an array of tables, found a table - write [{ … }]",
      })
  );
}

TEST_F(StrictTable, KnowsWhatSaysNothing) {
  const Table table =
      parse("a = []\nb = {}\nc = { crons = [] }\nd = [1]\ne = false\nf = { x = 1 }");
  for (const std::string_view key : {"a", "b", "c", "absent"})
    EXPECT_TRUE(table.says_nothing(key)) << key;
  for (const std::string_view key : {"d", "e", "f"}) EXPECT_FALSE(table.says_nothing(key)) << key;
}

TEST_F(StrictTable, LoadsAFile) {
  const auto path =
      std::filesystem::temp_directory_path() / ("festina_toml_test_" + std::to_string(getpid()));
  std::ofstream(path) << "a = 1\n";
  const auto table = Table::load(path.string(), problems_);
  std::filesystem::remove(path);
  if (!table) FAIL();
  EXPECT_EQ(table->integer("a"), 1);
}

}  // namespace
}  // namespace festina::zone
