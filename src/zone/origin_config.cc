// What the zone says of all its origins is read once and given to each.
#include "zone/origin_config.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/text.h"
#include "zone/config_keys.h"
#include "zone/tls_config.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

struct TimeLimits {
  milliseconds from;
  milliseconds to;
  std::string_view text;  // "1ms and 6000s"
};
constexpr TimeLimits kTimeoutLimits{milliseconds(1), kMaxTimeout, "1ms and 6000s"};
constexpr TimeLimits kIntervalLimits{kMinProbeInterval, kMaxProbeInterval, "100ms and 1h"};
constexpr TimeLimits kProbeLimits{milliseconds(1), kMaxProbeTimeout, "1ms and 60s"};

constexpr std::string_view kOriginExample =
    "write it like \"http://127.0.0.1:9000\" or \"file:public\"";

milliseconds read_time(
    const Table& table, const std::string& section, std::string_view key, TimeLimits limits
) {
  const milliseconds otherwise =
      parse_duration(default_of(section + "." + std::string(key))).value();
  const auto text = table.string(key);
  if (!text) return otherwise;
  const auto time = parse_duration(*text);
  if (!time) {
    table.problem(key, time.error().detail, "write a number and its unit, such as \"10s\"");
  } else if (*time < limits.from || *time > limits.to) {
    table.problem(key, std::string(key) + " is not within " + std::string(limits.text));
  } else {
    return *time;
  }
  return otherwise;
}

// An integer from 1 to `most`.
std::int64_t read_count(
    const Table& table, const std::string& section, std::string_view key, std::int64_t most
) {
  const auto preset = parse_decimal(default_of(section + "." + std::string(key)));
  if (!preset) unreachable("the default of a count is a number");
  const auto otherwise = static_cast<std::int64_t>(*preset);
  const auto count = table.integer(key);
  if (!count || (*count >= 1 && *count <= most)) return count.value_or(otherwise);
  table.problem(key, std::string(key) + " is not within 1 and " + std::to_string(most));
  return otherwise;
}

Timeouts read_timeouts(const Table& zone) {
  Timeouts timeouts;
  const auto table = zone.table("timeouts");
  if (!table) return timeouts;
  timeouts.connect = read_time(*table, "zones.timeouts", "connect", kTimeoutLimits);
  timeouts.read = read_time(*table, "zones.timeouts", "read", kTimeoutLimits);
  table->report_unknown_keys();
  return timeouts;
}

// "204" or "2xx".
std::optional<http::StatusRange> parse_statuses(std::string_view text) {
  if (text.size() != 3) return std::nullopt;
  return text.ends_with('x') ? http::parse_status_class(text) : http::parse_status_range(text);
}

std::vector<http::StatusRange> read_expected(const Table& table) {
  constexpr std::string_view key = "expect";
  constexpr std::string_view example = "write it like \"200\", \"2xx\" or [\"2xx\", \"301\"]";
  const auto preset = parse_statuses(default_of("zones.health.expect"));
  if (!preset) unreachable("the default is a status");
  if (!table.has(key)) return {*preset};
  std::vector<http::StatusRange> expected;
  const auto texts = table.one_or_more_strings(key);
  for (const auto& [text, place] : texts) {
    if (const auto statuses = parse_statuses(text)) {
      expected.push_back(*statuses);
    } else {
      table.problem(place, in_quotes(text) + " is no status", std::string(example));
    }
  }
  const auto given = table.any(key);
  if (given && !given->is_string && given->text == "[]")
    table.problem(key, "no server can pass: no status is expected", std::string(example));
  return expected;
}

std::string read_probe_path(const Table& table) {
  std::string otherwise(default_of("zones.health.path"));
  const auto path = table.string("path");
  if (!path) return otherwise;
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f' && c != '#'; };
  if (path->starts_with('/') && std::ranges::all_of(*path, is_visible)) return *path;
  table.problem("path", in_quotes(*path) + " is no path", "write it like \"/health?full=1\"");
  return otherwise;
}

std::optional<HealthCheck> read_health(const Table& zone) {
  const auto table = zone.table("health");
  if (!table) return std::nullopt;
  const auto probes = [&](std::string_view key) {
    return static_cast<std::uint32_t>(read_count(*table, "zones.health", key, kMaxConsecutiveProbes)
    );
  };
  HealthCheck check;
  check.path = read_probe_path(*table);
  check.interval = read_time(*table, "zones.health", "interval", kIntervalLimits);
  check.timeout = read_time(*table, "zones.health", "timeout", kProbeLimits);
  check.expect = read_expected(*table);
  check.consecutive_down = probes("consecutive_down");
  check.consecutive_up = probes("consecutive_up");
  table->report_unknown_keys();
  return check;
}

// What the zone says of all its origins.
struct Common {
  Timeouts timeouts;
  std::string ca_file;
  std::size_t max_connections = kDefaultServerConnections;
  std::optional<HealthCheck> health;
};

Common read_common(const Table& zone, const std::string& directory) {
  Common common;
  common.timeouts = read_timeouts(zone);
  common.ca_file = read_pem(zone, "origin_ca", directory, PemKind::certificate);
  common.max_connections =
      static_cast<std::size_t>(read_count(zone, "zones", "max_connections", kMaxServerConnections));
  common.health = read_health(zone);
  return common;
}

using Text = Table::Text;

Origin files_origin(const Table& table, const Text& value, const fs::path& base) {
  Origin origin;
  origin.kind = OriginKind::files;
  const fs::path directory = base / value.text.substr(5);
  origin.directory = directory.lexically_normal().string();
  if (origin.directory.size() > 1 && origin.directory.ends_with('/')) origin.directory.pop_back();
  std::error_code failed;
  if (fs::is_directory(directory, failed)) return origin;
  const bool exists = fs::exists(directory, failed);
  table.problem(
      value.place,
      "directory " + in_quotes(origin.directory) +
          (exists ? " is no directory" : " does not exist"),
      "a path behind file: is relative to this file"
  );
  return origin;
}

std::optional<BaseUrl> read_server_url(const Table& table, const Text& value) {
  if (value.text.starts_with("r2:")) {
    table.problem(
        value.place, "origins with r2: are not supported yet", "use http://, https:// or file:"
    );
    return std::nullopt;
  }
  const auto url = parse_base_url(value.text);
  if (url && url->port != 0) return *url;
  const std::string reason = url ? "its port is 0" : url.error().detail;
  table.problem(
      value.place, in_quotes(value.text) + " is no origin: " + reason, std::string(kOriginExample)
  );
  return std::nullopt;
}

// The servers of a list. The scheme is part of the cache key: all of them have the same.
Origin servers_origin(const Table& table, const std::vector<Text>& values) {
  Origin origin;
  std::set<std::pair<std::string, std::uint16_t>> seen;
  for (const Text& value : values) {
    if (value.text.starts_with("file:")) {
      table.problem(value.place, "a directory is no server", "give it alone, or leave it out");
      continue;
    }
    const auto url = read_server_url(table, value);
    if (!url) continue;
    if (origin.servers.empty()) origin.scheme = url->scheme;
    if (url->scheme != origin.scheme) {
      table.problem(
          value.place,
          in_quotes(value.text) + " has another scheme than " + in_quotes(values.front().text),
          "write all servers of a list with " + std::string(http::name(origin.scheme)) + "://"
      );
    } else if (!seen.emplace(url->host, url->port).second) {
      table.problem(value.place, "the server " + in_quotes(value.text) + " is named twice");
    } else {
      origin.servers.push_back({url->host, url->port, "", value.text});
    }
  }
  return origin;
}

std::string text_of(const std::vector<Text>& values) {
  std::string all;
  for (const Text& value : values) append_member(all, value.text);
  return all;
}

Origin no_origin() {
  Origin origin;
  origin.kind = OriginKind::none;
  return origin;
}

Origin origin_of(const Table& table, const std::vector<Text>& values, const fs::path& base) {
  const bool is_only = values.size() == 1;
  if (is_only && values.front().text == "none") return no_origin();
  if (is_only && values.front().text.starts_with("file:"))
    return files_origin(table, values.front(), base);
  return servers_origin(table, values);
}

// The value of this key: one origin, or the servers of one.
Origin read_origin(
    const Table& table, std::string_view key, const fs::path& directory, const Common& common
) {
  const std::vector<Text> values = table.one_or_more_strings(key);
  const auto given = table.any(key);
  if (given && !given->is_string && given->text == "[]")
    table.problem(key, "the origin has no server", std::string(kOriginExample));
  if (values.size() > kMaxServers)
    table.problem(
        values[kMaxServers].place, "more than " + std::to_string(kMaxServers) + " servers"
    );
  Origin origin = origin_of(table, values, directory);
  origin.text = text_of(values);
  origin.timeouts = common.timeouts;
  origin.ca_file = common.ca_file;
  origin.max_connections = common.max_connections;
  origin.health = common.health;
  return origin;
}

}  // namespace

Origins read_origins(
    const Table& zone, const std::string& zone_name, const std::string& directory
) {
  const Common common = read_common(zone, directory);
  Origins origins;
  if (!zone.has("origin")) {
    zone.problem(zone.place(), "the zone has no origin", "add origin = \"http://127.0.0.1:9000\"");
  }
  origins.origin = read_origin(zone, "origin", directory, common);
  const auto table = zone.table("origins");
  if (!table) return origins;
  for (const std::string& key : table->keys()) {
    const std::string host = lower(key);
    Origin origin = read_origin(*table, key, directory, common);
    if (!is_host_name(host)) {
      table->problem(key, in_quotes(key) + " is no host name");
    } else if (!zone_name.empty() && !is_within(host, zone_name)) {
      table->problem(
          key,
          in_quotes(key) + " is no host of zone " + in_quotes(zone_name),
          "name the zone or a host below it"
      );
    } else if (!origins.by_host.emplace(host, std::move(origin)).second) {
      table->problem(key, "host " + in_quotes(host) + " has two origins", "remove one of them");
    }
  }
  return origins;
}

}  // namespace festina::zone
