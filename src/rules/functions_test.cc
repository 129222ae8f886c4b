// What each function gives is in tests/golden/expressions.txt; here is what holds for the tables, and the page made of them.
#include "rules/functions.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "rules/fields.h"

namespace festina::rules {
namespace {

TEST(Functions, AreNamedOnce) {
  std::set<std::string_view> names;
  for (const Field& field : fields()) EXPECT_TRUE(names.insert(field.name).second) << field.name;
  for (const Function& function : functions())
    EXPECT_TRUE(names.insert(function.name).second) << function.name;
}

TEST(Functions, AreFoundByName) {
  for (const Function& function : functions()) {
    EXPECT_EQ(find_function(function.name), &function);
    EXPECT_TRUE(function.form.starts_with(std::string(function.name) + "("));
    EXPECT_LE(function.least, function.most);
    EXPECT_FALSE(function.parameters.empty());
  }
  EXPECT_EQ(find_function("any"), nullptr) << "any() and all() belong to the grammar";
}

TEST(Fields, AreFoundByName) {
  for (const Field& field : fields()) {
    EXPECT_EQ(find_field(field.name), &field);
    EXPECT_EQ(field.entry != nullptr, field.type.is_map) << field.name;
  }
  EXPECT_EQ(find_field("ip.geoip.country"), find_field("ip.src.country"));
  EXPECT_EQ(find_field("ip.geoip.src"), nullptr);
  EXPECT_EQ(find_field("http"), nullptr);
}

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }
std::string row(const std::string& a, const std::string& b, std::string_view c) {
  return "| " + a + " | " + b + " | " + std::string(c) + " |\n";
}

std::string field_table(Phase since) {
  std::string table = "| Field | Type | |\n|---|---|---|\n";
  for (const Field& field : fields())
    if (field.since == since) table += row(code(field.name), code(name(field.type)), field.note);
  return table;
}

std::string function_table(Usable usable) {
  std::string table = "| Function | Gives | |\n|---|---|---|\n";
  for (const Function& function : functions())
    if (function.usable == usable)
      table += row(code(function.form), code(name(function.gives)), function.note);
  return table;
}

// The page with the table in place of what stands between its marks.
std::string with_table(const std::string& page, const std::string& mark, const std::string& table) {
  const std::string begin = "<!-- " + mark + " -->\n";
  const std::string end = "<!-- end of " + mark + " -->";
  const std::size_t at = page.find(begin);
  const std::size_t to = page.find(end);
  EXPECT_TRUE(at != std::string::npos && to != std::string::npos) << mark;
  if (at == std::string::npos || to == std::string::npos) return page;
  return page.substr(0, at + begin.size()) + table + page.substr(to);
}

TEST(Vocabulary, IsThePageOfTheReference) {
  const std::string path = std::string(FESTINA_SOURCE_DIR) + "/docs/reference/expressions.md";
  std::stringstream page;
  page << std::ifstream(path, std::ios::binary).rdbuf();
  std::string made = page.str();
  made = with_table(made, "fields", field_table(Phase::request));
  made = with_table(made, "fields of the response", field_table(Phase::response));
  made = with_table(made, "functions", function_table(Usable::everywhere));
  made = with_table(made, "functions of values", function_table(Usable::once_in_values));
  if (std::getenv("FESTINA_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << made;
  EXPECT_TRUE(made == page.str()) << "run `make docs`";
}

}  // namespace
}  // namespace festina::rules
