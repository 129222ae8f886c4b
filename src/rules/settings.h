// Settings: the zone-wide cache settings, by the API's names, with their defaults (reference §8.4).
//
// One table knows every setting: the API reads and writes by it, and so does the reader of festina.toml.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "base/json.h"
#include "rules/fault.h"
#include "rules/plan_features.h"

namespace festina::rules {

enum class CacheLevel : std::uint8_t { aggressive, basic, simplified };

// Nothing is cached while it is on. It ends by itself, unless nobody knows since when it is on: then it is the file's, and
// lasts as long as that says so.
struct DevelopmentMode {
  bool is_on = false;
  std::optional<TimePoint> since;  // when it was turned on last
  bool operator==(const DevelopmentMode&) const = default;
};
inline constexpr std::chrono::seconds kDevelopmentModeLasts = std::chrono::hours{3};
bool is_on(const DevelopmentMode&, TimePoint now);
// As the API tells it: what is left of it; below zero since it ended. Nothing: it never ends, or never was on.
std::optional<std::chrono::seconds> time_remaining(const DevelopmentMode&, TimePoint now);

struct Settings {
  CacheLevel cache_level = CacheLevel::aggressive;
  std::chrono::seconds browser_cache_ttl{14400};  // 0: respect existing headers
  // How long the edge keeps what says nothing of its freshness and would be kept for two hours; nothing: so.
  std::optional<std::chrono::seconds> edge_cache_ttl = {};
  DevelopmentMode development_mode = {};
  bool always_online = false;  // reference §3.6
  bool sort_query_string_for_cache = false;
  bool origin_error_page_pass_thru = false;
  bool cache_status_header = true;  // RFC 9211 Cache-Status beside CF-Cache-Status
  bool operator==(const Settings&) const = default;
};

// A row of the table. A setting is one of some words, or one of some numbers.
struct SettingRow {
  std::string_view id;
  std::span<const std::string_view> words;
  std::span<const std::int64_t> numbers;  // of seconds, ascending
  std::optional<Feature> feature;         // what a plan must offer for it to count
  json::Value (*value)(const Settings&);  // null: there is none
  // Requires: the value is one of those above.
  void (*set)(Settings&, const json::Value&, std::optional<TimePoint> now);

  bool is_numeric() const { return !numbers.empty(); }
  bool allows(const json::Value&) const;
};
std::span<const SettingRow> setting_rows();
// Null: there is no such setting.
const SettingRow* find_setting(std::string_view id);

// Sets one by its name. `now`: when that is asked for; nothing: by the file, for as long as it says so. Gives what is
// wrong with it.
std::optional<Fault> set_setting(
    Settings&, std::string_view id, const json::Value&, std::optional<TimePoint> now
);

}  // namespace festina::rules
