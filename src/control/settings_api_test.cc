#include "control/settings_api.h"

#include "control/api_fixture.h"

namespace festina::control {
namespace {

class SettingsApi : public ApiTest {
 protected:
  std::string at(const std::string& rest = "") const {
    return "/client/v4/zones/" + zone().id + "/settings" + rest;
  }
  const zone::Zone& zone() const { return *snapshots.get()->zones.all().front(); }
  Got set(const std::string& id, const std::string& value) {
    return call("PATCH", at("/" + id), "{\"value\":" + value + "}");
  }
  json::Value shown(const std::string& id) { return call("GET", at("/" + id)).body.at("result"); }
};

TEST_F(SettingsApi, ListsAllWithTheirDefaults) {
  const Got got = call("GET", at());
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body.at("result").as_array().size(), rules::setting_rows().size());
  const json::Value level = shown("cache_level");
  EXPECT_EQ(level.at("value"), "aggressive");
  EXPECT_EQ(level.at("editable"), true);
  EXPECT_TRUE(level.at("modified_on").is_null());
}

TEST_F(SettingsApi, SetsOne) {
  const Got got = set("browser_cache_ttl", "1800");
  EXPECT_EQ(got.status, 200) << got.text;
  EXPECT_EQ(got.body.at("result").at("value"), 1800);
  EXPECT_TRUE(got.body.at("result").at("modified_on").is_string());
  EXPECT_EQ(zone().rules.settings.browser_cache_ttl, std::chrono::seconds(1800));
  EXPECT_EQ(shown("browser_cache_ttl"), got.body.at("result"));
}

TEST_F(SettingsApi, SetsSeveralOrNone) {
  const std::string good =
      R"({"items":[{"id":"always_online","value":"on"},{"id":"cache_level","value":"basic"}]})";
  EXPECT_EQ(call("PATCH", at(), good).status, 200);
  EXPECT_TRUE(zone().rules.settings.always_online);
  EXPECT_EQ(log->head(), 1U) << "one change for one call";

  const std::string half =
      R"({"items":[{"id":"always_online","value":"off"},{"id":"cache_level","value":"none"}]})";
  EXPECT_EQ(call("PATCH", at(), half).status, 400);
  EXPECT_TRUE(zone().rules.settings.always_online);
}

TEST_F(SettingsApi, DevelopmentModeEndsByItself) {  // reference §8.4
  EXPECT_EQ(shown("development_mode").at("time_remaining"), 0);
  const Got on = set("development_mode", "\"on\"");
  EXPECT_EQ(on.body.at("result").at("value"), "on");
  clock.advance(std::chrono::seconds(10'000));
  EXPECT_LE(shown("development_mode").at("time_remaining").as_int64(), 800);
  EXPECT_EQ(shown("development_mode").at("value"), "on");
  clock.advance(std::chrono::seconds(800));
  EXPECT_EQ(shown("development_mode").at("value"), "off");
  const json::Value zone_now = call("GET", "/client/v4/zones/" + zone().id).body.at("result");
  EXPECT_LE(zone_now.at("development_mode").as_int64(), 0) << "since it ended";
}

TEST_F(SettingsApi, SaysWhatIsWrong) {
  const struct {
    std::string_view method;
    std::string where;
    std::string body;
    int status;
    int code;
  } cases[] = {
      {"GET", "/colour", "", 404, 1003},
      {"PATCH", "/colour", R"({"value":"on"})", 400, 1003},
      {"PATCH", "/cache_level", R"({"value":"bypass"})", 400, 1007},
      {"PATCH", "/browser_cache_ttl", R"({"value":61})", 400, 1007},
      {"PATCH", "/browser_cache_ttl", R"({"value":"60"})", 400, 1007},
      {"PATCH", "/cache_level", "{}", 400, 6007},
      {"PATCH", "/cache_level", "nothing", 400, 6007},
      {"PATCH", "", R"({"items":{}})", 400, 6007},
      {"PATCH", "", R"({"items":[{"id":"cache_level"}]})", 400, 6007},
      {"PATCH", "/origin_error_page_pass_thru", R"({"value":"on"})", 403, 1006},
      {"DELETE", "/cache_level", "", 405, 7001},
      {"GET", "/cache_level/value", "", 404, 7003},
  };
  for (const auto& c : cases) {
    const Got got = call(c.method, at(c.where), c.body);
    EXPECT_EQ(got.status, c.status) << c.where << c.body << got.text;
    EXPECT_EQ(code(got), c.code) << c.where << c.body << got.text;
  }
  EXPECT_EQ(log->head(), 0U) << "nothing has changed";
  const json::Value error = set("cache_level", "\"bypass\"").body.at("errors").at(0);
  EXPECT_EQ(error.at("message"), "Invalid value for zone setting cache_level");
  EXPECT_EQ(error.at("source").at("pointer"), "/value");
}

TEST_F(SettingsApi, OnlyShowsWhatTheFileDefines) {  // house.md §7
  auto filed = std::make_shared<zone::Zone>(zone());
  filed->filed[zone::setting_part("always_online")] = R"({"value":"off"})";
  zones.use(std::make_shared<const zone::Snapshot>(
      zone::Snapshot{.zones = zone::ZoneTable({std::move(filed)})}
  ));
  EXPECT_EQ(shown("always_online").at("editable"), false);
  const Got got = set("always_online", "\"on\"");
  EXPECT_EQ(got.status, 403);
  EXPECT_NE(got.text.find("configuration file"), std::string::npos) << got.text;
  EXPECT_FALSE(zone().rules.settings.always_online);
}

}  // namespace
}  // namespace festina::control
