// Supervisor: one workerd process per script and version, with a service and a socket per colo inside. Starts them,
// watches them, starts them anew when they end, stops them.
//
// The host makes all sockets (worker-wire.md §1). Those of the colos outlive the process that answers on them: requests
// that come while it is started anew wait in the backlog.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/errors.h"
#include "http/handler.h"
#include "net/upstream_pool.h"
#include "workers/compat_flags.h"
#include "workers/config_writer.h"

namespace festina::workers {

// A start that takes longer is given up.
inline constexpr std::chrono::seconds kStartLimit{10};
// From SIGTERM to SIGKILL.
inline constexpr std::chrono::seconds kStopLimit{5};
// Before a process is started anew: nothing the first time, then doubled from the first to the second of these. One that
// ran for kStableAfter begins from the front.
inline constexpr std::chrono::milliseconds kFirstRestartDelay{100};
inline constexpr std::chrono::milliseconds kLongestRestartDelay{10'000};
inline constexpr std::chrono::seconds kStableAfter{10};

// How long to wait before the next start, after this many ends in a row; the first end counts as 0.
std::chrono::milliseconds restart_delay(unsigned ends_before);

struct Deployment {
  zone::Script script;
  Bundle bundle;
};

class Supervisor {
 public:
  // `run_dir`: for sockets, made with mode 0700. The threads serve what Workers send.
  Supervisor(
      Runtime, const std::string& run_dir, std::span<asio::io_context* const> threads, TestClock
  );
  ~Supervisor();  // kills what still runs

  // What Workers send to their two sockets. Both outlive the supervisor's processes.
  struct Services {
    http::Handler& out;
    http::Handler& cache;
  };
  // Starts a process for every script, with a service for every colo; returns when all are ready.
  // Errors: worker_unavailable (worker) with what workerd printed, conflict (worker); io, too_large, permission_denied
  // (self). After an error nothing runs.
  // Requires: called once, and together with stop() on one thread that outlives the processes (process.h).
  [[nodiscard]] Awaitable<Result<>> start(
      std::vector<Deployment>, std::vector<std::string> colos, Services
  );
  // Ends every process: SIGTERM, after kStopLimit SIGKILL.
  Awaitable<> stop();

  // Where a script of a colo listens; nothing for an unknown script. Requires: start() has returned. Threads: any.
  std::optional<net::UpstreamAddress> address(std::string_view script, std::string_view colo) const;
  // Empty for an unknown script.
  std::string_view version(std::string_view script) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::workers
