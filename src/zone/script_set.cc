#include "zone/script_set.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "zone/unique.h"

namespace festina::zone {
namespace {

void check_names(const std::vector<Wrangler>& workers, const Table& root) {
  Unique names("scripts are named");
  for (const Wrangler& worker : workers) {
    if (!worker.script.name.empty()) names.claim(worker.script.name, worker.name, root);
  }
}

// The scripts that a service binding may lead to.
struct Services {
  std::vector<std::string_view> names;
  std::vector<std::string_view> snippets;  // those it may not
};

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void check_services(const Wrangler& worker, const Services& all, const Table& root) {
  for (const ServiceBinding& binding : worker.script.services) {
    if (has(all.names, binding.service)) continue;
    const Place place{worker.name.file, binding.at.line, binding.at.column};
    if (has(all.snippets, binding.service)) {
      root.problem(
          place,
          in_quotes(binding.service) + " is a Snippet: only its routes lead to it",
          "bind a Worker"
      );
      continue;
    }
    root.problem(
        place,
        "there is no script " + in_quotes(binding.service),
        did_you_mean(binding.service, all.names, "add it to festina.toml as one of its [[scripts]]")
    );
  }
}

Zone zone_made_for(const std::string& script, std::string name) {
  Zone zone;
  zone.id = id_of(name);
  zone.name = std::move(name);
  zone.origin = worker_origin(script);
  return zone;
}

bool is_served(const std::vector<ZoneConfig>& zones, std::string_view host) {
  return std::ranges::any_of(zones, [host](const ZoneConfig& config) {
    return !config.zone.name.empty() && is_within(host, config.zone.name);
  });
}

bool binds(const Script& script, std::string_view service) {
  return std::ranges::find(script.services, service, &ServiceBinding::service) !=
         script.services.end();
}

}  // namespace

void check_scripts(const std::vector<Wrangler>& workers, const Table& root) {
  check_names(workers, root);
  Services all;
  for (const Wrangler& worker : workers)
    (worker.script.is_snippet ? all.snippets : all.names).push_back(worker.script.name);
  for (const Wrangler& worker : workers) check_services(worker, all, root);
}

std::vector<Zone> zones_made_for(
    const std::vector<Wrangler>& workers, const std::vector<ZoneConfig>& zones
) {
  std::vector<Zone> made;
  for (const Wrangler& worker : workers) {
    const std::string& name = worker.script.name;
    if (name.empty() || worker.script.is_snippet) continue;
    const std::string local = name + ".localhost";
    if (!is_served(zones, local)) made.push_back(zone_made_for(name, local));
    if (worker.script.workers_dev) made.push_back(zone_made_for(name, name + ".*.workers.dev"));
  }
  return made;
}

bool is_out_of_reach(const Script& script, const std::vector<Script>& all) {
  const bool is_bound = std::ranges::any_of(all, [&](const Script& other) {
    return &other != &script && binds(other, script.name);
  });
  return script.routes.empty() && script.custom_domains.empty() && !script.workers_dev && !is_bound;
}

}  // namespace festina::zone
