#include "workers/bundle.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "workers/module_rules.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using zone::ModuleType;

// Stands before the text of a service worker that imports files: those are globals.
constexpr std::string_view kRequire =
#include "workers/js/require.js.inc"
    ;

// The directory that module names start at: the project's, or the main file's when that lies elsewhere.
fs::path root_of(const zone::Script& script) {
  const fs::path project = project_of(script);
  const fs::path name = fs::path(script.main).lexically_relative(project);
  const bool is_within = !name.empty() && name.begin()->string() != "..";
  return is_within ? project : fs::path(script.main).parent_path();
}

fs::path main_name(const zone::Script& script) {
  return fs::path(script.main).lexically_relative(root_of(script));
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::not_found, Side::worker, "cannot read " + path.string()};
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

bool is_the_runtimes(std::string_view import) {
  return import.starts_with("cloudflare:") || import.starts_with("node:");
}

bool asks_for_changes(const zone::Building& building) {
  return building.minifies || !building.define.empty() || !building.alias.empty();
}

// As wrangler tells them apart, but that it wants the default export of modules.
Syntax syntax_of(const Outline& outline) {
  return outline.exports.empty() ? Syntax::service_worker : Syntax::modules;
}

// May workerd get the file as its author wrote it? `require` joins modules only when esbuild sees it; where it is but a
// word, joining does no harm.
bool stands_alone(const zone::Script& script, const Outline& outline, std::string_view source) {
  const std::string extension = fs::path(script.main).extension();
  return (extension == ".js" || extension == ".mjs") &&
         std::ranges::all_of(outline.imports, is_the_runtimes) &&
         source.find("require") == std::string_view::npos && !asks_for_changes(script.building);
}

// From this date on nodejs_compat needs no flag (workerd.md §12.5).
constexpr std::string_view kNodeByDefault = "2026-08-04";

NodeNames node_names_of(const zone::Script& script) {
  const auto has = [&](std::string_view flag) {
    return std::ranges::find(script.compatibility_flags, flag) != script.compatibility_flags.end();
  };
  const bool has_node = has("nodejs_compat") ||
                        (script.compatibility_date >= kNodeByDefault && !has("no_nodejs_compat"));
  return has_node ? NodeNames::all : NodeNames::only_with_prefix;
}

// Files that wrangler does not look at either.
bool is_passed_over(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename();
  return entry.is_directory() && (name == "node_modules" || name.starts_with("."));
}

// The files below base_dir that the rules name. They are modules beside the main one, under their own names.
Result<std::vector<Module>> additional_modules(
    const zone::Script& script, const ModuleRules& rules
) {
  std::vector<Module> modules;
  const fs::path main(script.main);
  const std::string& base_dir = script.building.base_dir;
  const fs::path base = base_dir.empty() ? main.parent_path() : fs::path(base_dir);
  std::error_code failed;
  for (fs::recursive_directory_iterator at(base, failed), end; at != end; at.increment(failed)) {
    if (is_passed_over(*at)) at.disable_recursion_pending();
    const fs::path& path = at->path();
    if (!at->is_regular_file() || path == main || path == script.configuration_file) continue;
    const auto type = rules.type_of(path.lexically_relative(base).string());
    if (!type) continue;
    auto content = read_file(path);
    if (!content) return content.error();
    const fs::path name = path.lexically_relative(root_of(script));
    modules.push_back({.name = name.string(), .content = *std::move(content), .type = *type});
  }
  if (failed) return Error{ErrorCode::io, Side::worker, base.string() + ": " + failed.message()};
  std::ranges::sort(modules, {}, &Module::name);
  return modules;
}

// With no_bundle they are looked for even unasked; a service worker can not import them.
Result<std::vector<Module>> found_modules(
    const zone::Script& script, const ModuleRules& rules, Syntax syntax
) {
  if (!script.building.finds_additional_modules) return std::vector<Module>();
  if (syntax == Syntax::modules) return additional_modules(script, rules);
  if (!script.building.bundles) return std::vector<Module>();
  return Error{
      ErrorCode::unsupported,
      Side::worker,
      "find_additional_modules needs a main module that exports something: a service worker has no "
      "modules"
  };
}

// What an imported file is: esbuild was told of those that the rules name, and the rules tell by the path from where the
// import stands.
ModuleType type_of_asset(const ModuleRules& rules, const Asset& asset) {
  return rules.type_of(fs::path(asset.name).filename().string()).value_or(ModuleType::text);
}

// The main file and its imports in one text; imported files become modules or, in a service worker, globals.
Result<Bundle> joined(const zone::Script& script, const ModuleRules& rules, Syntax syntax) {
  auto extensions = rules.imported_extensions();
  if (!extensions) return extensions.error();
  auto beside = found_modules(script, rules, syntax);
  if (!beside) return beside.error();
  JoinOptions options{
      .syntax = syntax,
      .node_names = node_names_of(script),
      .assets = *std::move(extensions),
      .external = {}
  };
  for (const Module& module : *beside)
    options.external.push_back((root_of(script) / module.name).string());
  auto result = join(script, options);
  if (!result) return result.error();

  Bundle bundle{
      .syntax = syntax,
      .exports = std::move(result->exports),
      .source_map = std::move(result->source_map)
  };
  fs::path name = main_name(script);
  if (name.extension() != ".js" && name.extension() != ".mjs") name.replace_extension(".js");
  const bool has_globals = syntax == Syntax::service_worker && !result->assets.empty();
  const std::string before = has_globals ? std::string(kRequire) : "";
  bundle.modules.push_back({.name = name.string(), .content = before + result->text});
  for (Asset& asset : result->assets) {
    const ModuleType type = type_of_asset(rules, asset);
    if (has_globals) {
      bundle.constants.push_back(
          {.name = global_name("./" + asset.name), .content = std::move(asset.content), .type = type
          }
      );
    } else {
      const std::string path = (name.parent_path() / asset.name).string();
      bundle.modules.push_back({.name = path, .content = std::move(asset.content), .type = type});
    }
  }
  std::ranges::move(*beside, std::back_inserter(bundle.modules));
  return bundle;
}

// The main file as it is, and with no_bundle the files beside it.
Result<Bundle> taken_as_it_is(
    const zone::Script& script, const ModuleRules& rules, Outline outline, std::string source
) {
  const Syntax syntax = syntax_of(outline);
  auto beside = found_modules(script, rules, syntax);
  if (!beside) return beside.error();
  Bundle bundle{.syntax = syntax, .exports = std::move(outline.exports)};
  bundle.modules.push_back({.name = main_name(script).string(), .content = std::move(source)});
  std::ranges::move(*beside, std::back_inserter(bundle.modules));
  return bundle;
}

Result<> add_constants(const zone::Script& script, Bundle& bundle) {
  for (const zone::FileBinding& file : script.files) {
    auto content = read_file(file.path);
    if (!content) return content.error();
    bundle.constants.push_back(
        {.name = file.name, .content = *std::move(content), .type = file.type}
    );
  }
  return {};
}

Result<Bundle> content_of(const zone::Script& script) {
  const auto rules = ModuleRules::of(script.building.rules);
  if (!rules) return rules.error();
  auto source = read_file(script.main);
  if (!source) return source.error();
  auto outline = outline_of(script);
  if (!outline) return outline.error();
  if (!script.building.bundles || stands_alone(script, *outline, *source))
    return taken_as_it_is(script, *rules, *std::move(outline), *std::move(source));
  return joined(script, *rules, syntax_of(*outline));
}

// All that makes one version of a script behave unlike another.
std::string version_of(const zone::Script& script, const Bundle& bundle) {
  Fingerprint all;
  for (const auto* modules : {&bundle.modules, &bundle.constants}) {
    all.add(std::to_string(modules->size()));
    for (const Module& module : *modules) {
      all.add(module.name);
      all.add(module.content);
      all.add(std::to_string(static_cast<int>(module.type)));
    }
  }
  all.add(bundle.source_map);
  all.add(script.compatibility_date);
  all.add(script.version_metadata);
  all.add(std::to_string(script.compatibility_flags.size()));
  for (const std::string& flag : script.compatibility_flags) all.add(flag);
  for (const zone::Variable& variable : script.variables) {
    all.add(variable.name);
    all.add(variable.value);
    all.add(variable.is_json ? "json" : "text");
  }
  return all.text();
}

}  // namespace

std::string global_name(std::string_view path) {
  std::string name(path);
  const auto is_of_a_name = [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '$';
  };
  std::ranges::replace_if(name, std::not_fn(is_of_a_name), '_');
  return name;
}

Result<Bundle> load_bundle(const zone::Script& script) {
  auto bundle = content_of(script);
  if (!bundle) return bundle;
  const Result<> added = add_constants(script, *bundle);
  if (!added) return added.error();
  bundle->version = version_of(script, *bundle);
  bundle->read_at = SystemClock().now();
  return bundle;
}

}  // namespace festina::workers
