#include "server/reload_plan.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace festina::server {
namespace {

using zone::Config;

// A part of the configuration that a running node cannot change.
struct Fixed {
  std::string_view key;
  bool (*differs)(const Config&, const Config&);
  void (*keep)(const Config& running, Config& wanted);
};

bool is_same_colo(const zone::ColoConfig& a, const zone::ColoConfig& b) {
  return a.name == b.name && a.country == b.country;
}

constexpr Fixed kFixed[] = {
    {"[state] dir",
     [](const Config& a, const Config& b) { return a.state_dir != b.state_dir; },
     [](const Config& running, Config& wanted) { wanted.state_dir = running.state_dir; }},
    {"[control] listen",
     [](const Config& a, const Config& b) {
       return a.control.listen.text != b.control.listen.text;
     },
     [](const Config& running, Config& wanted) { wanted.control.listen = running.control.listen; }},
    {"[control] token",
     [](const Config& a, const Config& b) { return a.control.token != b.control.token; },
     [](const Config& running, Config& wanted) { wanted.control.token = running.control.token; }},
    {"[control] account_id",
     [](const Config& a, const Config& b) { return a.control.account_id != b.control.account_id; },
     [](const Config& running, Config& wanted) {
       wanted.control.account_id = running.control.account_id;
     }},
    {"[network] geoip",
     [](const Config& a, const Config& b) { return a.network.geoip != b.network.geoip; },
     [](const Config& running, Config& wanted) { wanted.network.geoip = running.network.geoip; }},
    {"[cache] memory",
     [](const Config& a, const Config& b) { return a.cache_memory != b.cache_memory; },
     [](const Config& running, Config& wanted) { wanted.cache_memory = running.cache_memory; }},
    {"[testing] clock",
     [](const Config& a, const Config& b) { return a.test_clock != b.test_clock; },
     [](const Config& running, Config& wanted) { wanted.test_clock = running.test_clock; }},
    // Each has a cache and a service in every Worker: others are another network.
    {"[[colos]] name and country",
     [](const Config& a, const Config& b) {
       return !std::ranges::equal(a.colos, b.colos, is_same_colo);
     },
     [](const Config& running, Config& wanted) { wanted.colos = running.colos; }},
};

}  // namespace

ReloadPlan reload_plan(const Config& running, Config wanted) {
  ReloadPlan plan;
  for (const Fixed& fixed : kFixed) {
    if (!fixed.differs(running, wanted)) continue;
    plan.needs_restart.emplace_back(fixed.key);
    fixed.keep(running, wanted);
  }
  plan.config = std::move(wanted);
  return plan;
}

zone::SnapshotRef snapshot_of(const Config& config) {
  std::map<std::string, std::uint32_t, std::less<>> max_calls;
  for (const zone::Script& script : config.scripts)
    max_calls[script.name] = zone::max_calls(script, config.workers.max_calls);
  return std::make_shared<const zone::Snapshot>(zone::Snapshot{
      .zones = zone::ZoneTable(config.zones),
      .trusted_proxies = config.network.trusted_proxies,
      .private_network_allowed = config.workers.private_network_allowed,
      .max_calls = std::move(max_calls),
      .edge_flags = config.edge_flags
  });
}

}  // namespace festina::server
