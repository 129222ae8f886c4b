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
           flag("global_fetch_strictly_public", "global_fetch_private_origin", "")},
      .newest_date = "2026-11-24"
  };
}

TEST(EdgeFlags, FollowDateAndFlags) {  // workerd.md §3.2, reference §9.2
  struct Case {
    const char* date;
    std::vector<std::string> flags;
    policy::EdgeFlags expected;  // overrides rules, ports, brotli, strictly public
  };
  const Case cases[] = {
      {"2024-04-28", {}, {false, false, false, false}},
      {"2024-04-29", {}, {false, false, true, false}},
      {"2024-09-01", {}, {false, false, true, false}},
      {"2024-09-02", {}, {false, true, true, false}},
      {"2025-04-01", {}, {false, true, true, false}},
      {"2025-04-02", {}, {true, true, true, false}},
      {"2025-04-02", {"no_request_cf_overrides_cache_rules"}, {false, true, true, false}},
      {"2023-01-01", {"request_cf_overrides_cache_rules"}, {true, false, false, false}},
      {"2026-01-01", {"ignore_custom_ports"}, {true, false, true, false}},
      {"2026-01-01", {"global_fetch_strictly_public"}, {true, true, true, true}},
  };
  for (const Case& c : cases) EXPECT_EQ(edge_flags(table(), c.date, c.flags), c.expected) << c.date;
}

}  // namespace
}  // namespace festina::workers
