// Instance: one version of a group as it runs: its sockets, and the process that answers on them, looked after and
// started anew when it ends.
//
// Calls are leases: an instance that another one has replaced is told to end when its last lease is gone and what the
// answered requests left to waitUntil() has had its time.
#pragma once

#include <chrono>
#include <filesystem>
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
#include "workers/lease.h"
#include "workers/modules.h"
#include "workers/patient.h"
#include "workers/process_counts.h"
#include "workers/sockets.h"
#include "workers/workerd.h"

namespace festina::workers {

// A start that takes longer is given up.
inline constexpr std::chrono::seconds kStartLimit{10};
// From SIGTERM to SIGKILL.
inline constexpr std::chrono::seconds kStopLimit{5};
// How long calls of a replaced instance may go on.
inline constexpr std::chrono::minutes kReplacedLimit{5};
// Before a process is started anew: nothing the first time, then doubled from the first to the second of these. One that
// ran for kStableAfter begins from the front.
inline constexpr std::chrono::milliseconds kFirstRestartDelay{100};
inline constexpr std::chrono::milliseconds kLongestRestartDelay{10'000};
inline constexpr std::chrono::seconds kStableAfter{10};

// How long to wait before the next start, after this many ends in a row; the first end counts as 0.
std::chrono::milliseconds restart_delay(unsigned ends_before);

// Private memory that a process may ask for beyond what it may have resident: much is reserved and never touched.
inline constexpr std::uint64_t kUntouchedMemory = std::uint64_t{1} << 30;

class Instance {
 public:
  using Ref = std::shared_ptr<Instance>;

  // What all instances of a node have in common.
  struct Host {
    std::filesystem::path run_dir;               // absolute; for sockets, made with mode 0700
    std::span<asio::io_context* const> threads;  // serve what Workers send
    TestClock test_clock;
    std::vector<std::string> colos;
    http::Handler* out;  // what Workers send to their two sockets
    http::Handler* cache;
    ProcessCounts* counts;  // outlives them
  };
  // Everything but the process. `number` tells this one from all others of the node.
  // Errors: io, too_large, permission_denied (self), conflict (worker).
  static Result<Ref> make(const Host&, Recipe recipe, std::size_t number, TaskGroup& tasks);
  Instance() = default;
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;
  ~Instance();  // kills what still runs

  const Recipe& recipe() const { return recipe_; }
  const std::vector<Deployment>& members() const { return recipe_.group.members; }
  // Of a member; empty for another script.
  std::string version(std::string_view script) const;

  // The process; launched, then ready, then kept running until the end. All on one thread, which outlives the process
  // (process.h). Errors: worker_unavailable (worker) with what workerd printed; io (self).
  Result<> launch(const Executor&, TaskGroup& tasks);
  [[nodiscard]] static Awaitable<Result<>> ready(Ref self);
  static Awaitable<> keep_running(Ref self, TaskGroup& tasks);
  // Returns when its process has become too large to go on for long; false when it was told to end instead.
  static Awaitable<bool> outgrown(Ref self);
  // Kills the process, which is then started anew; `why` is told to the calls it cuts off.
  void put_down(Verdict cause, const std::string& why);

  Calls& calls() { return *calls_; }
  // A call of one of its scripts, on any thread; nothing for an unknown colo.
  std::optional<Lease> lease(std::string_view script, std::string_view colo) const;

  // Ends the process: SIGTERM; SIGKILL when it still runs at the deadline. The sockets go with it.
  void tell_to_end();
  static Awaitable<> ended(Ref self, std::chrono::steady_clock::time_point deadline);

 private:
  Result<> open_sockets(const Host&, std::size_t number, TaskGroup& tasks);
  Result<> write_configuration(const Host&);
  Regimen regimen() const;
  static Awaitable<> look_after(Ref self, Patient::Ref patient);
  static Awaitable<> start_anew(Ref self, TaskGroup& tasks);
  Error described(Error, std::string_view script) const;

  Recipe recipe_;
  ProcessCounts* counts_ = nullptr;  // the node's; set by make()
  std::string name_;                 // of the group
  Lease::Names scripts_;             // its members
  std::unique_ptr<Sockets> sockets_;
  Descriptor configuration_;          // what workerd reads
  std::shared_ptr<Workerd> process_;  // the latest
  std::chrono::steady_clock::time_point launched_at_;
  bool ending_ = false;
  bool is_outgrown_ = false;
  Signal changed_;  // notified when one of these two has become true
  std::shared_ptr<Calls> calls_ = std::make_shared<Calls>();
};

}  // namespace festina::workers
