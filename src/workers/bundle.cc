#include "workers/bundle.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/hash.h"
#include "base/text.h"
#include "workers/find_program.h"
#include "workers/process.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kBundleLimit{60};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '$';
}

std::string_view without_space(std::string_view text) {
  const auto first = std::ranges::find_if_not(text, is_space);
  return text.substr(static_cast<std::size_t>(first - text.begin()));
}

// What follows the word `from`, `import` or `require`: a specifier that workerd resolves, one that it does not, or none.
bool names_a_file(std::string_view after) {
  after = without_space(after);
  if (after.starts_with('(')) after = without_space(after.substr(1));
  if (after.empty() || std::string_view("\"'`").find(after.front()) == std::string_view::npos)
    return false;
  const std::string_view specifier = after.substr(1);
  return !specifier.starts_with("cloudflare:") && !specifier.starts_with("node:");
}

fs::path project_of(const zone::Script& script) {
  return fs::path(script.configuration_file).parent_path();
}

// The main module as seen from the project; just its file name when it lies elsewhere.
std::string module_name(const zone::Script& script) {
  const fs::path main(script.main);
  fs::path name = main.lexically_relative(project_of(script));
  if (name.empty() || name.begin()->string() == "..") name = main.filename();
  return name.string();
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::not_found, Side::worker, "cannot read " + path};
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// "src/index.js:3:8: Could not resolve "./x.js"", out of esbuild's report. There the message stands behind "[ERROR]" and
// the place on a line of its own, with columns from 0.
std::string first_complaint(std::string_view report) {
  constexpr std::string_view mark = "[ERROR] ";
  std::string message;
  for (const std::string_view line : split(report, '\n')) {
    const std::size_t at = line.find(mark);
    if (message.empty() && at != std::string_view::npos) message = line.substr(at + mark.size());
    if (message.empty() || !line.starts_with("    ") || !line.ends_with(':')) continue;
    const std::string_view place = trimmed(line.substr(0, line.size() - 1));
    const std::size_t colon = place.rfind(':');
    const auto column =
        colon == std::string_view::npos ? std::nullopt : parse_decimal(place.substr(colon + 1));
    if (column)
      return std::string(place.substr(0, colon + 1)) + std::to_string(*column + 1) + ": " + message;
  }
  return message.empty() ? std::string(trimmed(report)) : message;
}

Result<std::string> bundled(const zone::Script& script) {
  const fs::path project = project_of(script);
  const auto esbuild = find_program(
      "esbuild", {"@esbuild/linux-x64", "@esbuild/linux-arm64"}, {project, fs::current_path()}
  );
  if (!esbuild) {
    return Error{
        ErrorCode::not_found,
        Side::self,
        "esbuild is needed for the imports of " + script.main + "; `npm install esbuild` in " +
            project.string() + " brings it"
    };
  }
  const Program program{
      .path = *esbuild,
      .arguments =
          {script.main,
           "--bundle",
           "--format=esm",
           "--target=es2024",
           "--conditions=workerd,worker,browser",
           "--external:cloudflare:*",
           "--external:node:*",
           "--loader:.txt=text",
           "--loader:.html=text",
           "--loader:.sql=text",
           "--keep-names",
           "--log-level=error",
           "--color=false"},
      .directory = project.string(),
      .inherited = {},
  };
  auto finished = run(program, kBundleLimit);
  if (!finished) return finished.error();
  if (!finished->exit.is_success()) {
    return Error{ErrorCode::malformed, Side::worker, first_complaint(finished->errors)};
  }
  return std::move(finished->output);
}

// All that makes one version of a script behave unlike another.
std::string version_of(const zone::Script& script, const std::vector<Module>& modules) {
  std::string text;
  const auto add = [&](std::string_view part) {
    text.append(std::to_string(part.size())).append(":").append(part);
  };
  for (const Module& module : modules) {
    add(module.name);
    add(module.text);
  }
  add(script.compatibility_date);
  for (const std::string& flag : script.compatibility_flags) add(flag);
  for (const zone::Variable& variable : script.variables) {
    add(variable.name);
    add(variable.value);
    add(variable.is_json ? "json" : "text");
  }
  return to_hex(checksum64(text), 16).substr(0, 8);
}

}  // namespace

bool needs_bundling(std::string_view source) {
  for (const std::string_view word : {"from", "import", "require"}) {
    for (std::size_t at = source.find(word); at != std::string_view::npos;
         at = source.find(word, at + 1)) {
      const bool is_part_of_word = at > 0 && is_word(source[at - 1]);
      if (!is_part_of_word && names_a_file(source.substr(at + word.size()))) return true;
    }
  }
  return false;
}

Result<Bundle> load_bundle(const zone::Script& script) {
  fs::path name = module_name(script);
  const bool is_javascript = name.extension() == ".js" || name.extension() == ".mjs";
  auto text = read_file(script.main);
  if (!text) return text.error();
  if (!is_javascript || needs_bundling(*text)) {
    text = bundled(script);
    if (!text) return text.error();
    if (!is_javascript) name.replace_extension(".js");
  }
  Bundle bundle;
  bundle.modules.push_back({name.string(), std::move(*text)});
  bundle.version = version_of(script, bundle.modules);
  return bundle;
}

}  // namespace festina::workers
