// Every section is read by one function, absent or not; what excludes each other across sections is judged last.
#include "zone/config.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "zone/values.h"
#include "zone/wrangler.h"
#include "zone/zone_config.h"
#include "zone/zone_set.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultControl = "http://127.0.0.1:8788";
constexpr std::string_view kDefaultListen = "http://127.0.0.1:8787";
constexpr std::string_view kDefaultToken = "${FESTINA_API_TOKEN}";

ListenUrl default_listen_url(std::string_view text, const Place& place) {
  const BaseUrl url = parse_base_url(text).value();
  return {url.scheme, url.host, url.port, std::string(text), place};
}

// A relative path starts at the directory of the configuration file.
std::string absolute_path(const fs::path& directory, const std::string& path) {
  return (directory / path).lexically_normal().string();
}

std::string read_token(const TomlTable& root, const std::optional<TomlTable>& control) {
  const auto given = control ? control->string("token") : std::nullopt;
  const std::string text = given.value_or(std::string(kDefaultToken));
  if (text == kDefaultToken && !std::getenv("FESTINA_API_TOKEN")) return "";
  const Place place = control ? control->place("token") : root.place();
  auto token = with_environment(text);
  if (!token) {
    root.problem(place, token.error().detail, "set it, or remove token: then one is made and kept");
    return "";
  }
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (std::all_of(token->begin(), token->end(), is_visible)) return *token;
  root.problem(place, "the token has a space or a character that is not ASCII");
  return "";
}

std::string read_account_id(const TomlTable& table) {
  const auto id = table.string("account_id");
  if (!id || is_hex(*id, 32)) return id.value_or("");
  table.problem(
      "account_id",
      in_quotes(*id) + " is no account id",
      "write 32 lower-case hexadecimal digits, or remove it"
  );
  return "";
}

ListenUrl read_control_url(const TomlTable& table, ListenUrl otherwise) {
  const auto text = table.string("listen");
  const bool insecure = table.boolean("insecure").value_or(false);
  if (!text) return otherwise;
  auto url = read_listen_url(table, *text, table.place("listen"));
  if (!url) return otherwise;
  if (!insecure && !is_loopback(url->host)) {
    table.problem(
        "listen",
        "other machines can reach the control address " + in_quotes(*text) + " without https",
        "listen on 127.0.0.1, or set insecure = true"
    );
  }
  return *url;
}

Control read_control(const TomlTable& root) {
  Control control;
  control.listen = default_listen_url(kDefaultControl, {root.place().file});
  const auto table = root.table("control");
  control.token = read_token(root, table);
  if (!table) return control;
  control.listen = read_control_url(*table, control.listen);
  control.account_id = read_account_id(*table);
  table->report_unknown_keys();
  return control;
}

std::string read_state_dir(const TomlTable& root, const fs::path& directory) {
  const auto table = root.table("state");
  const std::string dir = table ? table->string("dir").value_or(".festina") : ".festina";
  if (table && dir.empty()) table->problem("dir", "the state directory has no name");
  if (table) table->report_unknown_keys();
  return absolute_path(directory, dir);
}

void read_log(const TomlTable& root, Config& config, const fs::path& directory) {
  const auto table = root.table("log");
  if (!table) return;
  config.log_level =
      table->word("level", {"debug", "info", "warn", "error"}).value_or(config.log_level);
  const std::string access = table->string("access").value_or("");
  if (!access.empty()) config.access_log = absolute_path(directory, access);
  table->report_unknown_keys();
}

std::uint64_t read_cache_memory(const TomlTable& root, std::uint64_t otherwise) {
  const auto table = root.table("cache");
  if (!table) return otherwise;
  const auto text = table->string("memory");
  table->not_supported("disk", "0");
  table->report_unknown_keys();
  if (!text) return otherwise;
  const auto memory = parse_byte_count(*text);
  if (memory && *memory > 0) return *memory;
  const std::string message = memory ? "the cache has no memory" : memory.error().detail;
  table->problem("memory", message, "write a number and its unit, such as \"256MiB\"");
  return otherwise;
}

WorkersConfig read_workers(
    const TomlTable& root, const std::string& first_colo, const fs::path& directory
) {
  WorkersConfig workers;
  const auto table = root.table("workers");
  if (!table) return workers;
  workers.runtime = table->string("runtime").value_or(workers.runtime);
  if (workers.runtime.find('/') != std::string::npos)
    workers.runtime = absolute_path(directory, workers.runtime);
  workers.private_network_allowed = table->word("private_network", {"deny", "allow"}) == "allow";
  table->not_supported("max_memory", "512MiB");
  table->not_supported("limits", "paid");
  table->not_supported("era", "2026");
  table->not_supported("cron_colo", first_colo);
  table->report_unknown_keys();
  return workers;
}

void read_network(const TomlTable& root) {
  const auto table = root.table("network");
  if (!table) return;
  table->not_supported("trusted_proxies", "[]");
  table->not_supported("geoip", "");
  table->report_unknown_keys();
}

bool read_test_clock(const TomlTable& root) {
  const auto table = root.table("testing");
  if (!table) return false;
  const bool clock = table->boolean("clock").value_or(false);
  table->report_unknown_keys();
  return clock;
}

bool is_capital_letters(std::string_view text, std::size_t count) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() == count && std::all_of(text.begin(), text.end(), is_capital);
}

std::string read_colo_name(const TomlTable& table) {
  if (!table.has("name"))
    table.problem(table.place(), "the colo has no name", "add name = \"FRA\"");
  const auto name = table.string("name");
  if (!name || is_capital_letters(*name, 3)) return name.value_or("");
  table.problem(
      "name",
      in_quotes(*name) + " is no name of a colo",
      "write three capital letters, such as \"FRA\""
  );
  return "";
}

ColoConfig read_colo(const TomlTable& table) {
  ColoConfig colo{read_colo_name(table), table.string("country").value_or(""), {}};
  if (!colo.country.empty() && !is_capital_letters(colo.country, 2)) {
    table.problem(
        "country",
        in_quotes(colo.country) + " is no country",
        "write two capital letters, such as \"DE\""
    );
  }
  for (const auto& [text, place] : table.strings("listen")) {
    if (auto url = read_listen_url(table, text, place)) colo.listen.push_back(std::move(*url));
  }
  const auto listen = table.any("listen");
  if (!listen) colo.listen = {default_listen_url(kDefaultListen, table.place())};
  if (listen && listen->text == "[]") {
    table.problem(
        "listen",
        "the colo listens nowhere",
        "write listen = [\"http://127.0.0.1:0\"] for any free port"
    );
  }
  table.not_supported("upper_tier", "");
  table.report_unknown_keys();
  return colo;
}

std::vector<ColoConfig> read_colos(const TomlTable& root) {
  const auto tables = root.tables("colos");
  if (tables.empty())
    return {{"FRA", "DE", {default_listen_url(kDefaultListen, {root.place().file})}}};
  if (tables.size() > kMaxColos) {
    root.problem(tables[kMaxColos].place(), "more than " + std::to_string(kMaxColos) + " colos");
  }
  std::vector<ColoConfig> colos;
  std::map<std::string, Place> names;
  for (const TomlTable& table : tables) {
    ColoConfig colo = read_colo(table);
    const auto [first, is_new] = names.emplace(colo.name, table.place("name"));
    if (!is_new && !colo.name.empty()) {
      table.problem(
          "name",
          "two colos are named " + in_quotes(colo.name),
          "the first is at " + text_of(first->second)
      );
    }
    colos.push_back(std::move(colo));
  }
  return colos;
}

std::vector<ListenUrl> listeners(const Config& config) {
  std::vector<ListenUrl> urls{config.control.listen};
  for (const ColoConfig& colo : config.colos)
    urls.insert(urls.end(), colo.listen.begin(), colo.listen.end());
  return urls;
}

// The wrangler file that one [[scripts]] table names.
std::optional<Wrangler> read_script(
    const TomlTable& table, const fs::path& shown_directory, Problems& problems
) {
  const auto path = table.string("wrangler");
  if (!table.has("wrangler")) {
    table.problem(
        table.place(),
        "the script names no wrangler file",
        "add wrangler = \"worker/wrangler.toml\""
    );
  }
  table.not_supported("snippet", "false");
  table.report_unknown_keys();
  if (!path) return std::nullopt;
  if (path->ends_with(".json") || path->ends_with(".jsonc")) {
    table.problem(
        "wrangler", in_quotes(*path) + ": only wrangler.toml is supported yet", "write it as TOML"
    );
    return std::nullopt;
  }
  const std::string file = (shown_directory / *path).lexically_normal().string();
  std::error_code failed;
  if (fs::exists(file, failed)) return load_wrangler(file, problems);
  table.problem(
      "wrangler", in_quotes(*path) + " does not exist", "the path is relative to this file"
  );
  return std::nullopt;
}

std::vector<Wrangler> read_scripts(
    const TomlTable& root, const fs::path& shown_directory, Problems& problems
) {
  std::vector<Wrangler> workers;
  std::map<std::string, Place> names;
  for (const TomlTable& table : root.tables("scripts")) {
    auto worker = read_script(table, shown_directory, problems);
    if (!worker) continue;
    const std::string& name = worker->script.name;
    const auto [first, is_new] = names.emplace(name, worker->name);
    if (!is_new && !name.empty()) {
      root.problem(
          worker->name,
          "two scripts are named " + in_quotes(name),
          "the first is at " + text_of(first->second)
      );
    }
    workers.push_back(std::move(*worker));
  }
  return workers;
}

bool stands_before(const Problem& a, const Problem& b) {
  const auto position = [](const Problem& problem) {
    return std::tie(problem.place.file, problem.place.line, problem.place.column, problem.message);
  };
  return position(a) < position(b);
}

}  // namespace

Loaded load_config(const std::string& path) {
  Loaded loaded;
  Config& config = loaded.config;
  Problems& problems = loaded.problems;
  const auto root = TomlTable::load(path, problems);
  if (!root) return loaded;

  const fs::path file = fs::absolute(path).lexically_normal();
  const fs::path directory = file.parent_path();
  config.file = file.string();
  config.control = read_control(*root);
  config.state_dir = read_state_dir(*root, directory);
  read_log(*root, config, directory);
  config.cache_memory = read_cache_memory(*root, config.cache_memory);
  config.colos = read_colos(*root);
  config.workers = read_workers(*root, config.colos.front().name, directory);
  read_network(*root);
  config.test_clock = read_test_clock(*root);

  std::vector<ZoneConfig> zones;
  for (const TomlTable& table : root->tables("zones"))
    zones.push_back(read_zone(table, directory.string()));
  const auto workers = read_scripts(*root, fs::path(path).parent_path(), problems);
  root->report_unknown_keys();

  const Problems clashing = clashes(listeners(config));
  problems.insert(problems.end(), clashing.begin(), clashing.end());
  check_zones(zones);
  zones = with_routes(std::move(zones), workers, *root);
  std::sort(problems.begin(), problems.end(), stands_before);

  for (auto& [zone, table] : zones)
    config.zones.push_back(std::make_shared<const Zone>(std::move(zone)));
  for (const Wrangler& worker : workers) config.scripts.push_back(worker.script);
  return loaded;
}

}  // namespace festina::zone
