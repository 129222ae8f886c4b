#include "zone/zone_config.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

// Values of the setting (reference §8.4).
constexpr std::int64_t kBrowserTtls[] = {
    0,      30,     60,      120,     300,     1200,    1800,     3600,     7200,   10800,
    14400,  18000,  28800,   43200,   57600,   72000,   86400,    172800,   259200, 345600,
    432000, 691200, 1382400, 2073600, 2678400, 5356800, 16070400, 31536000,
};

bool is_zone_name(std::string_view name) {
  const auto is_label = [](std::string_view label) {
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
    };
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), allowed);
  };
  const auto labels = split(name, '.');
  return name.size() <= 253 && std::all_of(labels.begin(), labels.end(), is_label);
}

std::string read_name(const TomlTable& table) {
  if (!table.has("name"))
    table.problem(table.place(), "the zone has no name", "add name = \"example.com\"");
  const auto given = table.string("name");
  if (!given) return "";
  std::string name = lower(*given);
  if (is_zone_name(name)) return name;
  table.problem("name", in_quotes(*given) + " is no host name", "write it like \"example.com\"");
  return "";
}

std::string read_id(const TomlTable& table, const std::string& name) {
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

std::chrono::milliseconds read_timeout(
    const TomlTable& table, std::string_view key, std::chrono::milliseconds otherwise
) {
  const auto text = table.string(key);
  if (!text) return otherwise;
  const auto timeout = parse_duration(*text);
  if (!timeout) {
    table.problem(key, timeout.error().detail, "write a number and its unit, such as \"10s\"");
  } else if (timeout->count() == 0 || *timeout > kMaxTimeout) {
    table.problem(key, std::string(key) + " is not within 1ms and 6000s");
  } else {
    return *timeout;
  }
  return otherwise;
}

Timeouts read_timeouts(const TomlTable& zone) {
  Timeouts timeouts;
  const auto table = zone.table("timeouts");
  if (!table) return timeouts;
  timeouts.connect = read_timeout(*table, "connect", timeouts.connect);
  timeouts.read = read_timeout(*table, "read", timeouts.read);
  table->report_unknown_keys();
  return timeouts;
}

Origin files_origin(const TomlTable& table, std::string_view key, const fs::path& directory) {
  Origin origin;
  origin.kind = OriginKind::files;
  origin.directory = directory.lexically_normal().string();
  if (origin.directory.size() > 1 && origin.directory.ends_with('/')) origin.directory.pop_back();
  std::error_code failed;
  if (fs::is_directory(directory, failed)) return origin;
  const bool exists = fs::exists(directory, failed);
  table.problem(
      key,
      "directory " + in_quotes(origin.directory) +
          (exists ? " is no directory" : " does not exist"),
      "a path behind file: is relative to this file"
  );
  return origin;
}

// "http://host:port" or "file:DIR", the value of this key.
Origin read_origin(const TomlTable& table, std::string_view key, const fs::path& directory) {
  Origin origin;
  const auto text = table.string(key);
  if (!text) return origin;
  if (text->starts_with("file:")) {
    origin = files_origin(table, key, directory / text->substr(5));
  } else if (text->starts_with("https://") || text->starts_with("r2:")) {
    const std::string scheme = text->substr(0, text->find(':'));
    table.problem(
        key, "origins with " + scheme + ": are not supported yet", "use http:// or file:"
    );
  } else if (const auto url = parse_base_url(*text); !url || url->port == 0) {
    const std::string reason = url ? "its port is 0" : url.error().detail;
    table.problem(
        key,
        in_quotes(*text) + " is no origin: " + reason,
        "write it like \"http://127.0.0.1:9000\" or \"file:public\""
    );
  } else {
    origin.scheme = url->scheme;
    origin.host = url->host;
    origin.port = url->port;
  }
  origin.text = *text;
  return origin;
}

std::map<std::string, Origin, std::less<>> read_origins(
    const TomlTable& zone, const std::string& name, const fs::path& directory
) {
  std::map<std::string, Origin, std::less<>> origins;
  const auto table = zone.table("origins");
  if (!table) return origins;
  for (const std::string& key : table->keys()) {
    const std::string host = lower(key);
    Origin origin = read_origin(*table, key, directory);
    if (!is_zone_name(host)) {
      table->problem(key, in_quotes(key) + " is no host name");
    } else if (!name.empty() && !is_within(host, name)) {
      table->problem(
          key,
          in_quotes(key) + " is no host of zone " + in_quotes(name),
          "name the zone or a host below it"
      );
    } else if (!origins.emplace(host, std::move(origin)).second) {
      table->problem(key, "host " + in_quotes(host) + " has two origins", "remove one of them");
    }
  }
  return origins;
}

std::chrono::seconds read_browser_ttl(const TomlTable& table, std::chrono::seconds otherwise) {
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

bool read_switch(const TomlTable& table, std::string_view key, bool otherwise) {
  const auto value = table.word(key, {"on", "off"});
  return value ? *value == "on" : otherwise;
}

rules::CacheLevel read_cache_level(const TomlTable& table) {
  const auto level =
      table.word("cache_level", {"aggressive", "basic", "simplified"}).value_or("aggressive");
  if (level == "basic") return rules::CacheLevel::basic;
  return level == "simplified" ? rules::CacheLevel::simplified : rules::CacheLevel::aggressive;
}

rules::Settings read_settings(const TomlTable& zone) {
  rules::Settings settings;
  const auto table = zone.table("settings");
  if (!table) return settings;
  settings.cache_level = read_cache_level(*table);
  settings.browser_cache_ttl = read_browser_ttl(*table, settings.browser_cache_ttl);
  settings.development_mode = read_switch(*table, "development_mode", settings.development_mode);
  settings.always_online = read_switch(*table, "always_online", settings.always_online);
  settings.sort_query_string_for_cache =
      read_switch(*table, "sort_query_string_for_cache", settings.sort_query_string_for_cache);
  settings.cache_status_header =
      read_switch(*table, "cache_status_header", settings.cache_status_header);
  table->not_supported("edge_cache_ttl");
  for (const std::string_view key : {"origin_error_page_pass_thru", "response_buffering"}) {
    table->not_supported(key, "off");
  }
  table->report_unknown_keys();
  return settings;
}

rules::Plan read_plan(const TomlTable& table) {
  const auto plan = table.word("plan", {"free", "pro", "business", "enterprise"}).value_or("pro");
  if (plan == "free") return rules::Plan::free;
  if (plan == "business") return rules::Plan::business;
  return plan == "enterprise" ? rules::Plan::enterprise : rules::Plan::pro;
}

}  // namespace

ZoneConfig read_zone(const TomlTable& table, const std::string& directory) {
  Zone zone;
  zone.name = read_name(table);
  zone.id = read_id(table, zone.name);
  if (!table.has("origin")) {
    table.problem(
        table.place(), "the zone has no origin", "add origin = \"http://127.0.0.1:9000\""
    );
  }
  zone.origin = read_origin(table, "origin", directory);
  zone.origins = read_origins(table, zone.name, directory);
  const Timeouts timeouts = read_timeouts(table);
  zone.origin.timeouts = timeouts;
  for (auto& [host, origin] : zone.origins) origin.timeouts = timeouts;

  zone.rules.plan = read_plan(table);
  zone.rules.settings = read_settings(table);
  table.not_supported("profile", "cloudflare");
  table.not_supported("era", "2026");
  table.not_supported("compat", "{}");
  table.not_supported("origin_ca", "");
  for (const std::string_view key :
       {"cache_rules", "response_rules", "origin_rules", "page_rules"}) {
    table.not_supported(key);
  }
  table.report_unknown_keys();
  return {std::move(zone), table};
}

}  // namespace festina::zone
