// Bundle: a script's main module and all it imports, as modules for workerd.
//
// A JavaScript file that imports nothing but `cloudflare:*` and `node:*` is taken as it is, under its own name. All else
// (other imports, TypeScript, JSX) goes through esbuild and becomes one module.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "zone/zone.h"

namespace festina::workers {

struct Module {
  std::string name;  // "src/index.js": relative to the directory of the script's configuration file
  std::string text;
};

struct Bundle {
  std::vector<Module> modules;  // the main module first
  std::string version;          // changes with the content: 8 hex digits
};

// Does this source import anything that workerd does not bring itself? Says yes where only a parser could tell.
bool needs_bundling(std::string_view source);

// Reads the script's files. Errors: not_found, malformed (worker) with file, line and column; io (self).
Result<Bundle> load_bundle(const zone::Script&);

}  // namespace festina::workers
