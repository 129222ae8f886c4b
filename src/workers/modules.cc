#include "workers/modules.h"

#include <algorithm>
#include <string_view>

#include "base/json.h"

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

constexpr std::string_view kMainName = "__festina_main.js";
constexpr std::string_view kRuntimeName = "__festina_rt.js";
constexpr std::string_view kClockName = "__festina_clock.js";

bool is_ours(const Module& module) {
  return module.name == kMainName || module.name == kRuntimeName || module.name == kClockName;
}

std::string replaced(std::string_view text, std::string_view placeholder, std::string_view value) {
  std::string out;
  for (;;) {
    const std::size_t at = text.find(placeholder);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += value;
    text.remove_prefix(at + placeholder.size());
  }
}

// The text between the quotes of a JavaScript string; a JSON string is one.
std::string string_text(std::string_view text) {
  const std::string quoted = json::to_text(json::Value(text));
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

Result<std::vector<Module>> wrapped(
    const Bundle& bundle, TestClock clock, std::uint32_t max_calls
) {
  const auto taken = std::ranges::find_if(bundle.modules, is_ours);
  if (taken != bundle.modules.end()) {
    return Error{ErrorCode::conflict, Side::worker, "a module may not be named " + taken->name};
  }
  const bool has_clock = clock == TestClock::on;
  const std::string import_clock = has_clock ? "import \"./" + std::string(kClockName) + "\";" : "";
  const std::string main =
      replaced(kMain, "{{main}}", string_text("./" + bundle.modules.front().name));

  std::vector<Module> modules;
  modules.push_back({std::string(kMainName), replaced(main, "{{clock}}", import_clock)});
  modules.push_back(
      {std::string(kRuntimeName), replaced(kRuntime, "{{calls}}", std::to_string(max_calls))}
  );
  if (has_clock) modules.push_back({std::string(kClockName), std::string(kClock)});
  modules.insert(modules.end(), bundle.modules.begin(), bundle.modules.end());
  return modules;
}

}  // namespace festina::workers
