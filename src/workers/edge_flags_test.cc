#include "workers/edge_flags.h"

#include <gtest/gtest.h>

namespace festina::workers {
namespace {

CompatFlag flag(const char* enable, const char* disable, const char* date) {
  CompatFlag made;
  made.enable = enable;
  made.disable = disable;
  made.default_date = date;
  return made;
}

CompatTable table() {
  return {
      .flags =
          {flag(
               "request_cf_overrides_cache_rules",
               "no_request_cf_overrides_cache_rules",
               "2025-04-02"
           ),
           flag("allow_custom_ports", "ignore_custom_ports", "2024-09-02"),
           flag("brotli_content_encoding", "no_brotli_content_encoding", "2024-04-29"),
           flag("global_fetch_strictly_public", "global_fetch_private_origin", ""),
           flag("cache_api_compat_flags", "no_cache_api_compat_flags", "2025-04-19"),
           flag(
               "cache_api_request_cf_overrides_cache_rules",
               "no_cache_api_request_cf_overrides_cache_rules",
               "2025-05-19"
           )},
      .newest_date = "2026-11-24"
  };
}

TEST(EdgeFlags, FollowDateAndFlags) {  // workerd.md §3.2, reference §9.2
  struct Case {
    const char* date;
    std::vector<std::string> flags;
    policy::EdgeFlags expected;  // overrides rules, ports, brotli, strictly public, Cache API
  };
  const Case cases[] = {
      {"2024-04-28", {}, {false, false, false, false, false}},
      {"2024-04-29", {}, {false, false, true, false, false}},
      {"2024-09-01", {}, {false, false, true, false, false}},
      {"2024-09-02", {}, {false, true, true, false, false}},
      {"2025-04-01", {}, {false, true, true, false, false}},
      {"2025-04-02", {}, {true, true, true, false, false}},
      {"2025-05-18", {}, {true, true, true, false, false}},
      {"2025-05-19", {}, {true, true, true, false, true}},
      {"2025-04-02", {"no_request_cf_overrides_cache_rules"}, {false, true, true, false, false}},
      {"2023-01-01", {"request_cf_overrides_cache_rules"}, {true, false, false, false, false}},
      {"2026-01-01", {"ignore_custom_ports"}, {true, false, true, false, true}},
      {"2026-01-01", {"global_fetch_strictly_public"}, {true, true, true, true, true}},
  };
  for (const Case& c : cases) EXPECT_EQ(edge_flags(table(), c.date, c.flags), c.expected) << c.date;
}

// The whole table of the Cache API (reference §9.3): C beside G, at the last day before each date and on it.
TEST(EdgeFlags, OfTheCacheApiCountTogether) {
  const char* const c_on = "cache_api_request_cf_overrides_cache_rules";
  const char* const g_on = "cache_api_compat_flags";
  const char* const no_c = "no_cache_api_request_cf_overrides_cache_rules";
  const char* const no_g = "no_cache_api_compat_flags";
  struct Case {
    std::vector<std::string> flags;
    std::string_view overrides;  // at each date: W or R
  };
  const Case cases[] = {
      {{}, "RRRRRW"},
      {{g_on}, "RRRRRW"},
      {{no_g}, "RRRRRR"},
      {{c_on}, "RRRWWW"},
      {{c_on, g_on}, "WWWWWW"},
      {{c_on, no_g}, "RRRRRR"},
      {{no_c}, "RRRRRR"},
      {{no_c, g_on}, "RRRRRR"},
      {{no_c, no_g}, "RRRRRR"},
  };
  const char* const dates[] = {
      "2025-04-01", "2025-04-02", "2025-04-18", "2025-04-19", "2025-05-18", "2025-05-19"
  };
  for (const Case& c : cases) {
    std::string overrides;
    for (const char* date : dates) {
      overrides += edge_flags(table(), date, c.flags).cache_api_overrides_rules ? 'W' : 'R';
    }
    EXPECT_EQ(overrides, c.overrides) << (c.flags.empty() ? "" : c.flags.front());
  }
}

TEST(EdgeFlags, OfASnippetLoseToRulesWhateverTheyAre) {  // reference §9.5
  policy::EdgeFlags all{true, true, true, true, true};
  const policy::EdgeFlags left = flags_of_snippet(all);
  EXPECT_FALSE(left.cf_overrides_rules);
  EXPECT_FALSE(left.cache_api_overrides_rules);
  EXPECT_FALSE(left.is_strictly_public);
  EXPECT_TRUE(left.is_snippet);
  EXPECT_TRUE(left.takes_ports) << "what is no matter of rules stays";
}

}  // namespace
}  // namespace festina::workers
