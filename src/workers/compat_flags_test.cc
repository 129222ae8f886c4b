#include "workers/compat_flags.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using policy::RedundantFlags;
using Flags = std::vector<std::string>;

CompatFlag dated(const char* enable, const char* disable, const char* date) {
  CompatFlag flag;
  flag.enable = enable;
  flag.disable = disable;
  flag.default_date = date;
  return flag;
}
CompatFlag implied(const char* enable, const char* disable, const char* by, const char* date) {
  CompatFlag flag = dated(enable, disable, "");
  flag.implied_by = {by};
  flag.implied_date = date;
  return flag;
}
CompatFlag always_on(const char* enable) {
  CompatFlag flag = dated(enable, "", "");
  flag.is_always_on = true;
  return flag;
}
CompatFlag experimental(const char* enable) {
  CompatFlag flag = dated(enable, "", "");
  flag.experimental = true;
  return flag;
}

const CompatTable& table() {
  static const CompatTable kTable{
      .flags =
          {dated("url_standard", "url_original", "2022-10-31"),
           implied("als", "no_als", "compat", "2026-08-04"),
           dated("compat", "no_compat", ""),
           always_on("old"),
           experimental("trial")},
      .newest_date = "2026-11-24"
  };
  return kTable;
}

TEST(CheckCompat, SaysWhatWorkerdSays) {
  struct Case {
    std::string_view date;
    Flags flags;
    std::string_view message;  // empty: nothing is wrong
  };
  const Case cases[] = {
      {"2025-01-01", {"url_original", "compat"}, ""},
      {"2021-01-01", {"url_standard"}, ""},
      {"", {}, "Worker must specify compatibilityDate."},
      {"2026-1-1", {}, "Invalid compatibility date: 2026-1-1"},
      {"2026-02-30", {}, "Invalid compatibility date: 2026-02-30"},
      {"2026-11-24",
       {},
       "Can't set compatibility date in the future: \"2026-11-24\". Today's date (UTC) is "
       "\"2026-11-21\"."},
      {"2026-11-25",
       {},
       "This Worker requires compatibility date \"2026-11-25\", but the newest date supported by "
       "this server binary is "
       "\"2026-11-24\"."},
      {"2025-01-01", {"nope"}, "No such compatibility flag: nope"},
      {"2025-01-01", {"compat", "compat"}, "Compatibility flag specified multiple times: compat"},
      {"2021-01-01",
       {"url_standard", "url_original"},
       "Compatibility flags are mutually contradictory: url_standard vs url_original"},
      {"2025-01-01",
       {"trial"},
       "The compatibility flag trial is experimental and may break or be removed in a future "
       "version of workerd. To use "
       "this flag, you must pass --experimental on the command line."},
      {"2025-01-01",
       {"url_standard"},
       "The compatibility flag url_standard became the default as of 2022-10-31 so does not need "
       "to be specified anymore."},
      {"2025-01-01",
       {"old"},
       "The compatibility flag old is the default, so does not need to be specified anymore."},
  };
  for (const Case& c : cases) {
    const auto problems =
        check_compat(table(), c.date, c.flags, "2026-11-21", RedundantFlags::warn);
    const std::string message = problems.empty() ? "" : problems.front().message;
    EXPECT_EQ(message, c.message);
    EXPECT_LE(problems.size(), 1U) << c.message;
  }
}

TEST(CheckCompat, WarnsOfFlagsThatChangeNothingOrRefusesThem) {  // reference §9.4
  struct Case {
    std::string_view date;
    const char* flag;
    std::string_view message;  // empty: nothing is wrong
  };
  const Case cases[] = {
      {"2022-10-31",
       "url_standard",
       "The compatibility flag url_standard became the default as of 2022-10-31 so does not need "
       "to be specified anymore."},
      {"2018-01-01",
       "old",
       "The compatibility flag old is the default, so does not need to be specified anymore."},
      {"2022-10-30", "url_standard", ""},
      {"2022-10-30", "url_original", ""},  // redundant, but to switch off what is off always passes
      {"2026-11-21", "als", ""},           // on only where another flag implies it
  };
  for (const Case& c : cases) {
    const auto warned = check_compat(table(), c.date, {c.flag}, "2026-11-21", RedundantFlags::warn);
    const auto refused =
        check_compat(table(), c.date, {c.flag}, "2026-11-21", RedundantFlags::refuse);
    ASSERT_EQ(warned.size(), c.message.empty() ? 0U : 1U) << c.flag;
    ASSERT_EQ(refused.size(), warned.size()) << c.flag;
    if (c.message.empty()) continue;
    EXPECT_EQ(warned[0].message, c.message);
    EXPECT_TRUE(warned[0].only_warning) << c.flag;
    EXPECT_EQ(refused[0].message, std::string(c.message) + " [code: 10021]");
    EXPECT_FALSE(refused[0].only_warning) << c.flag;
  }
}

TEST(CheckCompat, SuggestsTheFlagThatWasMeant) {
  const auto problems =
      check_compat(table(), "2025-01-01", {"url_standart"}, "2026-11-21", RedundantFlags::warn);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].suggestion, "did you mean \"url_standard\"?");
}

TEST(IsOn, FollowsFlagsThenDatesThenWhatImplies) {
  struct Case {
    std::string_view flag;
    std::string_view date;
    Flags flags;
    bool on;
    const char* why;
  };
  const Case cases[] = {
      {"url_standard", "2022-10-31", {}, true, "from its date on"},
      {"url_standard", "2022-10-30", {}, false, "not before"},
      {"url_standard", "2022-10-30", {"url_standard"}, true, "given"},
      {"url_standard", "2025-01-01", {"url_original"}, false, "switched off"},
      {"compat", "2026-11-21", {}, false, "no date"},
      {"als", "2026-08-04", {"compat"}, true, "implied"},
      {"als", "2026-08-03", {"compat"}, false, "implied later"},
      {"als", "2026-08-04", {}, false, "what implies it is off"},
      {"als", "2026-08-04", {"compat", "no_als"}, false, "implied, but switched off"},
      {"old", "2018-01-01", {}, true, "for every date"},
      {"nope", "2026-01-01", {"nope"}, false, "no such flag"},
  };
  for (const Case& c : cases)
    EXPECT_EQ(is_on(table(), c.flag, c.date, c.flags), c.on) << c.flag << ": " << c.why;
}

}  // namespace
}  // namespace festina::workers
