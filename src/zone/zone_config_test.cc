#include "zone/zone_config.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

#include "zone/config_keys.h"

namespace festina::zone {
namespace {

using std::chrono::seconds;
using Texts = std::vector<std::string>;

class ZoneConfigTest : public testing::Test {
 protected:
  Zone read(std::string_view text) {
    const auto root = Table::parse(text, "a.toml", problems_);
    if (!root) return {};
    tables_ = root->tables("zones");
    return read_zone(tables_.at(0), std::filesystem::temp_directory_path().string()).zone;
  }
  // The problems of a good zone with these lines behind it; the first of them is line 4.
  Texts problems_with(std::string_view lines) {
    problems_.clear();
    read(
        "[[zones]]\nname = \"example.com\"\norigin = \"http://127.0.0.1:9000\"\n" +
        std::string(lines)
    );
    return problems();
  }
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_) texts.push_back(text_of(problem));
    return texts;
  }

  Problems problems_;
  std::vector<Table> tables_;
};

TEST_F(ZoneConfigTest, HasTheDefaultsOfTheProduct) {
  const Zone zone = read("[[zones]]\nname = \"Example.COM\"\norigin = \"http://127.0.0.1\"\n");
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(zone.name, "example.com");
  EXPECT_EQ(zone.id, id_of("example.com"));
  EXPECT_EQ(zone.origin.kind, OriginKind::http);
  ASSERT_EQ(zone.origin.servers.size(), 1U);
  EXPECT_EQ(zone.origin.servers[0].host, "127.0.0.1");
  EXPECT_EQ(zone.origin.servers[0].port, 80);
  EXPECT_EQ(zone.origin.timeouts.connect, seconds(10));
  EXPECT_EQ(zone.origin.timeouts.read, seconds(100));
  EXPECT_EQ(zone.rules.plan, rules::Plan::pro);
  EXPECT_EQ(zone.rules.profile, policy::Profile::cloudflare);
  EXPECT_EQ(zone.rules.compat, policy::Compat{});
  EXPECT_EQ(zone.rules.settings.cache_level, rules::CacheLevel::aggressive);
  EXPECT_EQ(zone.rules.settings.browser_cache_ttl, seconds(14400));
  EXPECT_FALSE(zone.rules.settings.development_mode.is_on);
  EXPECT_FALSE(zone.rules.settings.sort_query_string_for_cache);
  EXPECT_TRUE(zone.rules.settings.cache_status_header);
}

TEST_F(ZoneConfigTest, ReadsEveryKey) {
  const Zone zone = read(R"([[zones]]
name = "example.com"
id = "0123456789abcdef0123456789abcdef"
origin = "http://[::1]:9000"
origins = { "img.example.com" = "http://images:9001", "Files.example.com" = "file:/" }
timeouts = { connect = "250ms", read = "2m" }
plan = "free"
profile = "standard"
era = "2025"
compat = { swr_label = "STALE" }
origin_ca = ""
[zones.settings]
development_mode = "on"
cache_level = "basic"
browser_cache_ttl = 0
sort_query_string_for_cache = "on"
cache_status_header = "off"
always_online = "on"
edge_cache_ttl = 60
)");
  EXPECT_EQ(problems(), Texts{});
  EXPECT_EQ(zone.id, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(zone.origin.servers.at(0).host, "::1");
  EXPECT_EQ(zone.origin.text, "http://[::1]:9000");
  ASSERT_EQ(zone.origins.size(), 2U);
  EXPECT_EQ(zone.origin_for("img.example.com").servers.at(0).host, "images");
  EXPECT_EQ(zone.origin_for("img.example.com").servers.at(0).port, 9001);
  EXPECT_EQ(zone.origin_for("img.example.com").timeouts.read, seconds(120));
  EXPECT_EQ(zone.origin_for("files.example.com").kind, OriginKind::files);
  EXPECT_EQ(zone.origin_for("files.example.com").directory, "/");
  EXPECT_EQ(zone.origin.timeouts.connect, std::chrono::milliseconds(250));
  EXPECT_EQ(zone.rules.plan, rules::Plan::free);
  EXPECT_EQ(zone.rules.compat.era, policy::Era::of_2025);
  EXPECT_EQ(zone.rules.compat.swr_label, policy::SwrLabel::stale);
  EXPECT_EQ(zone.rules.settings.cache_level, rules::CacheLevel::basic);
  EXPECT_EQ(zone.rules.settings.browser_cache_ttl, seconds(0));
  EXPECT_TRUE(zone.rules.settings.development_mode.is_on);
  EXPECT_TRUE(zone.rules.settings.always_online);
  EXPECT_EQ(zone.rules.settings.edge_cache_ttl, seconds(60));
  EXPECT_TRUE(zone.rules.settings.sort_query_string_for_cache);
  EXPECT_FALSE(zone.rules.settings.cache_status_header);
}

TEST_F(ZoneConfigTest, NeedsNameAndOrigin) {
  read("[[zones]]\nplan = \"pro\"\n");
  EXPECT_EQ(
      problems(),
      (Texts{
          "a.toml:1:1: the zone has no name - add name = \"example.com\"",
          "a.toml:1:1: the zone has no origin - add origin = \"http://127.0.0.1:9000\"",
      })
  );
}

TEST_F(ZoneConfigTest, HasTheDefaultsThatItsPageShows) {
  for (const rules::SettingRow& row : rules::setting_rows()) {
    const ConfigKey* key = find_config_key("zones.settings." + std::string(row.id));
    ASSERT_NE(key, nullptr) << row.id;
    const json::Value value = row.value(rules::Settings{});
    EXPECT_EQ(value.is_null() ? "" : json::to_text(value), key->otherwise) << row.id;
  }
}

TEST_F(ZoneConfigTest, NamesEveryFault) {
  const struct {
    std::string_view lines;
    std::string_view problem;
  } cases[] = {
      {"id = \"1\"",
       "a.toml:4:6: \"1\" is no zone id - write 32 lower-case hexadecimal digits, or remove it"},
      {"plan = \"busines\"",
       "a.toml:4:8: \"busines\" is no value of plan - did you mean \"business\"?"},
      {"profile = \"standart\"",
       "a.toml:4:11: \"standart\" is no value of profile - did you mean \"standard\"?"},
      {"era = \"2020\"", "a.toml:4:7: \"2020\" is no value of era - did you mean \"2025\"?"},
      {"compat = { purge_reaches_workers_cache = true }",
       "a.toml:4:42: purge_reaches_workers_cache is not supported yet - remove it"},
      {"[[zones.cache_rules]]\nexpression = \"true\"",
       "a.toml:4:1: action parameters are required for the set_cache_settings action"},
      {"[[zones.cache_rules]]\nexpression = \"true\"\naction_parameters = { cache = 1 }",
       "a.toml:6:31: cache must be true or false"},
      {"[[zones.page_rules]]\ntargets = 1\nactions = [{ id = \"always_online\", value = \"on\" }]",
       "a.toml:5:11: must be a list"},
      {"[zones.settings]\ncache_level = \"bypass\"",
       "a.toml:5:15: \"bypass\" is no value of cache_level - write \"aggressive\", \"basic\" or "
       "\"simplified\""},
      {"[zones.settings]\ndevelopment_mode = true",
       "a.toml:5:20: expected a string, found a boolean"},
      {"[zones.settings]\nbrowser_cache_ttl = 90",
       "a.toml:5:21: 90 is no value of browser_cache_ttl - write 60 or 120"},
      {"[zones.settings]\nbrowser_cache_ttl = -1",
       "a.toml:5:21: -1 is no value of browser_cache_ttl - write 0"},
      {"[zones.settings]\nbrowser_cache_ttl = 31536001",
       "a.toml:5:21: 31536001 is no value of browser_cache_ttl - write 31536000"},
      {"[zones.settings]\nresponse_buffering = \"on\"",
       "a.toml:5:22: response_buffering \"on\" is not supported yet - remove it"},
      {"[zones.settings]\nedge_cache_ttl = 0",
       "a.toml:5:18: 0 is no value of edge_cache_ttl - write 30"},
      {"[zones.settings]\ncache_levl = \"basic\"",
       "a.toml:5:1: unknown key \"cache_levl\" - did you mean \"cache_level\"?"},
      {"orgin = \"http://a\"", "a.toml:4:1: unknown key \"orgin\" - did you mean \"origin\"?"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(problems_with(c.lines), Texts{std::string(c.problem)}) << c.lines;
}

TEST_F(ZoneConfigTest, TakesHostNamesAsZones) {
  const std::string label(63, 'a');
  const struct {
    std::string name;
    bool ok;
  } cases[] = {
      {"example.com", true},
      {"localhost", true},
      {"site.localhost", true},
      {"127.0.0.1", true},
      {"xn--bcher-kva.example", true},
      {"my_host.test", true},
      {label + ".com", true},
      {label + "a.com", false},
      {label + "." + label + "." + label + "." + std::string(61, 'a'), true},
      {label + "." + label + "." + label + "." + std::string(62, 'a'), false},
      {"", false},
      {".com", false},
      {"example.com.", false},
      {"-a.com", false},
      {"*.example.com", false},
      {"example.com:80", false},
      {"http://example.com", false},
  };
  for (const auto& c : cases) {
    problems_.clear();
    read("[[zones]]\nname = \"" + c.name + "\"\norigin = \"http://a\"\n");
    const std::string problem =
        "a.toml:2:8: \"" + c.name + "\" is no host name - write it like \"example.com\"";
    EXPECT_EQ(problems(), c.ok ? Texts{} : Texts{problem});
  }
}

}  // namespace
}  // namespace festina::zone
