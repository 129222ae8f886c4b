#include "workers/modules.h"

#include <algorithm>
#include <string_view>

#include "base/json.h"
#include "workers/replaced.h"

namespace festina::workers {
namespace {

constexpr std::string_view kMain =
#include "workers/js/main.js.inc"
    ;
constexpr std::string_view kRuntime =
#include "workers/js/rt.js.inc"
    ;
constexpr std::string_view kClock =
#include "workers/js/clock.js.inc"
    ;
constexpr std::string_view kSourceMap =
#include "workers/js/source_map.js.inc"
    ;
constexpr std::string_view kNative =
#include "workers/js/native.js.inc"
    ;
constexpr std::string_view kNativeInternal =
#include "workers/js/native_internal.js.inc"
    ;
constexpr std::string_view kServiceWorker =
#include "workers/js/service_worker.js.inc"
    ;

// What our modules are called, and how they import each other: beside a script's own, or in the extension.
struct Names {
  std::string_view runtime;
  std::string_view native;
  std::string_view clock;
  std::string_view prefix;  // of an import
};
constexpr std::string_view kMainName = "__festina_main.js";
constexpr std::string_view kSourceMapName = "__festina_source_map.js";
constexpr std::string_view kMapName = "__festina_map";
constexpr Names kBeside = {
    .runtime = "__festina_rt.js",
    .native = "__festina_native.js",
    .clock = "__festina_clock.js",
    .prefix = "./"
};
constexpr Names kInternal = {
    .runtime = "festina:rt", .native = "festina:native", .clock = "festina:clock", .prefix = ""
};

bool is_ours(const Module& module) {
  return module.name == kMainName || module.name == kBeside.runtime ||
         module.name == kBeside.native || module.name == kBeside.clock ||
         module.name == kSourceMapName || module.name == kMapName;
}

// A JavaScript string; a JSON string is one.
std::string quoted(std::string_view text) { return json::to_text(json::Value(text)); }

// The same without its quotes.
std::string string_text(std::string_view text) {
  const std::string whole = quoted(text);
  return whole.substr(1, whole.size() - 2);
}

std::string import_of(const Names& names, std::string_view module) {
  return std::string(names.prefix).append(module);
}

// Our source with the names of ours that it imports.
std::string filled(std::string_view source, const Names& names, TestClock clock) {
  const std::string import_clock =
      clock == TestClock::on ? "import " + quoted(import_of(names, names.clock)) + ";" : "";
  std::string text = replaced(source, "{{rt}}", import_of(names, names.runtime));
  text = replaced(text, "{{native}}", import_of(names, names.native));
  return replaced(text, "{{clock}}", import_clock);
}

// The runtime module and what it needs.
std::vector<Module> runtime_modules(
    const Names& names, std::string_view native_source, TestClock clock, std::uint32_t max_calls
) {
  std::vector<Module> modules;
  const auto add = [&](std::string_view name, std::string_view source) {
    modules.push_back({.name = std::string(name), .content = filled(source, names, clock)});
  };
  add(names.runtime, replaced(kRuntime, "{{calls}}", std::to_string(max_calls)));
  add(names.native, native_source);
  if (clock == TestClock::on) add(names.clock, kClock);
  return modules;
}

// Two lines per export. Its name may be any text.
std::string export_lines(const std::vector<std::string>& names) {
  std::string lines;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string local = "export" + std::to_string(i);
    const std::string name = quoted(names[i]);
    lines.append("const ").append(local).append(" = wrap(user[").append(name).append("]);\n");
    lines.append("export { ").append(local).append(" as ").append(name).append(" };\n");
  }
  return lines;
}

// What tells stacks of the main module by its sources, and the map it reads.
std::vector<Module> source_map_modules(const Bundle& bundle) {
  std::string reader = filled(kSourceMap, kBeside, TestClock::off);
  reader = replaced(reader, "{{map}}", kMapName);
  reader = replaced(reader, "{{module}}", string_text(bundle.modules.front().name));
  return {
      {.name = std::string(kSourceMapName), .content = std::move(reader)},
      {.name = std::string(kMapName), .content = bundle.source_map, .type = zone::ModuleType::text}
  };
}

std::vector<Module> around_modules(const Bundle& bundle, TestClock clock, std::uint32_t max_calls) {
  std::string main = filled(kMain, kBeside, clock);
  main = replaced(main, "{{main}}", string_text("./" + bundle.modules.front().name));
  main = replaced(main, "{{exports}}", export_lines(bundle.exports));
  const bool is_joined = !bundle.source_map.empty();
  const std::string import_map =
      is_joined ? "import " + quoted(import_of(kBeside, kSourceMapName)) + ";" : "";
  main = replaced(main, "{{source_map}}", import_map);
  std::vector<Module> modules;
  modules.push_back({.name = std::string(kMainName), .content = std::move(main)});
  std::ranges::move(
      runtime_modules(kBeside, kNative, clock, max_calls), std::back_inserter(modules)
  );
  if (is_joined) std::ranges::move(source_map_modules(bundle), std::back_inserter(modules));
  modules.insert(modules.end(), bundle.modules.begin(), bundle.modules.end());
  return modules;
}

}  // namespace

Result<std::vector<Module>> wrapped(
    const Bundle& bundle, TestClock clock, std::uint32_t max_calls
) {
  if (bundle.syntax == Syntax::modules) {
    const auto taken = std::ranges::find_if(bundle.modules, is_ours);
    if (taken == bundle.modules.end()) return around_modules(bundle, clock, max_calls);
    return Error{ErrorCode::conflict, Side::worker, "a module may not be named " + taken->name};
  }
  // Nothing stands around it, so only V8 can be told what it is called in stack traces.
  Module script = bundle.modules.front();
  script.content += "\n//# sourceURL=" + script.name + "\n";
  return std::vector<Module>{std::move(script)};
}

std::vector<Module> extension_for(Syntax syntax, TestClock clock, std::uint32_t max_calls) {
  if (syntax == Syntax::modules) return {};
  std::vector<Module> modules = runtime_modules(kInternal, kNativeInternal, clock, max_calls);
  modules.push_back(
      {.name = std::string(kServiceWorkerModule),
       .content = filled(kServiceWorker, kInternal, clock)}
  );
  return modules;
}

}  // namespace festina::workers
