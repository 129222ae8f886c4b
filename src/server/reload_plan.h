// Reload plan: what of a changed configuration a running node can take.
//
// A node takes zones, scripts, listeners of its colos, the runtime, the log and its files. What its parts were built
// with stays as it is until a restart.
#pragma once

#include <string>
#include <vector>

#include "zone/config.h"
#include "zone/snapshot.h"

namespace festina::server {

struct ReloadPlan {
  zone::Config config;  // what will run: as wanted, but for the keys below
  std::vector<std::string>
      needs_restart;  // "[state] dir": keys that differ and are left as they were
};
ReloadPlan reload_plan(const zone::Config& running, zone::Config wanted);

// What requests need of a configuration.
zone::SnapshotRef snapshot_of(const zone::Config&);

}  // namespace festina::server
