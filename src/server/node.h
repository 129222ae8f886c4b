// Node: a running process: it starts what its configuration names, serves, takes changed configurations, and ends
// without losing an answer.
//
// Calls: build, run. SIGHUP reloads: all of the new configuration or nothing of it. SIGTERM and SIGINT drain; the second
// one ends at once.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/errors.h"
#include "workers/supervisor.h"
#include "zone/config.h"

namespace festina::server {

// After SIGTERM, answers under way have this long.
inline constexpr std::chrono::seconds kDrainLimit{30};

struct NodeOptions {
  std::string config_file;  // as named on the command line: what a reload reads
  std::size_t threads = 1;
  std::string ready_file;  // empty: none; written again when a reload changes an address
};

class Node {
 public:
  // Requires: a configuration without problems. Errors: conflict (self) for a locked state directory or a port in use,
  // unsupported (self) for a newer database, io, permission_denied, unresolved (self).
  static Result<std::unique_ptr<Node>> build(zone::Config, workers::Fleet, NodeOptions);
  ~Node();

  // Opens listeners, starts Workers, serves until a signal ends it, drains. The banner is printed when ready.
  // Errors: conflict (self) for a port in use; worker_unavailable (worker) for a Worker that does not start.
  Result<> run();

 private:
  struct State;
  explicit Node(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

}  // namespace festina::server
