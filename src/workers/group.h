// Group: scripts joined by service bindings. They run in one process, so that a call from one to another is workerd's
// own, RPC included; what belongs to no group runs alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "workers/bundle.h"
#include "workers/runtime.h"
#include "workers/watchdog.h"
#include "zone/script.h"

namespace festina::workers {

struct Deployment {
  zone::Script script;
  Bundle bundle;
};

struct Group {
  std::vector<Deployment> members;  // by name
  std::string version;              // changes with the content of any: 8 hex digits

  // "api", "api+auth": for log lines.
  std::string name() const;
  // What its scripts may compute without a pause: the most that one of them asks for.
  std::chrono::milliseconds cpu_limit() const;
  // What one of them may call for one request at most, of so many that [workers] limits allows every script.
  std::uint32_t call_limit(std::uint32_t of_plan) const;
};

// All that an instance of a group is made from.
struct Recipe {
  Runtime runtime;
  Limits limits;
  Group group;
};
// Would the two run just alike?
bool are_alike(const Recipe&, const Recipe&);

// Each script in one group. The order of the deployments does not matter; a binding to a script that is none of them
// joins nothing.
std::vector<Group> groups_of(std::vector<Deployment>);

}  // namespace festina::workers
