// Supervisor: which instance of each script answers. Starts them, replaces them without losing a request, stops them.
// Scripts joined by service bindings share an instance (group.h).
//
// A deployment is prepared, then committed: what is new is started and ready beside what it replaces before the first
// request goes there; what was replaced ends when its calls have.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/errors.h"
#include "http/handler.h"
#include "workers/group.h"
#include "workers/instance.h"
#include "workers/process_counts.h"
#include "workers/rays.h"

namespace festina::workers {

// Replaced instances that may wait for their calls' waitUntil() work; of more, the oldest end when they are idle.
inline constexpr std::size_t kMaxReplaced = 8;

// What runs for one configuration.
struct Fleet {
  Runtime runtime;  // empty when there is no script
  Limits limits = {};
  std::vector<Deployment> deployments;
};

class Supervisor {
 public:
  // `run_dir`: for sockets, made with mode 0700; what an earlier process left there is removed. The threads serve what
  // Workers send. A replaced instance `lingers` after its last call, for waitUntil() work.
  Supervisor(
      const std::string& run_dir, std::span<asio::io_context* const> threads, TestClock,
      std::chrono::milliseconds lingers = kLingers
  );
  ~Supervisor();  // kills what still runs

  // What Workers send to their two sockets. Both outlive the supervisor's processes.
  struct Services {
    http::Handler& out;
    http::Handler& cache;
  };
  // Starts an instance for every group of scripts, with a service for every colo; returns when all are ready.
  // Errors: those of prepare().
  // Requires: called once, and with all but lease() and version() on one thread that outlives the processes (process.h).
  [[nodiscard]] Awaitable<Result<>> start(Fleet, std::vector<std::string> colos, Services);

  // Instances by script: those that go on, and new ones that are ready.
  using Prepared = std::map<std::string, Instance::Ref, std::less<>>;
  // Starts what this fleet needs and does not run yet. Errors: worker_unavailable (worker) with what workerd printed,
  // conflict (worker); io, too_large, permission_denied (self). After an error all is as before.
  [[nodiscard]] Awaitable<Result<Prepared>> prepare(Fleet);
  // From now on calls go to these. Scripts that have none any more answer until their last calls have ended.
  void commit(const Executor&, const Prepared&);

  // Ends every process: SIGTERM, after kStopLimit SIGKILL.
  Awaitable<> stop();

  // A call of a script in a colo; nothing for an unknown script. Threads: any.
  std::optional<Lease> lease(std::string_view script, std::string_view colo) const;
  // Empty for an unknown script. Threads: any.
  std::string version(std::string_view script) const;
  // Of all its processes so far. Threads: any.
  const ProcessCounts& counts() const;
  // Instances that were replaced and have not ended. Threads: any.
  std::size_t replaced() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::workers
