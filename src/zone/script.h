// Script: one Worker as its wrangler file describes it, and the secrets its owner keeps beside that file.
//
// Whatever the syntax of the file was, and with the chosen environment applied. Paths are absolute.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "zone/problem.h"
#include "zone/route.h"

namespace festina::zone {

// What a script may call for one request, by [workers] limits: fetch() and the Cache API together (reference §5.5).
inline constexpr std::uint32_t kFreeCalls = 50;
inline constexpr std::uint32_t kPaidCalls = 1'000;

// A binding that is a constant. Text stays text, anything else is JSON.
struct Variable {
  std::string name;
  std::string value;
  bool is_json = false;
  bool is_secret = false;  // from .dev.vars: its value is never printed, logged or told
};

// A binding to another script of the same configuration, or to another entrypoint of this one.
struct ServiceBinding {
  std::string name;             // in env
  std::string service;          // the script; it exists
  std::string entrypoint = {};  // a named export; empty: the default one
  std::string props = {};       // a JSON object, which is its ctx.props; empty: none
  Position at = {};
};

// What an imported file becomes (wrangler's rules).
enum class ModuleType : std::uint8_t {
  es_module,
  common_js,
  compiled_wasm,
  text,
  data,
  python_module,
  python_requirement
};

// Files whose path matches one of the globs are modules of this type. The first rule that matches decides; a rule without
// `fallthrough` ends the list of its type: those behind it, wrangler's own included, do not count.
struct ModuleRule {
  ModuleType type = ModuleType::text;
  std::vector<std::string> globs;
  bool fallthrough = false;
};

// How the modules are made of the main file. Defaults are wrangler's.
struct Building {
  bool bundles = true;  // false: no_bundle, the files are taken as they are
  bool minifies = false;
  bool keeps_names = true;  // keep_names: __name() around functions
  bool finds_additional_modules =
      false;  // find_additional_modules: files below base_dir that match the rules
  bool preserves_file_names = false;
  std::string base_dir = {};  // of additional modules; empty: the directory of the main file
  std::string tsconfig = {};  // empty: as esbuild finds it
  std::string jsx_factory = "React.createElement";
  std::string jsx_fragment = "React.Fragment";
  std::map<std::string, std::string> define = {
  };  // a name → the JavaScript expression in its place
  std::map<std::string, std::string> alias = {};  // a module's name → the one in its place
  std::vector<ModuleRule> rules = {};             // in front of wrangler's own
};

// A file whose content is a binding: text_blobs, data_blobs and wasm_modules of service-worker scripts.
struct FileBinding {
  std::string name;
  std::string path;
  ModuleType type = ModuleType::text;  // text, data or compiled_wasm
};

struct Script {
  std::string name;         // of the file, or of the environment
  std::string environment;  // the chosen one of the file; empty: none
  std::string configuration_file;
  std::string main;                // the main module
  std::string compatibility_date;  // YYYY-MM-DD
  std::vector<std::string> compatibility_flags;
  Position date_at;   // of compatibility_date in the file
  Position flags_at;  // of compatibility_flags
  Position name_at;

  std::vector<Variable> variables;  // vars, with the secrets in place of vars of their names
  std::vector<ServiceBinding> services;
  std::vector<FileBinding> files;
  std::string version_metadata;  // the binding that holds {id, tag, timestamp}; empty: none
  Building building;
  std::optional<std::uint32_t> cpu_ms;       // limits.cpu_ms: of one request
  std::optional<std::uint32_t> subrequests;  // limits.subrequests: of one request

  std::vector<Route> routes;
  std::vector<std::string> custom_domains;  // hosts whose every path is this script's
  bool workers_dev = false;                 // is it served as <name>.<subdomain>.workers.dev?
  bool is_snippet = false;                  // does it run in front of Workers? (zone/snippet)
};

// What the script may call for one request, of so many that [workers] limits allows every script.
inline std::uint32_t max_calls(const Script& script, std::uint32_t of_plan) {
  return std::min(script.subrequests.value_or(of_plan), of_plan);
}

}  // namespace festina::zone
