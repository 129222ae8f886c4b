#include "zone/wrangler.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "zone/bindings.h"
#include "zone/building.h"
#include "zone/values.h"
#include "zone/wrangler_file.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

bool is_script_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= kMaxScriptName && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), allowed);
}

std::string read_name(const WranglerFile& file) {
  const Table& table = file.of("name");
  auto name = table.string("name");
  if (!table.has("name"))
    table.problem(table.place(), "the Worker has no name", "add name = \"my-worker\"");
  if (!name) return "";
  if (!file.environment().empty() && !file.is_said_by_environment("name"))
    *name += "-" + file.environment();
  if (is_script_name(*name)) return *name;
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

std::string read_main(const WranglerFile& file) {
  const Table& table = file.of("main");
  const auto main = table.string("main");
  if (!table.has("main")) {
    table.problem(table.place(), "the Worker has no main module", "add main = \"src/index.js\"");
  }
  if (!main) return "";
  const fs::path path = file.absolute(*main);
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

std::string read_date(const WranglerFile& file) {
  const Table& table = file.of("compatibility_date");
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

std::vector<std::string> read_flags(const WranglerFile& file) {
  const Table& table = file.of("compatibility_flags");
  std::vector<std::string> flags;
  for (auto& [flag, place] : table.strings("compatibility_flags")) {
    if (std::find(flags.begin(), flags.end(), flag) != flags.end()) {
      table.problem(
          place, "Compatibility flag specified multiple times: " + flag, "remove one of them"
      );
    } else {
      flags.push_back(std::move(flag));
    }
  }
  return flags;
}

// A limit from 1 on; nothing when it is not set.
std::optional<std::uint32_t> read_limit(
    const Table& limits, std::string_view key, std::int64_t greatest
) {
  const auto limit = limits.integer(key);
  if (!limit) return std::nullopt;
  if (*limit >= 1 && *limit <= greatest) return static_cast<std::uint32_t>(*limit);
  limits.problem(
      key,
      std::to_string(*limit) + " is no value of " + std::string(key),
      "write a number from 1 to " + std::to_string(greatest)
  );
  return std::nullopt;
}

void read_limits(const WranglerFile& file, Script& script) {
  const auto limits = file.of("limits").table("limits");
  if (!limits) return;
  script.cpu_ms = read_limit(*limits, "cpu_ms", kMaxCpuMs);
  script.subrequests = read_limit(*limits, "subrequests", kMaxSubrequestLimit);
  limits->report_unknown_keys();
}

Position position_of(const WranglerFile& file, std::string_view key) {
  const Place place = file.of(key).place(key);
  return {place.line, place.column};
}

void take_routes(const std::vector<ConfiguredRoute>& routes, Script& script) {
  for (const ConfiguredRoute& route : routes) {
    if (route.is_custom_domain) {
      script.custom_domains.push_back(route.pattern);
    } else {
      script.routes.push_back({route.pattern, script.name});
    }
  }
}

void take_bindings(Bindings bindings, Script& script) {
  script.variables = std::move(bindings.variables);
  script.services = std::move(bindings.services);
  script.files = std::move(bindings.files);
  script.version_metadata = std::move(bindings.version_metadata);
}

}  // namespace

Wrangler read_wrangler(const WranglerFile& file, Problems& problems) {
  Wrangler wrangler;
  Script& script = wrangler.script;
  script.configuration_file = file.path().string();
  script.environment = file.environment();
  script.name = read_name(file);
  script.main = read_main(file);
  script.compatibility_date = read_date(file);
  script.compatibility_flags = read_flags(file);
  script.name_at = position_of(file, "name");
  script.date_at = position_of(file, "compatibility_date");
  script.flags_at = position_of(file, "compatibility_flags");
  take_bindings(read_bindings(file, problems), script);
  script.building = read_building(file);
  read_limits(file, script);
  wrangler.name = file.of("name").place("name");
  wrangler.routes = read_routes(file);
  script.workers_dev = read_workers_dev(file);
  take_routes(wrangler.routes, script);
  return wrangler;
}

std::optional<Wrangler> load_wrangler(
    const std::string& path, const std::string& environment, Problems& problems
) {
  const auto file = WranglerFile::load(path, environment, problems);
  if (!file) return std::nullopt;
  Wrangler wrangler = read_wrangler(*file, problems);
  file->report_other_keys();
  return wrangler;
}

}  // namespace festina::zone
