#include "zone/zone_config.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/text.h"
#include "rules/reading.h"
#include "zone/compat_config.h"
#include "zone/config_keys.h"
#include "zone/origin_config.h"
#include "zone/rules_config.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

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

// The numbers next to one that is none of them.
std::string neighbours(std::span<const std::int64_t> numbers, std::int64_t wrong) {
  const auto above = std::ranges::lower_bound(numbers, wrong);
  std::string text;
  if (above != numbers.begin()) text = std::to_string(*std::prev(above));
  if (above != numbers.end()) text += (text.empty() ? "" : " or ") + std::to_string(*above);
  return text;
}

// A setting's value as the API has it; nothing when the table does not set it, or wrongly.
std::optional<json::Value> read_setting(const Table& table, const rules::SettingRow& row) {
  if (!row.is_numeric()) {
    const auto word = table.word(row.id, row.words);
    return word ? std::optional(rules::to_json(std::string_view(*word))) : std::nullopt;
  }
  const auto number = table.integer(row.id);
  if (!number || row.allows(*number)) return number;
  table.problem(
      row.id,
      std::to_string(*number) + " is no value of " + std::string(row.id),
      "write " + neighbours(row.numbers, *number)
  );
  return std::nullopt;
}

// The word given for a key, or its default.
std::string read_word(
    const Table& table, const std::string& section, std::string_view key,
    std::initializer_list<std::string_view> words
) {
  return table.word(key, words).value_or(std::string(default_of(section + "." + std::string(key))));
}

void take_setting(Zone& zone, const rules::SettingRow& row, const json::Value& value) {
  row.set(zone.rules.settings, value, std::nullopt);
  zone.filed[setting_part(row.id)] = json::to_text(json::Object{{"value", value}});
}

void read_settings(const Table& root, Zone& zone) {
  const auto table = root.table("settings");
  if (!table) return;
  for (const rules::SettingRow& row : rules::setting_rows()) {
    const std::string name = "zones.settings." + std::string(row.id);
    const ConfigKey* key = find_config_key(name);
    if (key == nullptr) unreachable("every setting has its key");
    if (!key->since.empty()) {
      if (const auto value = read_setting(*table, row)) take_setting(zone, row, *value);
    } else if (key->otherwise.empty()) {
      table->not_supported(row.id);
    } else {
      table->not_supported(row.id, default_of(name));
    }
  }
  table->not_supported("response_buffering", default_of("zones.settings.response_buffering"));
  table->report_unknown_keys();
}

policy::Profile read_profile(const Table& table) {
  const std::string profile = read_word(table, "zones", "profile", {"cloudflare", "standard"});
  return profile == "standard" ? policy::Profile::standard : policy::Profile::cloudflare;
}

rules::Plan read_plan(const Table& table) {
  const auto plan =
      rules::plan(read_word(table, "zones", "plan", {"free", "pro", "business", "enterprise"}));
  if (!plan) unreachable("these are the names of all plans");
  return *plan;
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
  read_settings(table, zone);
  zone.rules.compat = read_compat(table);
  read_rules(table, zone);
  table.not_supported("origin_rules");
  table.report_unknown_keys();
  return {std::move(zone), table};
}

}  // namespace festina::zone
