// Bundle: a script's main module and all it imports, as modules for workerd.
//
// JavaScript that imports nothing but `cloudflare:*` and `node:*` is taken as it is, so that stack traces show its own
// lines. All else (other imports, TypeScript, JSX) goes through esbuild and becomes one module, beside files that stay
// what they are: text, data, WebAssembly. With no_bundle nothing is joined.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/errors.h"
#include "workers/esbuild.h"
#include "zone/script.h"

namespace festina::workers {

struct Module {
  std::string name;  // "src/index.js": relative to the directory of the script's configuration file
  std::string content;
  zone::ModuleType type = zone::ModuleType::es_module;
};

struct Bundle {
  Syntax syntax = Syntax::modules;
  std::vector<Module> modules = {};  // the main module first; of a service worker: the script alone
  std::vector<Module> constants = {};     // bindings to a content, by their names
  std::vector<std::string> exports = {};  // of the main module
  std::string source_map = {};            // of the main module, when it was joined (esbuild.h)
  std::string version = {};               // changes with the content: 8 hex digits
  TimePoint read_at = {};                 // when its files were; two alike may differ in it
};

// The global that a service worker's import of this path becomes.
std::string global_name(std::string_view path);

// Reads the script's files. Errors: not_found, unsupported, malformed (worker) with file, line and column; io (self).
Result<Bundle> load_bundle(const zone::Script&);

}  // namespace festina::workers
