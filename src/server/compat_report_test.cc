#include "server/compat_report.h"

#include <gtest/gtest.h>

namespace festina::server {
namespace {

workers::CompatFlag dated(const char* enable, const char* disable, const char* date) {
  workers::CompatFlag flag;
  flag.enable = enable;
  flag.disable = disable;
  flag.default_date = date;
  return flag;
}
zone::Script script(const char* name, const char* date, std::vector<std::string> flags) {
  zone::Script script;
  script.name = name;
  script.configuration_file = std::string(name) + "/wrangler.toml";
  script.compatibility_date = date;
  script.compatibility_flags = std::move(flags);
  return script;
}
Checked checked(std::vector<zone::Script> scripts) {
  Checked checked;
  checked.config.scripts = std::move(scripts);
  checked.fleet.runtime.table = {
      .flags =
          {dated("cache_option_enabled", "cache_option_disabled", "2024-11-11"),
           dated("plain", "", "2025-01-01")},
      .newest_date = "2026-11-24"
  };
  return checked;
}
constexpr std::string_view kToday = "2026-11-22";

std::string text(const Checked& checked, std::string_view date, Colour colour = Colour::off) {
  return compat_text(compat_report(checked, date, kToday), date, colour);
}

TEST(CompatReport, HasALineForEachFlagOfEachScript) {
  EXPECT_EQ(
      text(
          checked({script("api", "2024-01-01", {}), script("shop", "2025-01-01", {})}), "2025-06-01"
      ),
      "api (api/wrangler.toml): 2024-01-01 to 2025-06-01, 2 flags change\n"
      "  2024-11-11  on   cache_option_enabled  keep: cache_option_disabled  fetch() and Request "
      "take cache: \"no-store\" instead of throwing\n"
      "  2025-01-01  on   plain                 no flag keeps it\n"
      "\n"
      "shop (shop/wrangler.toml): 2025-01-01 to 2025-06-01, nothing changes\n"
  );
}

TEST(CompatReport, TellsWhatGoesOffAtAnEarlierDate) {
  EXPECT_EQ(
      text(checked({script("api", "2024-12-01", {})}), "2024-01-01"),
      "api (api/wrangler.toml): 2024-12-01 to 2024-01-01, 1 flag changes\n"
      "  2024-11-11  off  cache_option_enabled  keep: cache_option_enabled  no longer: fetch() and "
      "Request take cache: \"no-store\" instead of throwing\n"
  );
}

TEST(CompatReport, SaysWhatWouldBeSaidOfDateAndFlags) {  // reference §9.4
  const Checked all = checked({script("api", "2024-01-01", {"cache_option_enabled"})});
  EXPECT_EQ(
      text(all, "2024-11-11"),
      "api (api/wrangler.toml): 2024-01-01 to 2024-11-11, nothing changes\n"
      "  warning: The compatibility flag cache_option_enabled became the default as of 2024-11-11 "
      "so does not need to be specified anymore. - remove it\n"
  );
  EXPECT_EQ(
      text(checked({script("api", "2026-11-22", {})}), "2026-11-23"),
      "api (api/wrangler.toml): 2026-11-22 to 2026-11-23, nothing changes\n"
      "  refused: Can't set compatibility date in the future: \"2026-11-23\". Today's date (UTC) "
      "is "
      "\"2026-11-22\". - use a date up to today\n"
  );
}

TEST(CompatReport, IsAsStrictAsTheEra) {
  Checked all = checked({script("api", "2024-01-01", {"cache_option_enabled"})});
  all.config.workers.era = policy::Era::of_2025;
  const auto report = compat_report(all, "2024-11-11", kToday);
  ASSERT_EQ(report.front().messages.size(), 1U);
  EXPECT_FALSE(report.front().messages.front().only_warning) << "code 10021";
}

TEST(CompatReport, HasColourOnlyWhereItIsWanted) {
  const Checked all = checked({script("api", "2024-01-01", {})});
  EXPECT_EQ(text(all, "2025-06-01").find('\x1b'), std::string::npos);
  const std::string coloured = text(all, "2025-06-01", Colour::on);
  EXPECT_NE(coloured.find("\x1b[1mapi\x1b[0m"), std::string::npos);
  EXPECT_NE(coloured.find("\x1b[1mcache_option_enabled  \x1b[0m"), std::string::npos);
}

TEST(CompatReport, IsJsonToo) {
  const auto report = compat_report(
      checked({script("api", "2024-01-01", {"cache_option_enabled"})}), "2025-06-01", kToday
  );
  EXPECT_EQ(
      json::to_text(compat_json(report, "2025-06-01")),
      R"({"date":"2025-06-01","scripts":[{"script":"api","file":"api/wrangler.toml",)"
      R"("compatibility_date":"2024-01-01","changes":[{"flag":"plain","date":"2025-01-01",)"
      R"("turns":"on","keep":"","meaning":""}],"messages":[{"message":"The compatibility flag )"
      R"(cache_option_enabled became the default as of 2024-11-11 so does not need to be specified )"
      R"(anymore.","suggestion":"remove it","refused":false}]}]})"
  );
}

TEST(CompatReport, OfNoScriptsSaysSo) {
  EXPECT_EQ(
      text(checked({}), "2025-06-01"), "there is no script that a compatibility date could change\n"
  );
}

}  // namespace
}  // namespace festina::server
