#include "zone/bindings.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "zone/dotenv.h"
#include "zone/files.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

struct FileKey {
  std::string_view key;
  ModuleType type;
};
constexpr FileKey kFileKeys[] = {
    {"text_blobs", ModuleType::text},
    {"data_blobs", ModuleType::data},
    {"wasm_modules", ModuleType::compiled_wasm},
};

std::string_view key_of(ModuleType type) {
  return std::ranges::find(kFileKeys, type, &FileKey::type)->key;
}

std::vector<Variable> read_vars(const WranglerFile& file) {
  std::vector<Variable> variables;
  const auto vars = file.of("vars").table("vars");
  if (!vars) return variables;
  for (const std::string& name : vars->keys()) {
    if (const auto value = vars->any(name))
      variables.push_back({.name = name, .value = value->text, .is_json = !value->is_string});
  }
  return variables;
}

// --- secrets ---

// .dev.vars.<environment> where it exists, else .dev.vars.
std::vector<DotenvLine> read_dev_vars(const WranglerFile& file, Problems& problems) {
  fs::path path = file.directory() / ".dev.vars";
  std::error_code failed;
  const fs::path own = path.string() + "." + file.environment();
  if (!file.environment().empty() && fs::exists(own, failed)) path = own;
  if (!fs::exists(path, failed)) return {};
  const auto text = read_file(path.string());
  if (text) return parse_dotenv(*text, path.string(), problems);
  problems.push_back({{path.string()}, "cannot be read: " + text.error().detail, ""});
  return {};
}

// The names that secrets.required lists; nothing when the file does not say `secrets`.
std::optional<std::vector<Table::Text>> read_required(const WranglerFile& file) {
  const auto secrets = file.of("secrets").table("secrets");
  if (!secrets) return std::nullopt;
  auto required = secrets->strings("required");
  secrets->report_unknown_keys();
  return required;
}

bool has_name(const auto& list, std::string_view name) {
  return std::ranges::any_of(list, [name](const auto& item) { return item.name == name; });
}

// Those that are needed and not in the file may be variables of the process.
void add_from_environment(
    std::vector<DotenvLine>& secrets, const std::vector<Table::Text>& required, const Table& table
) {
  for (const auto& [name, place] : required) {
    if (has_name(secrets, name)) continue;
    const char* value = std::getenv(name.c_str());
    if (value) {
      secrets.push_back({name, value, place});
    } else {
      table.problem(
          place,
          "secret " + in_quotes(name) + " is missing",
          "add " + name + "=… to .dev.vars beside this file, or set that environment variable"
      );
    }
  }
}

std::vector<DotenvLine> read_secrets(
    const WranglerFile& file, const std::vector<Variable>& vars, Problems& problems
) {
  std::vector<DotenvLine> secrets = read_dev_vars(file, problems);
  const auto required = read_required(file);
  if (!required) return secrets;
  std::erase_if(secrets, [&](const DotenvLine& secret) {
    const bool is_required = std::ranges::any_of(*required, [&](const Table::Text& name) {
      return name.text == secret.name;
    });
    return !is_required && !has_name(vars, secret.name);
  });
  add_from_environment(secrets, *required, file.of("secrets"));
  return secrets;
}

std::vector<Variable> with_secrets(
    std::vector<Variable> variables, std::vector<DotenvLine> secrets
) {
  for (DotenvLine& secret : secrets) {
    std::erase_if(variables, [&](const Variable& v) { return v.name == secret.name; });
    variables.push_back(
        {.name = std::move(secret.name), .value = std::move(secret.value), .is_secret = true}
    );
  }
  return variables;
}

// --- services and files ---

std::string read_props(const Table& table) {
  if (!table.table("props")) return "";
  const auto props = table.any("props");
  return props ? props->text : "";
}

std::vector<ServiceBinding> read_services(const WranglerFile& file) {
  std::vector<ServiceBinding> services;
  for (const Table& table : file.of("services").tables("services")) {
    ServiceBinding service{
        .name = table.string("binding").value_or(""),
        .service = table.string("service").value_or(""),
        .entrypoint = table.string("entrypoint").value_or(""),
        .props = read_props(table)
    };
    for (const std::string_view key : {"binding", "service"}) {
      if (!table.has(key))
        table.problem(table.place(), "the service binding has no " + std::string(key));
    }
    table.ignore("remote");
    table.ignore("environment");
    table.report_unknown_keys();
    const Place at = table.place("service");
    service.at = {at.line, at.column};
    if (!service.name.empty() && !service.service.empty()) services.push_back(std::move(service));
  }
  return services;
}

void read_files(
    const WranglerFile& file, std::string_view key, ModuleType type, std::vector<FileBinding>& files
) {
  const auto table = file.of(key).table(key);
  if (!table) return;
  for (const std::string& name : table->keys()) {
    const auto path = table->string(name);
    if (!path) continue;
    const std::string absolute = file.absolute(*path);
    if (const auto fault = fault_of_file(absolute))
      table->problem(name, "file " + in_quotes(*path) + ": " + *fault, "paths begin at this file");
    files.push_back({.name = name, .path = absolute, .type = type});
  }
}

std::string read_version_metadata(const WranglerFile& file) {
  const auto table = file.of("version_metadata").table("version_metadata");
  if (!table) return "";
  auto binding = table->string("binding");
  if (!table->has("binding")) table->problem(table->place(), "version_metadata has no binding");
  table->report_unknown_keys();
  return binding.value_or("");
}

// Names of `env` that two bindings have.
void check_names(const WranglerFile& file, const Bindings& bindings) {
  std::map<std::string_view, std::string_view> kinds;
  const auto claim = [&](std::string_view name, std::string_view kind, const Table& table) {
    const auto [first, is_new] = kinds.emplace(name, kind);
    if (is_new) return;
    table.problem(
        kind,
        "two bindings are named " + in_quotes(name),
        "the other one is in " + std::string(first->second)
    );
  };
  for (const Variable& v : bindings.variables) claim(v.name, "vars", file.of("vars"));
  for (const ServiceBinding& s : bindings.services) claim(s.name, "services", file.of("services"));
  for (const FileBinding& f : bindings.files) {
    const std::string_view key = key_of(f.type);
    claim(f.name, key, file.of(key));
  }
  if (!bindings.version_metadata.empty())
    claim(bindings.version_metadata, "version_metadata", file.of("version_metadata"));
}

}  // namespace

Bindings read_bindings(const WranglerFile& file, Problems& problems) {
  Bindings bindings;
  std::vector<Variable> vars = read_vars(file);
  std::vector<DotenvLine> secrets = read_secrets(file, vars, problems);
  bindings.variables = with_secrets(std::move(vars), std::move(secrets));
  bindings.services = read_services(file);
  for (const FileKey& key : kFileKeys) read_files(file, key.key, key.type, bindings.files);
  bindings.version_metadata = read_version_metadata(file);
  check_names(file, bindings);
  return bindings;
}

}  // namespace festina::zone
