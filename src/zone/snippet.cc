#include "zone/snippet.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "zone/problem.h"

namespace festina::zone {
namespace {

// It would enter its own zone as a visitor does, and meet itself there.
constexpr std::string_view kFlagOfVisitors = "global_fetch_strictly_public";

std::vector<std::string> names_of_bindings(const Script& script) {
  std::vector<std::string> names;
  names.reserve(script.variables.size() + script.services.size() + script.files.size() + 1);
  for (const Variable& variable : script.variables) names.push_back(variable.name);
  for (const ServiceBinding& service : script.services) names.push_back(service.name);
  for (const FileBinding& file : script.files) names.push_back(file.name);
  if (!script.version_metadata.empty()) names.push_back(script.version_metadata);
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) append_member(text, name);
  return text;
}

void check_hosts(const Wrangler& worker, const Table& entry) {
  const Script& script = worker.script;
  for (const ConfiguredRoute& route : worker.routes) {
    if (!route.is_custom_domain) continue;
    entry.problem(
        route.place,
        "custom domain " + in_quotes(route.pattern) +
            " of a Snippet: it runs in front of a host's origin, and is none",
        "write the route " + in_quotes(route.pattern + "/*")
    );
  }
  if (worker.routes.empty()) {
    entry.problem(
        "snippet",
        "the Snippet " + script.name + " has no routes: nothing would run it",
        "add routes = [\"example.com/*\"] to its wrangler file"
    );
  } else if (script.workers_dev) {
    entry.problem(
        "snippet",
        "the Snippet " + script.name + " has workers_dev: nothing stands behind it there",
        "remove workers_dev from its wrangler file"
    );
  }
}

void check_means(const Script& script, const Table& entry) {
  const std::vector<std::string> bindings = names_of_bindings(script);
  if (!bindings.empty()) {
    entry.problem(
        "snippet",
        "the Snippet " + script.name + " has bindings (" + joined(bindings) +
            "): the env of a Snippet is empty",
        "remove them, or make it a Worker"
    );
  }
  if (std::ranges::find(script.compatibility_flags, kFlagOfVisitors) !=
      script.compatibility_flags.end()) {
    entry.problem(
        "snippet",
        "the Snippet " + script.name + " has the flag " + std::string(kFlagOfVisitors) +
            ": what it fetches of its zone goes on to what stands behind it",
        "remove the flag, or make it a Worker"
    );
  }
}

}  // namespace

void make_snippet(Wrangler& worker, const Table& entry) {
  worker.script.is_snippet = true;
  check_hosts(worker, entry);
  check_means(worker.script, entry);
  // Said above; as origins of hosts they would be judged once more.
  std::erase_if(worker.routes, [](const ConfiguredRoute& route) { return route.is_custom_domain; });
}

}  // namespace festina::zone
