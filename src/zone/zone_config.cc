#include "zone/zone_config.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "zone/compat_config.h"
#include "zone/config_keys.h"
#include "zone/origin_config.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

// Values of the setting (reference §8.4).
constexpr std::int64_t kBrowserTtls[] = {
    0,      30,     60,      120,     300,     1200,    1800,     3600,     7200,   10800,
    14400,  18000,  28800,   43200,   57600,   72000,   86400,    172800,   259200, 345600,
    432000, 691200, 1382400, 2073600, 2678400, 5356800, 16070400, 31536000,
};

std::string read_name(const Table& table) {
  if (!table.has("name"))
    table.problem(table.place(), "the zone has no name", "add name = \"example.com\"");
  const auto given = table.string("name");
  if (!given) return "";
  std::string name = lower(*given);
  if (is_host_name(name)) return name;
  table.problem("name", in_quotes(*given) + " is no host name", "write it like \"example.com\"");
  return "";
}

std::string read_id(const Table& table, const std::string& name) {
  const auto id = table.string("id");
  if (!id) return id_of(name);
  if (is_hex(*id, 32)) return *id;
  table.problem(
      "id",
      in_quotes(*id) + " is no zone id",
      "write 32 lower-case hexadecimal digits, or remove it"
  );
  return id_of(name);
}

std::chrono::seconds read_browser_ttl(const Table& table) {
  const auto number = parse_decimal(default_of("zones.settings.browser_cache_ttl"));
  if (!number) unreachable("the default is a number");
  const std::chrono::seconds otherwise(*number);
  const auto ttl = table.integer("browser_cache_ttl");
  if (!ttl) return otherwise;
  const auto* const at_least =
      std::lower_bound(std::begin(kBrowserTtls), std::end(kBrowserTtls), *ttl);
  if (at_least != std::end(kBrowserTtls) && *at_least == *ttl) return std::chrono::seconds(*ttl);
  std::string nearest;
  if (at_least != std::begin(kBrowserTtls)) nearest = std::to_string(*std::prev(at_least));
  if (at_least != std::end(kBrowserTtls))
    nearest += (nearest.empty() ? "" : " or ") + std::to_string(*at_least);
  table.problem(
      "browser_cache_ttl",
      std::to_string(*ttl) + " is no value of browser_cache_ttl",
      "write " + nearest
  );
  return otherwise;
}

// The word given for a key, or its default.
std::string read_word(
    const Table& table, const std::string& section, std::string_view key,
    std::initializer_list<std::string_view> words
) {
  return table.word(key, words).value_or(std::string(default_of(section + "." + std::string(key))));
}

bool read_switch(const Table& table, std::string_view key) {
  return read_word(table, "zones.settings", key, {"on", "off"}) == "on";
}

rules::CacheLevel read_cache_level(const Table& table) {
  const std::string level =
      read_word(table, "zones.settings", "cache_level", {"aggressive", "basic", "simplified"});
  if (level == "basic") return rules::CacheLevel::basic;
  return level == "simplified" ? rules::CacheLevel::simplified : rules::CacheLevel::aggressive;
}

rules::Settings read_settings(const Table& zone) {
  rules::Settings settings;
  const auto table = zone.table("settings");
  if (!table) return settings;
  settings.cache_level = read_cache_level(*table);
  settings.browser_cache_ttl = read_browser_ttl(*table);
  settings.development_mode = read_switch(*table, "development_mode");
  settings.always_online = read_switch(*table, "always_online");
  settings.sort_query_string_for_cache = read_switch(*table, "sort_query_string_for_cache");
  settings.cache_status_header = read_switch(*table, "cache_status_header");
  table->not_supported("edge_cache_ttl");
  for (const std::string_view key : {"origin_error_page_pass_thru", "response_buffering"}) {
    table->not_supported(key, default_of("zones.settings." + std::string(key)));
  }
  table->report_unknown_keys();
  return settings;
}

policy::Profile read_profile(const Table& table) {
  const std::string profile = read_word(table, "zones", "profile", {"cloudflare", "standard"});
  return profile == "standard" ? policy::Profile::standard : policy::Profile::cloudflare;
}

rules::Plan read_plan(const Table& table) {
  const std::string plan =
      read_word(table, "zones", "plan", {"free", "pro", "business", "enterprise"});
  if (plan == "free") return rules::Plan::free;
  if (plan == "business") return rules::Plan::business;
  return plan == "enterprise" ? rules::Plan::enterprise : rules::Plan::pro;
}

}  // namespace

ZoneConfig read_zone(const Table& table, const std::string& directory) {
  Zone zone;
  zone.name = read_name(table);
  zone.id = read_id(table, zone.name);
  Origins origins = read_origins(table, zone.name, directory);
  zone.origin = std::move(origins.origin);
  zone.origins = std::move(origins.by_host);

  zone.rules.profile = read_profile(table);
  zone.rules.plan = read_plan(table);
  zone.rules.settings = read_settings(table);
  zone.rules.compat = read_compat(table);
  for (const std::string_view key :
       {"cache_rules", "response_rules", "origin_rules", "page_rules"}) {
    table.not_supported(key);
  }
  table.report_unknown_keys();
  return {std::move(zone), table};
}

}  // namespace festina::zone
