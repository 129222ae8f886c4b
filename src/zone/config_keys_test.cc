#include "zone/config_keys.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>

#include "zone/config.h"
#include "zone/files.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

// Every section and table there is, so that the reader asks for every key there is.
constexpr std::string_view kEverySection = R"([control]
tls = {}
[state]
[log]
[cache]
[workers]
[network]
[testing]
[[colos]]
tls = {}
[[zones]]
timeouts = {}
health = {}
settings = {}
compat = {}
[[scripts]]
)";

// The names of the keys the reader asks for, of tables in the form that the table uses.
std::set<std::string> asked_keys() {
  Problems problems;
  const auto root = Table::parse(kEverySection, "a.toml", problems);
  if (!root) return {};
  read_config(*root, "a.toml", problems);
  std::set<std::string> keys;
  for (const std::string& name : root->asked()) {
    if (name.find('.') == std::string::npos) continue;  // a section
    const std::size_t tls = name.find(".tls.");
    keys.insert(tls == std::string::npos ? name : name.substr(tls + 1));
  }
  return keys;
}

std::set<std::string> table_keys() {
  std::set<std::string> keys;
  for (const ConfigKey& key : config_keys())
    keys.insert(std::string(key.section) + "." + std::string(key.key));
  return keys;
}

TEST(ConfigKeys, AreTheKeysTheReaderAsksFor) { EXPECT_EQ(asked_keys(), table_keys()); }

TEST(ConfigKeys, AreNamedOnce) { EXPECT_EQ(table_keys().size(), config_keys().size()); }

TEST(ConfigKeys, AreFoundByTheWayToThem) {
  ASSERT_NE(find_config_key("zones.settings.cache_level"), nullptr);
  EXPECT_EQ(find_config_key("zones.settings.cache_level")->key, "cache_level");
  EXPECT_EQ(find_config_key("colos.tls.key"), find_config_key("control.tls.key"));
  EXPECT_EQ(find_config_key("zones.cache_level"), nullptr);
  EXPECT_EQ(find_config_key("zones"), nullptr);
}

TEST(ConfigKeys, GiveTheirDefaults) {
  EXPECT_EQ(default_of("state.dir"), ".festina") << "a string without its quotes";
  EXPECT_EQ(default_of("log.access"), "");
  EXPECT_EQ(default_of("zones.settings.browser_cache_ttl"), "14400") << "anything else as TOML";
}

// Every default in its place gives the configuration of an empty file.
TEST(ConfigKeys, HaveDefaultsThatTheReaderAccepts) {
  for (const ConfigKey& key : config_keys()) {
    if (key.otherwise.empty()) continue;
    const bool is_list =
        key.section == "colos" || key.section == "zones" || key.section == "scripts";
    std::string text =
        is_list ? "[[" + std::string(key.section) + "]]\n" : "[" + std::string(key.section) + "]\n";
    if (key.section.starts_with("zones.")) text.insert(0, "[[zones]]\n");
    text += std::string(key.key) + " = " + std::string(key.otherwise) + "\n";
    Problems problems;
    const auto root = Table::parse(text, "a.toml", problems);
    if (!root) FAIL() << text;
    const Place place{"a.toml", key.section.starts_with("zones.") ? 3U : 2U};
    read_config(*root, "a.toml", problems);
    const auto is_here = [&](const Problem& problem) { return problem.place.line == place.line; };
    EXPECT_TRUE(std::ranges::none_of(problems, is_here)) << text;
  }
}

TEST(ConfigKeys, AreThePageOfTheReference) {
  const fs::path page = fs::path(FESTINA_SOURCE_DIR) / "docs/reference/configuration.md";
  if (std::getenv("FESTINA_WRITE_DOCS") != nullptr)
    std::ofstream(page, std::ios::binary) << configuration_page();
  const Result<std::string> written = read_file(page.string());
  ASSERT_TRUE(written);
  EXPECT_TRUE(*written == configuration_page()) << "run `make docs`";
}

}  // namespace
}  // namespace festina::zone
