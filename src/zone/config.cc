// Every section is read by one function, absent or not; what excludes each other across sections is judged last.
#include "zone/config.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "zone/compat_config.h"
#include "zone/config_keys.h"
#include "zone/rule_warnings.h"
#include "zone/script_set.h"
#include "zone/snippet.h"
#include "zone/values.h"
#include "zone/wrangler.h"
#include "zone/wrangler_file.h"
#include "zone/zone_config.h"
#include "zone/zone_set.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

// A relative path starts at the directory of the configuration file.
std::string absolute_path(const fs::path& directory, const std::string& path) {
  return (directory / path).lexically_normal().string();
}

std::string read_state_dir(const Table& root, const fs::path& directory) {
  const auto table = root.table("state");
  std::string dir(default_of("state.dir"));
  if (table) dir = table->string("dir").value_or(dir);
  if (table && dir.empty()) table->problem("dir", "the state directory has no name");
  if (table) table->report_unknown_keys();
  return absolute_path(directory, dir);
}

void read_log(const Table& root, Config& config, const fs::path& directory) {
  config.log_level = default_of("log.level");
  const auto table = root.table("log");
  if (!table) return;
  config.log_level =
      table->word("level", {"debug", "info", "warn", "error"}).value_or(config.log_level);
  const std::string access =
      table->string("access").value_or(std::string(default_of("log.access")));
  if (!access.empty()) config.access_log = absolute_path(directory, access);
  table->report_unknown_keys();
}

std::uint64_t read_cache_memory(const Table& root) {
  const std::uint64_t otherwise = parse_byte_count(default_of("cache.memory")).value();
  const auto table = root.table("cache");
  if (!table) return otherwise;
  const auto text = table->string("memory");
  table->not_supported("disk", default_of("cache.disk"));
  table->report_unknown_keys();
  if (!text) return otherwise;
  const auto memory = parse_byte_count(*text);
  if (memory && *memory > 0) return *memory;
  const std::string message = memory ? "the cache has no memory" : memory.error().detail;
  table->problem("memory", message, "write a number and its unit, such as \"256MiB\"");
  return otherwise;
}

std::uint64_t read_process_memory(const Table* table) {
  const std::uint64_t otherwise = parse_byte_count(default_of("workers.max_memory")).value();
  const auto text = table ? table->string("max_memory") : std::nullopt;
  if (!text) return otherwise;
  const auto memory = parse_byte_count(*text);
  if (memory && *memory >= kMinProcessMemory && *memory <= kMaxProcessMemory) return *memory;
  const std::string message =
      memory ? "max_memory is not within 128MiB and 64GiB" : memory.error().detail;
  table->problem("max_memory", message, "write a number and its unit, such as \"512MiB\"");
  return otherwise;
}

std::chrono::milliseconds read_answer_timeout(const Table* table) {
  const auto otherwise = parse_duration(default_of("workers.answer_timeout")).value();
  const auto text = table ? table->string("answer_timeout") : std::nullopt;
  if (!text) return otherwise;
  const auto time = parse_duration(*text);
  if (time && *time >= kMinAnswerTimeout && *time <= kMaxAnswerTimeout) return *time;
  const std::string message =
      time ? "answer_timeout is not within 100ms and 6000s" : time.error().detail;
  table->problem("answer_timeout", message, "write a number and its unit, such as \"100s\"");
  return otherwise;
}

WorkersConfig read_workers(
    const Table& root, const std::string& first_colo, const fs::path& directory
) {
  WorkersConfig workers;
  workers.runtime = default_of("workers.runtime");
  const auto table = root.table("workers");
  workers.max_memory = read_process_memory(table ? &*table : nullptr);
  workers.answer_timeout = read_answer_timeout(table ? &*table : nullptr);
  if (!table) return workers;
  workers.runtime = table->string("runtime").value_or(workers.runtime);
  if (workers.runtime.find('/') != std::string::npos)
    workers.runtime = absolute_path(directory, workers.runtime);
  const std::string private_network =
      table->word("private_network", {"deny", "allow"})
          .value_or(std::string(default_of("workers.private_network")));
  workers.private_network_allowed = private_network == "allow";
  const std::string limits =
      table->word("limits", {"free", "paid"}).value_or(std::string(default_of("workers.limits")));
  workers.max_calls = limits == "free" ? kFreeCalls : kPaidCalls;
  workers.era = read_era(*table);
  table->not_supported("cron_colo", first_colo);
  table->report_unknown_keys();
  return workers;
}

std::vector<Cidr> read_trusted_proxies(const Table& table) {
  std::vector<Cidr> trusted;
  for (const auto& [text, place] : table.strings("trusted_proxies")) {
    if (const auto range = Cidr::parse(text)) {
      trusted.push_back(*range);
    } else {
      table.problem(place, range.error().detail, "write it like \"10.0.0.0/8\" or \"2001:db8::1\"");
    }
  }
  return trusted;
}

NetworkConfig read_network(const Table& root, const fs::path& directory) {
  NetworkConfig network;
  const auto table = root.table("network");
  if (!table) return network;
  network.trusted_proxies = read_trusted_proxies(*table);
  const std::string geoip =
      table->string("geoip").value_or(std::string(default_of("network.geoip")));
  if (!geoip.empty()) {
    network.geoip = absolute_path(directory, geoip);
    network.geoip_place = table->place("geoip");
    if (const auto fault = fault_of_file(network.geoip)) {
      table->problem(
          "geoip",
          "file " + in_quotes(network.geoip) + ": " + *fault,
          "name an MMDB file, relative to this file"
      );
    }
  }
  table->report_unknown_keys();
  return network;
}

bool read_test_clock(const Table& root) {
  const auto table = root.table("testing");
  if (!table) return false;
  const bool clock = table->boolean("clock").value_or(default_of("testing.clock") == "true");
  table->report_unknown_keys();
  return clock;
}

std::vector<ListenUrl> listeners(const Config& config) {
  std::vector<ListenUrl> urls{config.control.listen};
  for (const ColoConfig& colo : config.colos)
    urls.insert(urls.end(), colo.listen.begin(), colo.listen.end());
  return urls;
}

// The wrangler file at a path that may be its directory; nothing, and a problem, when there is none.
std::optional<std::string> wrangler_file_at(
    const Table& table, const std::string& given, const fs::path& path
) {
  std::error_code failed;
  if (!fs::exists(path, failed)) {
    table.problem(
        "wrangler", in_quotes(given) + " does not exist", "the path is relative to this file"
    );
    return std::nullopt;
  }
  if (!fs::is_directory(path, failed)) return path.string();
  auto file = wrangler_file_in(path);
  if (!file)
    table.problem(
        "wrangler",
        "directory " + in_quotes(given) + " has no wrangler.json, wrangler.jsonc or wrangler.toml"
    );
  return file;
}

// The wrangler file that one [[scripts]] table names.
std::optional<Wrangler> read_script(
    const Table& table, const fs::path& shown_directory, Problems& problems
) {
  const auto path = table.string("wrangler");
  if (!table.has("wrangler")) {
    table.problem(
        table.place(),
        "the script names no wrangler file",
        "add wrangler = \"worker/wrangler.toml\""
    );
  }
  const auto environment = table.string("environment");
  const bool is_snippet =
      table.boolean("snippet").value_or(default_of("scripts.snippet") == "true");
  table.report_unknown_keys();
  if (!path) return std::nullopt;
  const fs::path named = (shown_directory / *path).lexically_normal();
  const auto file = wrangler_file_at(table, *path, named);
  if (!file) return std::nullopt;
  auto worker = load_wrangler(
      *file, environment.value_or(std::string(default_of("scripts.environment"))), problems
  );
  if (worker && is_snippet) make_snippet(*worker, table);
  return worker;
}

std::vector<Wrangler> read_scripts(
    const Table& root, const fs::path& shown_directory, Problems& problems
) {
  std::vector<Wrangler> workers;
  for (const Table& table : root.tables("scripts")) {
    if (auto worker = read_script(table, shown_directory, problems))
      workers.push_back(std::move(*worker));
  }
  check_scripts(workers, root);
  return workers;
}

bool stands_before(const Problem& a, const Problem& b) {
  const auto position = [](const Problem& problem) {
    return std::tie(problem.place.file, problem.place.line, problem.place.column, problem.message);
  };
  return position(a) < position(b);
}

}  // namespace

Config read_config(const Table& root, const std::string& path, Problems& problems) {
  Config config;
  const fs::path file = fs::absolute(path).lexically_normal();
  const fs::path directory = file.parent_path();
  config.file = file.string();
  config.control = read_control(root, directory.string());
  config.state_dir = read_state_dir(root, directory);
  read_log(root, config, directory);
  config.cache_memory = read_cache_memory(root);
  config.colos = read_colos(root, directory.string());
  config.workers = read_workers(root, config.colos.front().name, directory);
  config.network = read_network(root, directory);
  config.test_clock = read_test_clock(root);

  std::vector<ZoneConfig> zones;
  for (const Table& table : root.tables("zones"))
    zones.push_back(read_zone(table, directory.string()));
  const auto workers = read_scripts(root, fs::path(path).parent_path(), problems);
  root.report_unknown_keys();

  const Problems clashing = clashes(listeners(config));
  problems.insert(problems.end(), clashing.begin(), clashing.end());
  check_zones(zones);
  zones = with_routes(std::move(zones), workers, root);
  std::sort(problems.begin(), problems.end(), stands_before);

  config.warnings = rule_warnings(zones);
  std::sort(config.warnings.begin(), config.warnings.end(), stands_before);
  std::vector<Zone> made = zones_made_for(workers, zones);
  for (auto& [zone, table] : zones)
    config.zones.push_back(std::make_shared<const Zone>(std::move(zone)));
  for (Zone& zone : made) config.zones.push_back(std::make_shared<const Zone>(std::move(zone)));
  for (const Wrangler& worker : workers) config.scripts.push_back(worker.script);
  return config;
}

Loaded load_config(const std::string& path) {
  Loaded loaded;
  const auto root = Table::load(path, loaded.problems);
  if (root) loaded.config = read_config(*root, path, loaded.problems);
  return loaded;
}

}  // namespace festina::zone
