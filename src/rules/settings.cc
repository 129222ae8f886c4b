#include "rules/settings.h"

#include <algorithm>
#include <array>
#include <string>

#include "rules/reading.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;
using When = std::optional<TimePoint>;

constexpr std::array<std::string_view, 2> kSwitch = {"off", "on"};
// In the order of CacheLevel.
constexpr std::array<std::string_view, 3> kCacheLevels = {"aggressive", "basic", "simplified"};
constexpr std::array<std::int64_t, 28> kBrowserTtls = {
    0,      30,     60,      120,     300,     1200,    1800,     3600,     7200,   10800,
    14400,  18000,  28800,   43200,   57600,   72000,   86400,    172800,   259200, 345600,
    432000, 691200, 1382400, 2073600, 2678400, 5356800, 16070400, 31536000,
};
constexpr std::array<std::int64_t, 21> kEdgeTtls = {
    30,    60,    300,   1200,  1800,   3600,   7200,   10800,  14400,  18000,  28800,
    43200, 57600, 72000, 86400, 172800, 259200, 345600, 432000, 518400, 604800,
};

bool says_on(const json::Value& value) { return value.as_string() == "on"; }

// A setting that is on or off.
template <bool Settings::* kMember>
constexpr SettingRow switched(std::string_view id, std::optional<Feature> feature = {}) {
  return {
      .id = id,
      .words = kSwitch,
      .numbers = {},
      .feature = feature,
      .value = [](const Settings& s) -> json::Value { return s.*kMember ? "on" : "off"; },
      .set = [](Settings& s, const json::Value& value, When) { s.*kMember = says_on(value); }
  };
}

json::Value level_of(const Settings& settings) {
  return to_json(kCacheLevels.at(static_cast<std::size_t>(settings.cache_level)));
}
void set_level(Settings& settings, const json::Value& value, When) {
  const auto* const word = std::ranges::find(kCacheLevels, std::string_view(value.as_string()));
  settings.cache_level = static_cast<CacheLevel>(word - kCacheLevels.begin());
}

json::Value edge_ttl_of(const Settings& settings) {
  return settings.edge_cache_ttl ? json::Value(settings.edge_cache_ttl->count()) : nullptr;
}
void set_edge_ttl(Settings& settings, const json::Value& value, When) {
  settings.edge_cache_ttl = seconds(value.as_int64());
}

json::Value browser_ttl_of(const Settings& settings) { return settings.browser_cache_ttl.count(); }
void set_browser_ttl(Settings& settings, const json::Value& value, When) {
  settings.browser_cache_ttl = seconds(value.as_int64());
}

json::Value development_mode_of(const Settings& settings) {
  return settings.development_mode.is_on ? "on" : "off";
}
// Turned on again it lasts its whole time anew. Turned off its end is now.
void set_development_mode(Settings& settings, const json::Value& value, When now) {
  DevelopmentMode& mode = settings.development_mode;
  const bool was_on = mode.is_on;
  mode.is_on = says_on(value);
  if (mode.is_on) mode.since = now;
  if (!mode.is_on && was_on && now) mode.since = *now - kDevelopmentModeLasts;
}

constexpr std::array kRows = {
    SettingRow{"cache_level", kCacheLevels, {}, {}, level_of, set_level},
    SettingRow{"browser_cache_ttl", {}, kBrowserTtls, {}, browser_ttl_of, set_browser_ttl},
    SettingRow{"edge_cache_ttl", {}, kEdgeTtls, {}, edge_ttl_of, set_edge_ttl},
    SettingRow{"development_mode", kSwitch, {}, {}, development_mode_of, set_development_mode},
    switched<&Settings::always_online>("always_online"),
    switched<&Settings::sort_query_string_for_cache>("sort_query_string_for_cache"),
    switched<&Settings::origin_error_page_pass_thru>(
        "origin_error_page_pass_thru", Feature::error_pages
    ),
    switched<&Settings::cache_status_header>("cache_status_header"),
};

}  // namespace

bool is_on(const DevelopmentMode& mode, TimePoint now) {
  return mode.is_on && (!mode.since || now - *mode.since < kDevelopmentModeLasts);
}

std::optional<seconds> time_remaining(const DevelopmentMode& mode, TimePoint now) {
  if (!mode.since) return std::nullopt;
  return std::chrono::ceil<seconds>(*mode.since + kDevelopmentModeLasts - now);
}

bool SettingRow::allows(const json::Value& given) const {
  if (is_numeric()) return given.is_int64() && std::ranges::count(numbers, given.get_int64()) > 0;
  return given.is_string() && std::ranges::count(words, std::string_view(given.get_string())) > 0;
}

std::span<const SettingRow> setting_rows() { return kRows; }

const SettingRow* find_setting(std::string_view id) {
  const auto* const row = std::ranges::find(kRows, id, &SettingRow::id);
  return row == kRows.end() ? nullptr : row;
}

std::optional<Fault> set_setting(
    Settings& settings, std::string_view id, const json::Value& value, When now
) {
  const SettingRow* row = find_setting(id);
  if (row == nullptr) {
    return Fault{FaultCode::unknown_setting, "", "Unknown zone setting " + std::string(id)};
  }
  if (!row->allows(value)) {
    return Fault{FaultCode::setting, "/value", "Invalid value for zone setting " + std::string(id)};
  }
  row->set(settings, value, now);
  return std::nullopt;
}

}  // namespace festina::rules
