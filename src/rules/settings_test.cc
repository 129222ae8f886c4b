#include "rules/settings.h"

#include <gtest/gtest.h>

#include "rules/reading.h"

namespace festina::rules {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow{1'790'000'000s};

TEST(Settings, HaveTheDefaultsOfTheApi) {  // reference §8.4
  const struct {
    const char* id;
    json::Value value;
  } cases[] = {
      {"cache_level", "aggressive"},
      {"browser_cache_ttl", 14400},
      {"edge_cache_ttl", nullptr},
      {"development_mode", "off"},
      {"always_online", "off"},
      {"sort_query_string_for_cache", "off"},
      {"origin_error_page_pass_thru", "off"},
      {"cache_status_header", "on"},
  };
  ASSERT_EQ(setting_rows().size(), std::size(cases));
  for (const auto& c : cases) {
    ASSERT_NE(find_setting(c.id), nullptr) << c.id;
    EXPECT_EQ(find_setting(c.id)->value(Settings{}), c.value) << c.id;
  }
}

TEST(Settings, TakeEveryValueTheyAllowAndGiveItBack) {
  for (const SettingRow& row : setting_rows()) {
    std::vector<json::Value> values(row.numbers.begin(), row.numbers.end());
    for (const std::string_view word : row.words) values.push_back(to_json(word));
    ASSERT_GT(values.size(), 1U) << row.id;
    for (const json::Value& value : values) {
      Settings settings;
      EXPECT_EQ(set_setting(settings, row.id, value, kNow), std::nullopt) << row.id;
      EXPECT_EQ(row.value(settings), value) << row.id;
    }
  }
}

TEST(Settings, ChangeNothingByABadValue) {  // api-v4.md §7
  const struct {
    const char* id;
    json::Value value;
  } cases[] = {
      {"cache_level", "bypass"},
      {"cache_level", "cache_everything"},
      {"cache_level", 1},
      {"browser_cache_ttl", 90},
      {"browser_cache_ttl", -1},
      {"browser_cache_ttl", 31536001},
      {"browser_cache_ttl", "14400"},
      {"edge_cache_ttl", 0},
      {"edge_cache_ttl", 604801},
      {"development_mode", true},
      {"always_online", "On"},
      {"sort_query_string_for_cache", nullptr},
  };
  for (const auto& c : cases) {
    Settings settings;
    const auto fault = set_setting(settings, c.id, c.value, kNow);
    if (!fault) FAIL() << c.id;
    EXPECT_EQ(fault->code, FaultCode::setting);
    EXPECT_EQ(fault->pointer, "/value");
    EXPECT_EQ(fault->message, "Invalid value for zone setting " + std::string(c.id));
    EXPECT_EQ(settings, Settings{});
  }
}

TEST(Settings, KnowNoOthers) {
  Settings settings;
  const auto fault = set_setting(settings, "cache_levl", "basic", kNow);
  if (!fault) FAIL();
  EXPECT_EQ(fault->code, FaultCode::unknown_setting);
  EXPECT_EQ(fault->message, "Unknown zone setting cache_levl");
}

TEST(DevelopmentMode, EndsByItselfAfterThreeHours) {  // reference §8.4
  Settings settings;
  EXPECT_EQ(time_remaining(settings.development_mode, kNow), std::nullopt) << "never was on";
  set_setting(settings, "development_mode", "on", kNow);
  const struct {
    std::chrono::milliseconds later;
    bool on;
    std::chrono::seconds remaining;
  } cases[] = {
      {0s, true, 10800s},
      {1ms, true, 10800s},
      {10799'999ms, true, 1s},
      {10800s, false, 0s},
      {10860s, false, -60s},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(is_on(settings.development_mode, kNow + c.later), c.on);
    EXPECT_EQ(time_remaining(settings.development_mode, kNow + c.later), c.remaining);
  }
}

TEST(DevelopmentMode, BeginsAnewWhenItIsTurnedOnAgain) {
  Settings settings;
  set_setting(settings, "development_mode", "on", kNow);
  set_setting(settings, "development_mode", "on", kNow + 2h);
  EXPECT_TRUE(is_on(settings.development_mode, kNow + 4h));
}

TEST(DevelopmentMode, CountsFromWhenItWasTurnedOff) {
  Settings settings;
  set_setting(settings, "development_mode", "on", kNow);
  set_setting(settings, "development_mode", "off", kNow + 1h);
  EXPECT_FALSE(is_on(settings.development_mode, kNow + 1h));
  EXPECT_EQ(time_remaining(settings.development_mode, kNow + 1h + 5s), -5s);
  set_setting(settings, "development_mode", "off", kNow + 2h);
  EXPECT_EQ(time_remaining(settings.development_mode, kNow + 1h + 5s), -5s) << "was off already";
}

TEST(DevelopmentMode, LastsAsLongAsTheFileSaysSo) {
  Settings settings;
  set_setting(settings, "development_mode", "on", std::nullopt);
  EXPECT_TRUE(is_on(settings.development_mode, kNow + 24h * 365));
  EXPECT_EQ(time_remaining(settings.development_mode, kNow), std::nullopt);
}

}  // namespace
}  // namespace festina::rules
