// Lease: one call of a script's instance. As long as calls are under way, nobody tells the instance to end; when a
// process ends under them, they learn why.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/async.h"
#include "base/guarded.h"
#include "net/upstream_pool.h"

namespace festina::workers {

// From the moment that a process is ending until what it wrote is read.
inline constexpr std::chrono::milliseconds kFateLimit{2'000};

// The calls of one instance that are under way, and the ends of its processes. Threads: any.
class Calls {
 public:
  Calls() = default;
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  void begin() { ++under_way_; }
  void end();
  // From here on the end of the last call is the end of all waiting.
  void hurry();
  // Returns when no call has been under way for `linger`, at most after `limit`.
  Awaitable<> fall_silent(std::chrono::milliseconds linger, std::chrono::milliseconds limit);

  // The process that answers from now on.
  void answered_by(pid_t pid);
  // It is about to be killed: why.
  void put_down(std::string why);
  // It has ended: how, unless it was put down. It took a moment to end: calls that began within it learn the same.
  void ended(std::string how);
  std::uint64_t losses() const { return losses_; }
  // Why the process was lost after so many losses, waiting for the reason when it is just ending.
  // Nothing when the process is as it was: then it closed the connection itself.
  Awaitable<std::optional<std::string>> loss_after(std::uint64_t losses);

 private:
  struct Fate {
    std::string put_down_for;  // of the process that answers; empty: it was not
    std::string last_loss;
  };
  bool is_ending() const;
  void tell_of_loss();

  std::atomic<std::size_t> under_way_{0};
  std::atomic<bool> hurried_{false};
  Signal changed_;  // notified when the last call has ended, and by hurry()

  std::atomic<pid_t> pid_{0};  // 0: none yet
  std::atomic<std::uint64_t> losses_{0};
  Guarded<Fate> fate_;
  Signal lost_;
};

// One call: where it goes, and its place among the calls under way.
class Lease {
 public:
  using Names = std::shared_ptr<const std::vector<std::string>>;
  // `group`: the scripts of the process. `answer_limit`: how long the Worker may be without a byte.
  Lease(
      std::shared_ptr<Calls> calls, net::UpstreamAddress address, Names group,
      std::chrono::milliseconds answer_limit
  );
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&&) = delete;
  ~Lease();
  const net::UpstreamAddress& address() const { return address_; }
  const Names& group() const { return group_; }
  std::chrono::milliseconds answer_limit() const { return answer_limit_; }
  // Why the process ended that this call was to; nothing when it has not.
  Awaitable<std::optional<std::string>> loss() const { return calls_->loss_after(losses_); }

 private:
  std::shared_ptr<Calls> calls_;
  net::UpstreamAddress address_;
  Names group_;
  std::chrono::milliseconds answer_limit_;
  std::uint64_t losses_;  // before it began
};

}  // namespace festina::workers
