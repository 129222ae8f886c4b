#include "zone/script_set.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace festina::zone {
namespace {

void check_names(const std::vector<Wrangler>& workers, const Table& root) {
  std::map<std::string, Place> names;
  for (const Wrangler& worker : workers) {
    const std::string& name = worker.script.name;
    if (name.empty()) continue;
    const auto [first, is_new] = names.emplace(name, worker.name);
    if (is_new) continue;
    root.problem(
        worker.name,
        "two scripts are named " + in_quotes(name),
        "the first is at " + text_of(first->second)
    );
  }
}

void check_services(
    const Wrangler& worker, const std::vector<std::string_view>& names, const Table& root
) {
  for (const ServiceBinding& binding : worker.script.services) {
    if (std::ranges::find(names, binding.service) != names.end()) continue;
    root.problem(
        {worker.name.file, binding.at.line, binding.at.column},
        "there is no script " + in_quotes(binding.service),
        did_you_mean(binding.service, names, "add it to festina.toml as one of its [[scripts]]")
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
  std::vector<std::string_view> names;
  names.reserve(workers.size());
  for (const Wrangler& worker : workers) names.push_back(worker.script.name);
  for (const Wrangler& worker : workers) check_services(worker, names, root);
}

std::vector<Zone> zones_made_for(
    const std::vector<Wrangler>& workers, const std::vector<ZoneConfig>& zones
) {
  std::vector<Zone> made;
  for (const Wrangler& worker : workers) {
    const std::string& name = worker.script.name;
    if (name.empty()) continue;
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
