#include "zone/wrangler.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

// What these keys promise to a Worker does not exist here yet.
constexpr std::string_view kNotSupported[] = {
    "ai",
    "alias",
    "analytics_engine_datasets",
    "assets",
    "browser",
    "cache",
    "containers",
    "d1_databases",
    "data_blobs",
    "define",
    "dispatch_namespaces",
    "durable_objects",
    "hyperdrive",
    "images",
    "kv_namespaces",
    "logfwdr",
    "media",
    "migrations",
    "mtls_certificates",
    "pages_build_output_dir",
    "pipelines",
    "python_modules",
    "queues",
    "r2_buckets",
    "ratelimits",
    "secrets",
    "secrets_store_secrets",
    "send_email",
    "services",
    "site",
    "streaming_tail_consumers",
    "tail_consumers",
    "text_blobs",
    "unsafe",
    "vectorize",
    "version_metadata",
    "vpc_services",
    "wasm_modules",
    "worker_loaders",
    "workflows",
};

// These keys matter to wrangler's building and deploying only, or to environments that are not chosen here.
constexpr std::string_view kIgnored[] = {
    "$schema",
    "account_id",
    "base_dir",
    "build",
    "cloudchamber",
    "compliance_region",
    "dev",
    "env",
    "find_additional_modules",
    "first_party_worker",
    "jsx_factory",
    "jsx_fragment",
    "keep_names",
    "keep_vars",
    "legacy_env",
    "limits",
    "logpush",
    "minify",
    "no_bundle",
    "node_compat",
    "observability",
    "placement",
    "preserve_file_names",
    "preview_urls",
    "rules",
    "send_metrics",
    "tsconfig",
    "upload_source_maps",
    "usage_model",
    "workers_dev",
    "zone_id",
};

bool is_script_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= kMaxScriptName && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::string read_name(const TomlTable& table) {
  const auto name = table.string("name");
  if (!table.has("name"))
    table.problem(table.place(), "the Worker has no name", "add name = \"my-worker\"");
  if (!name || is_script_name(*name)) return name.value_or("");
  table.problem(
      "name",
      in_quotes(*name) + " is no name of a Worker",
      "use at most 63 lower-case letters, digits, \"-\" and \"_\""
  );
  return "";
}

// The file of that directory whose name is nearest, as a question.
std::string did_you_mean_file(const fs::path& missing) {
  std::vector<std::string> names;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(missing.parent_path(), failed)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  const std::vector<std::string_view> views(names.begin(), names.end());
  return did_you_mean(missing.filename().string(), views, "the path is relative to this file");
}

std::string read_main(const TomlTable& table, const fs::path& directory) {
  const auto main = table.string("main");
  if (!table.has("main")) {
    table.problem(table.place(), "the Worker has no main module", "add main = \"src/index.js\"");
  }
  if (!main) return "";
  const fs::path path = (directory / *main).lexically_normal();
  std::error_code failed;
  if (fs::is_regular_file(path, failed)) return path.string();
  const bool exists = fs::exists(path, failed);
  table.problem(
      "main",
      "main module " + in_quotes(*main) + (exists ? " is no file" : " does not exist"),
      exists ? "" : did_you_mean_file(path)
  );
  return "";
}

std::string read_date(const TomlTable& table) {
  if (!table.has("compatibility_date")) {
    table.problem(
        table.place(),
        "the Worker has no compatibility_date",
        "add compatibility_date = \"YYYY-MM-DD\""
    );
    return "";
  }
  const auto date = table.string("compatibility_date");
  if (!date || is_calendar_date(*date)) return date.value_or("");
  table.problem("compatibility_date", in_quotes(*date) + " is no date", "write it as YYYY-MM-DD");
  return "";
}

std::vector<std::string> read_flags(const TomlTable& table) {
  std::vector<std::string> flags;
  for (auto& [flag, place] : table.strings("compatibility_flags")) {
    if (std::find(flags.begin(), flags.end(), flag) != flags.end()) {
      table.problem(
          place, "compatibility flag " + in_quotes(flag) + " is given twice", "remove one of them"
      );
    } else {
      flags.push_back(std::move(flag));
    }
  }
  return flags;
}

std::vector<Variable> read_variables(const TomlTable& table) {
  std::vector<Variable> variables;
  const auto vars = table.table("vars");
  if (!vars) return variables;
  for (const std::string& name : vars->keys()) {
    if (const auto value = vars->any(name)) {
      variables.push_back({name, value->text, !value->is_string, false});
    }
  }
  return variables;
}

Position position_of(const Place& place) { return {place.line, place.column}; }

// A route is its pattern, or a table with the pattern and its zone.
std::optional<ConfiguredRoute> read_route(
    const TomlTable& table, const TomlTable::Element& element
) {
  ConfiguredRoute route{element.text, "", "", element.place};
  if (const auto& entry = element.table) {
    route.pattern = entry->string("pattern").value_or("");
    route.zone_name = lower(entry->string("zone_name").value_or(""));
    route.zone_id = lower(entry->string("zone_id").value_or(""));
    entry->not_supported("custom_domain", "false");
    entry->report_unknown_keys();
    if (!entry->has("pattern")) table.problem(route.place, "the route has no pattern");
    if (route.pattern.empty()) return std::nullopt;
    route.place = entry->place("pattern");
  }
  const auto checked = check_route_pattern(route.pattern);
  if (checked) return route;
  table.problem(
      route.place,
      in_quotes(route.pattern) + " is no route: " + checked.error().detail,
      "write it like \"example.com/api/*\""
  );
  return std::nullopt;
}

std::vector<ConfiguredRoute> read_routes(const TomlTable& table) {
  auto elements = table.elements("routes");
  if (auto only = table.element("route")) {
    if (table.has("routes"))
      table.problem("route", "route and routes exclude each other", "keep one of them");
    elements.push_back(std::move(*only));
  }
  std::vector<ConfiguredRoute> routes;
  for (const auto& element : elements) {
    if (auto route = read_route(table, element)) routes.push_back(std::move(*route));
  }
  return routes;
}

}  // namespace

std::optional<Wrangler> load_wrangler(const std::string& path, Problems& problems) {
  const auto table = TomlTable::load(path, problems);
  if (!table) return std::nullopt;

  Wrangler wrangler;
  Script& script = wrangler.script;
  const fs::path file = fs::absolute(path).lexically_normal();
  script.configuration_file = file.string();
  script.name = read_name(*table);
  script.main = read_main(*table, file.parent_path());
  script.compatibility_date = read_date(*table);
  script.compatibility_flags = read_flags(*table);
  script.date_at = position_of(table->place("compatibility_date"));
  script.flags_at = position_of(table->place("compatibility_flags"));
  script.variables = read_variables(*table);
  wrangler.name = table->place("name");
  wrangler.routes = read_routes(*table);
  for (const auto& route : wrangler.routes) script.routes.push_back({route.pattern, script.name});

  table->not_supported("triggers", R"({"crons":[]})");
  for (const std::string_view key : kNotSupported) table->not_supported(key);
  for (const std::string_view key : kIgnored) table->ignore(key);
  table->report_unknown_keys();
  return wrangler;
}

}  // namespace festina::zone
