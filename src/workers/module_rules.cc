#include "workers/module_rules.h"

#include <algorithm>

namespace festina::workers {
namespace {

using zone::ModuleRule;
using zone::ModuleType;

const std::vector<ModuleRule>& wranglers_own() {
  static const std::vector<ModuleRule> kRules = {
      {.type = ModuleType::text, .globs = {"**/*.txt", "**/*.html", "**/*.sql"}},
      {.type = ModuleType::data, .globs = {"**/*.bin"}},
      {.type = ModuleType::compiled_wasm, .globs = {"**/*.wasm", "**/*.wasm?module"}},
  };
  return kRules;
}

bool is_python(const ModuleRule& rule) {
  return rule.type == ModuleType::python_module || rule.type == ModuleType::python_requirement;
}

bool is_javascript(const ModuleRule& rule) {
  return rule.type == ModuleType::es_module || rule.type == ModuleType::common_js;
}

Error not_an_extension(const std::string& glob) {
  return {
      ErrorCode::unsupported,
      Side::worker,
      "rules: \"" + glob +
          "\" is no extension, and imports are told apart by that alone: write it as \"**/*.txt\", "
          "or set no_bundle"
  };
}

// The first of these that ends its type's list makes those behind it void.
bool is_ended(const std::vector<ModuleRule>& before, ModuleType type) {
  return std::ranges::any_of(before, [&](const ModuleRule& rule) {
    return rule.type == type && !rule.fallthrough;
  });
}

// ".txt" of "**/*.txt" or "*.txt"; nothing for a glob that asks for more. A query behind it is the importer's own word.
std::optional<std::string> extension_of(std::string_view glob) {
  if (glob.starts_with("**/")) glob.remove_prefix(3);
  glob = glob.substr(0, glob.find('?'));
  if (!glob.starts_with("*.") || glob.find_first_of("*/[]{}", 1) != std::string_view::npos)
    return {};
  return std::string(glob.substr(1));
}

}  // namespace

bool matches_glob(std::string_view glob, std::string_view path) {
  if (glob.empty()) return path.empty();
  if (glob.starts_with("**/") && matches_glob(glob.substr(3), path)) return true;
  if (glob.front() != '*') {
    return !path.empty() && glob.front() == path.front() &&
           matches_glob(glob.substr(1), path.substr(1));
  }
  const bool crosses = glob.starts_with("**");
  const std::string_view rest = glob.substr(crosses ? 2 : 1);
  for (std::size_t taken = 0;; ++taken) {
    if (matches_glob(rest, path.substr(taken))) return true;
    if (taken == path.size() || (!crosses && path[taken] == '/')) return false;
  }
}

Result<ModuleRules> ModuleRules::of(const std::vector<ModuleRule>& own) {
  if (std::ranges::any_of(own, is_python))
    return Error{ErrorCode::unsupported, Side::worker, "Python modules are not supported"};
  ModuleRules all;
  for (const auto* rules : {&own, &wranglers_own()}) {
    for (const ModuleRule& rule : *rules) {
      if (!is_ended(all.rules_, rule.type)) all.rules_.push_back(rule);
    }
  }
  return all;
}

std::optional<ModuleType> ModuleRules::type_of(std::string_view path) const {
  const auto matches = [&](const ModuleRule& rule) {
    return std::ranges::any_of(rule.globs, [&](const std::string& glob) {
      return matches_glob(glob, path);
    });
  };
  const auto found = std::ranges::find_if(rules_, matches);
  return found == rules_.end() ? std::nullopt : std::optional(found->type);
}

Result<std::vector<std::string>> ModuleRules::imported_extensions() const {
  std::vector<std::string> globs;
  for (const ModuleRule& rule : rules_) {
    if (!is_javascript(rule)) globs.insert(globs.end(), rule.globs.begin(), rule.globs.end());
  }
  std::vector<std::string> extensions;
  for (const std::string& glob : globs) {
    auto extension = extension_of(glob);
    if (!extension) return not_an_extension(glob);
    if (std::ranges::find(extensions, *extension) == extensions.end())
      extensions.push_back(*std::move(extension));
  }
  return extensions;
}

}  // namespace festina::workers
