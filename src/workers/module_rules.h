// Module rules: what kind of module a file becomes, by wrangler's rules and those of the script's owner.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "zone/script.h"

namespace festina::workers {

// Does the path, relative and with "/", match? "**" stands for any text, "*" for any without "/", "?" for itself as in
// "*.wasm?module".
bool matches_glob(std::string_view glob, std::string_view path);

class ModuleRules {
 public:
  // The script's own rules, then wrangler's. Errors: unsupported (worker) for Python.
  static Result<ModuleRules> of(const std::vector<zone::ModuleRule>& own);

  // What the file becomes; nothing when no rule speaks of it.
  std::optional<zone::ModuleType> type_of(std::string_view path) const;
  // The extensions, such as ".txt", of files that stay modules of their own when they are imported. JavaScript is joined
  // with what imports it. Errors: unsupported (worker) for a glob that says more than an extension.
  Result<std::vector<std::string>> imported_extensions() const;

 private:
  std::vector<zone::ModuleRule> rules_;
};

}  // namespace festina::workers
