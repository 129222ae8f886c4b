#include "workers/compat_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace festina::workers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Flags = std::vector<std::string>;

CompatFlag dated(const char* enable, const char* disable, const char* date) {
  CompatFlag flag;
  flag.enable = enable;
  flag.disable = disable;
  flag.default_date = date;
  return flag;
}

CompatTable table() {
  CompatFlag implied = dated("als", "no_als", "");
  implied.implied_by = {"compat"};
  implied.implied_date = "2026-08-04";
  CompatFlag always = dated("old", "", "");
  always.is_always_on = true;
  return {
      .flags =
          {dated("late", "no_late", "2025-06-01"),
           dated("early", "no_early", "2025-04-02"),
           dated("for_good", "", "2025-05-01"),
           dated("compat", "no_compat", ""),
           implied,
           always},
      .newest_date = "2026-11-24"
  };
}

// "+early keep no_early", in order.
std::vector<std::string> changes(std::string_view from, std::string_view to, const Flags& flags) {
  std::vector<std::string> texts;
  for (const CompatChange& change : compat_changes(table(), from, to, flags)) {
    texts.push_back(
        change.date + (change.turns_on ? " +" : " -") + change.flag + " keep " + change.keeps
    );
  }
  return texts;
}

TEST(CompatChanges, AreTheFlagsBetweenTwoDates) {  // reference §9.2
  EXPECT_THAT(
      changes("2025-04-01", "2025-06-01", {}),
      ElementsAre(
          "2025-04-02 +early keep no_early",
          "2025-05-01 +for_good keep ",
          "2025-06-01 +late keep no_late"
      )
  );
  EXPECT_THAT(changes("2025-04-02", "2025-04-30", {}), IsEmpty()) << "both ends are dates it is on";
  EXPECT_THAT(changes("2025-04-01", "2025-04-01", {}), IsEmpty());
}

TEST(CompatChanges, GoBackToo) {
  EXPECT_THAT(
      changes("2025-05-01", "2025-04-01", {}),
      ElementsAre("2025-04-02 -early keep early", "2025-05-01 -for_good keep for_good")
  );
}

TEST(CompatChanges, LeaveOutWhatTheScriptSettles) {
  EXPECT_THAT(changes("2025-04-01", "2025-04-02", {"early"}), IsEmpty());
  EXPECT_THAT(changes("2025-04-01", "2025-04-02", {"no_early"}), IsEmpty());
}

TEST(CompatChanges, KnowWhatAnotherFlagImplies) {
  EXPECT_THAT(
      changes("2026-08-03", "2026-08-04", {"compat"}), ElementsAre("2026-08-04 +als keep no_als")
  );
  EXPECT_THAT(changes("2026-08-03", "2026-08-04", {}), IsEmpty());
}

TEST(MeaningForCache, KnowsTheThreeSwitches) {  // reference §9.2
  for (const std::string_view flag :
       {"request_cf_overrides_cache_rules",
        "cache_api_compat_flags",
        "cache_api_request_cf_overrides_cache_rules"}) {
    EXPECT_NE(meaning_for_cache(flag), "") << flag;
  }
  EXPECT_EQ(meaning_for_cache("nodejs_compat"), "");
}

}  // namespace
}  // namespace festina::workers
