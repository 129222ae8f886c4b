// Node: the composition root. Everything one process is made of, wired in order of dependency.
//
// Calls: build, start, run. What build() makes stands still; start() opens listeners and starts Workers; run() serves
// until a signal ends it.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/errors.h"
#include "workers/supervisor.h"
#include "zone/config.h"

namespace festina::server {

// After SIGTERM, answers under way have this long.
inline constexpr std::chrono::seconds kDrainLimit{30};

struct NodeOptions {
  std::size_t threads = 1;
  std::string ready_file;  // empty: none
};

class Node {
 public:
  // Requires: a configuration without problems. Errors: conflict (self) for a locked state directory, unsupported (self)
  // for a newer database, io, permission_denied (self).
  static Result<std::unique_ptr<Node>> build(
      zone::Config, workers::Runtime, std::vector<workers::Deployment>, NodeOptions
  );
  ~Node();

  // Opens listeners, starts Workers, serves until SIGTERM or SIGINT, drains. The banner is printed when ready.
  // Errors: conflict (self) for a port in use; worker_unavailable (worker) for a Worker that does not start.
  Result<> run();

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts>);
  std::unique_ptr<Parts> parts_;
};

}  // namespace festina::server
