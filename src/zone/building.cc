#include "zone/building.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "zone/files.h"

namespace festina::zone {
namespace {

struct TypeName {
  std::string_view name;
  ModuleType type;
};
constexpr TypeName kTypeNames[] = {
    {"ESModule", ModuleType::es_module},
    {"CommonJS", ModuleType::common_js},
    {"CompiledWasm", ModuleType::compiled_wasm},
    {"Text", ModuleType::text},
    {"Data", ModuleType::data},
    {"PythonModule", ModuleType::python_module},
    {"PythonRequirement", ModuleType::python_requirement},
};

std::optional<ModuleType> read_type(const Table& table) {
  std::array<std::string_view, std::size(kTypeNames)> names;
  std::ranges::transform(kTypeNames, names.begin(), &TypeName::name);
  const auto name = table.word("type", names);
  if (!table.has("type")) table.problem(table.place(), "the rule has no type");
  if (!name) return std::nullopt;
  return std::ranges::find(kTypeNames, *name, &TypeName::name)->type;
}

std::vector<ModuleRule> read_rules(const WranglerFile& file) {
  std::vector<ModuleRule> rules;
  for (const Table& table : file.of("rules").tables("rules")) {
    const auto type = read_type(table);
    std::vector<std::string> globs;
    for (auto& glob : table.strings("globs")) globs.push_back(std::move(glob.text));
    if (!table.has("globs"))
      table.problem(table.place(), "the rule has no globs", "add globs = [\"**/*.md\"]");
    const bool fallthrough = table.boolean("fallthrough").value_or(false);
    table.report_unknown_keys();
    if (type) rules.push_back({*type, std::move(globs), fallthrough});
  }
  return rules;
}

// Names and strings.
std::map<std::string, std::string> read_pairs(const WranglerFile& file, std::string_view key) {
  std::map<std::string, std::string> pairs;
  const auto table = file.of(key).table(key);
  if (!table) return pairs;
  for (const std::string& name : table->keys()) {
    if (auto value = table->string(name)) pairs.emplace(name, std::move(*value));
  }
  return pairs;
}

bool read_switch(const WranglerFile& file, std::string_view key, bool otherwise) {
  return file.of(key).boolean(key).value_or(otherwise);
}

std::string read_text(const WranglerFile& file, std::string_view key, std::string otherwise) {
  return file.of(key).string(key).value_or(std::move(otherwise));
}

std::string read_tsconfig(const WranglerFile& file) {
  const Table& table = file.of("tsconfig");
  const auto path = table.string("tsconfig");
  if (!path) return "";
  std::string absolute = file.absolute(*path);
  if (const auto fault = fault_of_file(absolute))
    table.problem("tsconfig", "file " + in_quotes(*path) + ": " + *fault);
  return absolute;
}

std::string read_base_dir(const WranglerFile& file) {
  const Table& table = file.of("base_dir");
  const auto path = table.string("base_dir");
  if (!path) return "";
  std::string absolute = file.absolute(*path);
  std::error_code failed;
  if (!std::filesystem::is_directory(absolute, failed))
    table.problem("base_dir", in_quotes(*path) + " is no directory");
  return absolute;
}

}  // namespace

Building read_building(const WranglerFile& file) {
  const Building otherwise;
  Building building;
  building.bundles = !read_switch(file, "no_bundle", !otherwise.bundles);
  building.minifies = read_switch(file, "minify", otherwise.minifies);
  building.keeps_names = read_switch(file, "keep_names", otherwise.keeps_names);
  building.finds_additional_modules =
      read_switch(file, "find_additional_modules", !building.bundles);
  building.preserves_file_names =
      read_switch(file, "preserve_file_names", otherwise.preserves_file_names);
  building.base_dir = read_base_dir(file);
  building.tsconfig = read_tsconfig(file);
  building.jsx_factory = read_text(file, "jsx_factory", otherwise.jsx_factory);
  building.jsx_fragment = read_text(file, "jsx_fragment", otherwise.jsx_fragment);
  building.define = read_pairs(file, "define");
  building.alias = read_pairs(file, "alias");
  building.rules = read_rules(file);
  return building;
}

}  // namespace festina::zone
