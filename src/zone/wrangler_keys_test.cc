#include "zone/wrangler_keys.h"

#include <cstdlib>
#include <set>

#include "zone/files.h"
#include "zone/wrangler.h"
#include "zone/wrangler_dir.h"

namespace festina::zone {
namespace {

using WranglerKeys = WranglerDir;

// Every key that is read, with every table inside, so that the reader asks for every key there is.
constexpr std::string_view kEverything = R"({
  "name": "api", "main": "a.js", "compatibility_date": "2026-01-01",
  "routes": [{ "pattern": "example.com/*" }],
  "vars": {}, "secrets": {}, "services": [{ "binding": "A", "service": "api" }],
  "version_metadata": { "binding": "V" }, "rules": [{ "type": "Text", "globs": [] }],
  "limits": {}
})";

std::set<std::string> read_keys() {
  std::set<std::string> keys;
  for (const WranglerKey& row : wrangler_keys()) {
    const bool is_inside = row.key.find('.') != std::string_view::npos;
    if (row.use == KeyUse::read || is_inside) keys.emplace(row.key);
  }
  keys.erase("env");  // asked for only when an environment is chosen
  return keys;
}

// Before the other keys are reported: then all of the table are known.
TEST_F(WranglerKeys, AreTheKeysTheReaderAsksFor) {
  write("a.js", "");
  const WranglerFile read = file(kEverything);
  const auto wrangler = read_wrangler(read, problems_);
  const std::vector<std::string> asked = read.of("name").asked();
  EXPECT_EQ(std::set<std::string>(asked.begin(), asked.end()), read_keys());
  EXPECT_EQ(problems(), Texts{});
}

TEST_F(WranglerKeys, AreNamedOnce) {
  std::set<std::string_view> names;
  for (const WranglerKey& row : wrangler_keys()) names.insert(row.key);
  EXPECT_EQ(names.size(), wrangler_keys().size());
}

TEST_F(WranglerKeys, AreFoundByName) {
  ASSERT_NE(find_wrangler_key("routes.pattern"), nullptr);
  EXPECT_EQ(find_wrangler_key("vars")->scope, KeyScope::own);
  EXPECT_EQ(find_wrangler_key("var"), nullptr);
}

TEST_F(WranglerKeys, AreThePageOfTheReference) {
  const auto page = std::filesystem::path(FESTINA_SOURCE_DIR) / "docs/reference/wrangler.md";
  if (std::getenv("FESTINA_WRITE_DOCS") != nullptr)
    std::ofstream(page, std::ios::binary) << wrangler_page();
  const Result<std::string> written = read_file(page.string());
  ASSERT_TRUE(written);
  EXPECT_TRUE(*written == wrangler_page()) << "run `make docs`";
}

}  // namespace
}  // namespace festina::zone
