// What it makes is read from a directory of its own: with several files to write it has no other way. Files that are not
// joined are found again in its text by their path, which only esbuild knows: by the hash of their content, or as seen
// from that directory.
#include "workers/esbuild.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdlib.h>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "workers/find_program.h"
#include "workers/process.h"
#include "workers/replaced.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kLimit{60};

// What it writes, beside assets.
constexpr const char* kText = "main.js";
constexpr const char* kMap = "main.js.map";
constexpr const char* kReport = "metafile.json";

// Node's modules, those that workerd has. Subpaths follow them.
constexpr std::string_view kNodeModules[] = {
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
};

// In front of modules in which CommonJS packages ask for Node's: esbuild leaves those calls to a `require` around it.
constexpr std::string_view kNodeRequire =
    "import { createRequire as __createRequire } from \"node:module\"; "
    "var require = __createRequire(\"/\");\n";

// A directory that goes with its owner.
class Workplace {
 public:
  static Result<Workplace> make() {
    std::string path = (fs::temp_directory_path() / "festina-esbuild.XXXXXX").string();
    if (!::mkdtemp(path.data())) {
      return Error{
          ErrorCode::io,
          Side::self,
          "cannot make " + path + ": " + std::generic_category().message(errno)
      };
    }
    return Workplace(fs::canonical(path));
  }
  Workplace(Workplace&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Workplace& operator=(Workplace&&) = delete;
  ~Workplace() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit Workplace(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
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

Result<std::string> find_esbuild(const zone::Script& script) {
  const std::string project = project_of(script);
  auto found = find_program(
      "esbuild", {"@esbuild/linux-x64", "@esbuild/linux-arm64"}, {project, fs::current_path()}
  );
  if (found) return *std::move(found);
  return Error{
      ErrorCode::not_found,
      Side::self,
      "esbuild is needed for " + script.main + "; `npm install esbuild` in " + project +
          " brings it"
  };
}

// What the report says of the text made of the main file.
const json::Value* text_in(const json::Value& report) {
  const json::Value* outputs = json::find(report, "outputs");
  if (!outputs || !outputs->is_object()) return nullptr;
  for (const auto& [path, output] : outputs->get_object()) {
    if (json::find(output, "entryPoint")) return &output;
  }
  return nullptr;
}

// Runs esbuild on the main file, with options and the report asked for: what that says of the text that was made.
Result<json::Value> report_of(
    const zone::Script& script, std::vector<std::string> options, const Workplace& workplace
) {
  auto esbuild = find_esbuild(script);
  if (!esbuild) return esbuild.error();
  const fs::path report = workplace.path() / kReport;
  Program program{
      .path = *std::move(esbuild),
      .arguments =
          {script.main,
           "--loader:.js=jsx",  // as wrangler reads them
           "--loader:.mjs=jsx",
           "--loader:.cjs=jsx",
           "--log-level=error",
           "--color=false",
           "--outdir=" + workplace.path().string(),
           "--entry-names=" + fs::path(kText).stem().string(),
           "--metafile=" + report.string()},
      .directory = project_of(script),
      .inherited = {},
  };
  std::ranges::move(options, std::back_inserter(program.arguments));
  if (!script.building.tsconfig.empty())
    program.arguments.push_back("--tsconfig=" + script.building.tsconfig);
  const auto finished = run(program, kLimit);
  if (!finished) return finished.error();
  if (!finished->exit.is_success())
    return Error{ErrorCode::malformed, Side::worker, first_complaint(finished->errors)};
  const auto read = json::parse(content_of(report));
  if (!read) return with_detail(Error(ErrorCode::io, Side::self), "esbuild's report");
  const json::Value* text = text_in(*read);
  if (!text) return Error{ErrorCode::io, Side::self, "esbuild does not report what it made"};
  return *text;
}

std::vector<std::string> exports_in(const json::Value& text) {
  std::vector<std::string> names;
  const json::Value* exports = json::find(text, "exports");
  if (!exports || !exports->is_array()) return names;
  for (const json::Value& name : exports->get_array()) names.emplace_back(name.as_string());
  return names;
}

struct Import {
  std::string path;
  bool is_require_call;
};

std::vector<Import> imports_in(const json::Value& text) {
  std::vector<Import> found;
  const json::Value* imports = json::find(text, "imports");
  if (!imports || !imports->is_array()) return found;
  for (const json::Value& import : imports->get_array()) {
    found.push_back(
        {.path = std::string(json::string_member(import, "path").value_or("")),
         .is_require_call = json::string_member(import, "kind") == "require-call"}
    );
  }
  return found;
}

bool requires_node(const json::Value& text) {
  return std::ranges::any_of(imports_in(text), [](const Import& import) {
    return import.is_require_call && import.path.starts_with("node:");
  });
}

std::vector<std::string> join_options(const zone::Building& building, const JoinOptions& asked) {
  std::vector<std::string> options = {
      "--bundle",
      asked.syntax == Syntax::modules ? "--format=esm" : "--format=iife",
      "--target=es2024",
      "--conditions=workerd,worker,browser",
      "--external:cloudflare:*",
      "--external:node:*",
      "--sourcemap=external",
      "--sources-content=false",
      "--define:process.env.NODE_ENV=\"production\"",
      "--jsx-factory=" + building.jsx_factory,
      "--jsx-fragment=" + building.jsx_fragment,
      building.preserves_file_names ? "--asset-names=[dir]/[name]" : "--asset-names=[hash]-[name]",
  };
  if (building.keeps_names) options.emplace_back("--keep-names");
  if (building.minifies) options.emplace_back("--minify");
  const auto set = [&](std::string_view what, std::string_view name, std::string_view value) {
    options.push_back(std::string(what).append(name).append("=").append(value));
  };
  for (const auto& [name, value] : building.define) set("--define:", name, value);
  if (asked.node_names == NodeNames::all) {
    for (const std::string_view name : kNodeModules)
      set("--alias:", name, std::string("node:").append(name));
  }
  for (const auto& [name, module] : building.alias) set("--alias:", name, module);
  for (const std::string& extension : asked.assets) set("--loader:", extension, "copy");
  for (const std::string& path : asked.external) options.push_back("--external:" + path);
  return options;
}

std::vector<Asset> assets_in(const fs::path& directory) {
  std::vector<Asset> assets;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    const std::string name = entry.path().lexically_relative(directory).string();
    if (!entry.is_regular_file() || name == kText || name == kMap || name == kReport) continue;
    assets.push_back({.name = name, .content = content_of(entry.path())});
  }
  std::ranges::sort(assets, {}, &Asset::name);
  return assets;
}

// esbuild's map of the text, which begins with `before`. It names the files as seen from the workplace.
Result<std::string> source_map_of(
    const zone::Script& script, const Workplace& workplace, std::string_view before
) {
  const auto read = json::parse(content_of(workplace.path() / kMap));
  const json::Value* sources = read ? json::find(*read, "sources") : nullptr;
  const auto mappings = read ? json::string_member(*read, "mappings") : std::nullopt;
  if (!sources || !sources->is_array() || !mappings)
    return Error{ErrorCode::io, Side::self, "esbuild's source map can not be read"};
  const fs::path project = fs::canonical(project_of(script));
  json::Array names;
  for (const json::Value& source : sources->get_array()) {
    const fs::path path = workplace.path() / std::string_view(source.as_string());
    names.emplace_back(path.lexically_normal().lexically_relative(project).string());
  }
  const std::string rows(static_cast<std::size_t>(std::ranges::count(before, '\n')), ';');
  return json::to_text(
      json::Object{{"sources", std::move(names)}, {"mappings", rows + std::string(*mappings)}}
  );
}

}  // namespace

std::string project_of(const zone::Script& script) {
  return fs::path(script.configuration_file).parent_path();
}

Result<Outline> outline_of(const zone::Script& script) {
  const auto workplace = Workplace::make();
  if (!workplace) return workplace.error();
  // JSX shows by what it imports.
  const auto text = report_of(script, {"--jsx=automatic"}, *workplace);
  if (!text) return text.error();
  Outline outline{.exports = exports_in(*text), .imports = {}};
  for (Import& import : imports_in(*text)) outline.imports.push_back(std::move(import.path));
  return outline;
}

Result<Joined> join(const zone::Script& script, const JoinOptions& asked) {
  const auto workplace = Workplace::make();
  if (!workplace) return workplace.error();
  const auto text = report_of(script, join_options(script.building, asked), *workplace);
  if (!text) return text.error();
  const std::string before(requires_node(*text) ? kNodeRequire : "");
  auto source_map = source_map_of(script, *workplace, before);
  if (!source_map) return source_map.error();
  Joined joined{
      .text = before + content_of(workplace->path() / kText),
      .assets = assets_in(workplace->path()),
      .exports = exports_in(*text),
      .source_map = *std::move(source_map)
  };
  // The query chooses how a file is imported. It is no part of its name.
  for (const Asset& asset : joined.assets)
    joined.text = replaced(joined.text, asset.name + "?module\"", asset.name + "\"");
  const fs::path home = fs::canonical(fs::path(script.main).parent_path());
  for (const std::string& path : asked.external) {
    const fs::path module = fs::canonical(path);
    const std::string written = module.lexically_relative(workplace->path()).string();
    const std::string meant = module.lexically_relative(home).string();
    joined.text = replaced(
        joined.text,
        "\"" + written + "\"",
        (meant.starts_with("../") ? "\"" : "\"./") + meant + "\""
    );
  }
  return joined;
}

}  // namespace festina::workers
