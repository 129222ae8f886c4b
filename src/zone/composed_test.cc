#include "zone/composed.h"

#include <gtest/gtest.h>

namespace festina::zone {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Composed, TakesTheSettingsThatWereSet) {
  const Parts parts{
      {"settings/browser_cache_ttl", {R"({"value":1800,"modified_on":5})", 1}},
      {"settings/development_mode", {R"({"value":"on","modified_on":7000})", 2}}
  };
  const Composed made = composed(Zone(), parts);
  EXPECT_TRUE(made.unreadable.empty());
  const rules::Settings& settings = made.zone.rules.settings;
  EXPECT_EQ(settings.browser_cache_ttl, seconds(1800));
  EXPECT_EQ(
      settings.development_mode, (rules::DevelopmentMode{true, TimePoint(milliseconds(7000))})
  );
}

TEST(Composed, LeavesToTheFileWhatItDefines) {
  Zone filed;
  filed.filed[setting_part("browser_cache_ttl")] = R"({"value":60})";
  filed.rules.settings.browser_cache_ttl = seconds(60);
  const Parts parts{{"settings/browser_cache_ttl", {R"({"value":1800,"modified_on":5})", 1}}};
  const Composed made = composed(filed, parts);
  EXPECT_EQ(made.zone.rules.settings.browser_cache_ttl, seconds(60));
  EXPECT_TRUE(made.unreadable.empty());
}

TEST(Composed, PassesOverWhatItCannotRead) {
  for (const auto& [name, body] : {
           std::pair{"settings/always_online", "{"},
           {"settings/always_online", "{}"},
           {"settings/always_online", R"({"value":"on"})"},
           {"settings/always_online", R"({"value":"perhaps","modified_on":1})"},
           {"settings/colour", R"({"value":"on","modified_on":1})"},
           {"weather", "{}"},
       }) {
    const Composed made = composed(Zone(), Parts{{name, {body, 1}}});
    EXPECT_EQ(made.unreadable, std::vector<std::string>{name}) << body;
    EXPECT_EQ(made.zone.rules.settings, rules::Settings()) << body;
  }
}

}  // namespace
}  // namespace festina::zone
