#include "zone/compat_page.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "base/text.h"
#include "policy/compat.h"
#include "zone/files.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = FESTINA_SOURCE_DIR;  // NOLINT(cert-err58-cpp): without it nothing can run
constexpr std::string_view kBegin = "<!-- switches -->\n";
constexpr std::string_view kEnd = "<!-- end of switches -->";

fs::path page_path() { return kRoot / "docs/reference/compat.md"; }
std::string page() { return read_file(page_path().string()).value(); }

// What is quoted as code.
std::vector<std::string> code_in(std::string_view text) {
  std::vector<std::string> words;
  const auto parts = split(text, '`');
  for (std::size_t i = 1; i < parts.size(); i += 2) words.emplace_back(parts[i]);
  return words;
}

// The rows of the tables of statements: those with four columns, below the table of switches.
std::vector<std::vector<std::string_view>> statements(std::string_view text) {
  std::vector<std::vector<std::string_view>> rows;
  const std::size_t begin = text.find(kEnd);
  const std::size_t end = text.find("\n## Plans");
  for (const std::string_view line : split(text.substr(begin, end - begin), '\n')) {
    const bool is_row = line.starts_with("| ") && line.find("| Shown by |") == line.npos;
    if (is_row) rows.push_back(split(line.substr(1, line.size() - 2), '|'));
  }
  return rows;
}

bool is_test_name(const std::string& word) {
  const auto halves = split_once(word, '.');
  const auto is_name = [](std::string_view part) {
    return !part.empty() && part.front() >= 'A' && part.front() <= 'Z' &&
           part.find_first_of(" -/.\"") == part.npos;
  };
  return halves && is_name(halves->before) && is_name(halves->after);
}

std::string without_space(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

// Adds the tests that a macro such as "TEST(" declares in a text without space.
void add_tests(std::string_view macro, const std::string& text, std::set<std::string>& names) {
  for (std::size_t at = text.find(macro); at != text.npos; at = text.find(macro, at + 1)) {
    const std::size_t begin = at + macro.size();
    std::string name = text.substr(begin, text.find(')', begin) - begin);
    std::ranges::replace(name, ',', '.');
    names.insert(std::move(name));
  }
}

// Every test of the tree, as "Suite.Name".
std::set<std::string> all_tests() {
  std::set<std::string> names;
  for (const char* folder : {"src", "tests"}) {
    for (const auto& file : fs::recursive_directory_iterator(kRoot / folder)) {
      if (!file.path().string().ends_with("_test.cc")) continue;
      const std::string text = without_space(read_file(file.path().string()).value());
      for (const char* macro : {"TEST(", "TEST_F(", "TEST_P("}) add_tests(macro, text, names);
    }
  }
  return names;
}

TEST(CompatPage, HasTheSwitchesAsTheCodeHasThem) {
  const std::string written = page();
  const std::size_t begin = written.find(kBegin);
  const std::size_t end = written.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::string made =
      written.substr(0, begin + kBegin.size()) + switch_table() + written.substr(end);
  if (std::getenv("FESTINA_WRITE_DOCS") != nullptr)
    std::ofstream(page_path(), std::ios::binary) << made;
  EXPECT_TRUE(made == page()) << "run `make docs`";
}

TEST(CompatPage, HasAStatementForEverySwitch) {
  const std::string text = page();
  std::set<std::string> named;
  for (const auto& row : statements(text)) {
    ASSERT_EQ(row.size(), 4U) << row.front();
    for (const std::string& word : code_in(row[2])) named.insert(word);
    EXPECT_GT(row[2].size(), 2U) << "a switch, or why there is none: " << row.front();
  }
  for (const policy::Switch& each : policy::switches())
    EXPECT_TRUE(named.contains(std::string(each.name))) << each.name;
}

TEST(CompatPage, NamesTestsThatThereAre) {
  const std::set<std::string> tests = all_tests();
  const std::string text = page();
  std::size_t count = 0;
  for (const std::string& word : code_in(text)) {
    if (!is_test_name(word)) continue;
    ++count;
    EXPECT_TRUE(tests.contains(word)) << word;
  }
  EXPECT_GT(count, 40U);
}

TEST(CompatPage, NamesATestWhereItDoesNotSayNotYet) {
  const std::string text = page();
  for (const auto& row : statements(text)) {
    const bool is_to_come = row[2].find("yet") != std::string_view::npos ||
                            row[1].find("yet") != std::string_view::npos;
    const auto words = code_in(row[3]);
    EXPECT_TRUE(is_to_come || std::ranges::any_of(words, is_test_name)) << row.front();
  }
}

}  // namespace
}  // namespace festina::zone
