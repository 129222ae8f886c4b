// The truth tables of reference §9.3, written out: fourteen ways to set the three flags of precedence, at four
// compatibility dates. F: request_cf_overrides_cache_rules, G: cache_api_compat_flags, C:
// cache_api_request_cf_overrides_cache_rules.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace festina::harness {

// The last day of the first column, the first day of each other.
inline constexpr std::array<std::string_view, 4> kFlagDates = {
    "2025-04-01", "2025-04-02", "2025-04-19", "2025-05-19"
};

struct FlagRow {
  std::string_view flags;  // "+F no_C"
  // At each date: who wins where a rule bypasses, W the Worker or R the rule: of fetch(), match() and put().
  std::array<std::string_view, 4> winners;
  // At each date: which of them the date implies, so that the strict era refuses them.
  std::array<std::string_view, 4> redundant;
};

inline constexpr FlagRow kFlagTable[] = {
    {"", {"RRR", "WRR", "WRR", "WWW"}, {"", "", "", ""}},
    {"+F", {"WRR", "WRR", "WRR", "WWW"}, {"", "F", "F", "F"}},
    {"+C", {"RRR", "WRR", "WWW", "WWW"}, {"", "", "", "C"}},
    {"+G", {"RRR", "WRR", "WRR", "WWW"}, {"", "", "G", "G"}},
    {"+G +C", {"RWW", "WWW", "WWW", "WWW"}, {"", "", "G", "G C"}},
    {"+F +C", {"WRR", "WRR", "WWW", "WWW"}, {"", "F", "F", "F C"}},
    {"+F +G +C", {"WWW", "WWW", "WWW", "WWW"}, {"", "F", "F G", "F G C"}},
    {"no_F", {"RRR", "RRR", "RRR", "RWW"}, {"", "", "", ""}},
    {"no_C", {"RRR", "WRR", "WRR", "WRR"}, {"", "", "", ""}},
    {"no_G", {"RRR", "WRR", "WRR", "WRR"}, {"", "", "", ""}},
    {"no_F no_C", {"RRR", "RRR", "RRR", "RRR"}, {"", "", "", ""}},
    {"no_F no_G", {"RRR", "RRR", "RRR", "RRR"}, {"", "", "", ""}},
    {"+C no_G", {"RRR", "WRR", "WRR", "WRR"}, {"", "", "", "C"}},
    {"+G no_C", {"RRR", "WRR", "WRR", "WRR"}, {"", "", "G", "G"}},
};

// "+F no_C" → "\"request_cf_overrides_cache_rules\", \"no_cache_api_request_cf_overrides_cache_rules\"": as a list in
// TOML has them.
std::string spelled_out(std::string_view flags);
// 'F' → "request_cf_overrides_cache_rules".
std::string_view flag_called(char letter);

}  // namespace festina::harness
