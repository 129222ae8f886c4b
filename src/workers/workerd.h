// Workerd: one process of the runtime, from its start to its end.
//
// Coroutines read its pipes and wait for its end; each notes what it learnt and wakes whoever waits for that. All of it
// stays on the thread that started it, which lives as long as the process (process.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.h"
#include "base/errors.h"
#include "workers/process.h"

namespace festina::workers {

// Why a process did not start, out of the lines of its standard error: what workerd says of the first service. The
// services of a script have the same complaint in every colo.
struct Complaint {
  std::string script;  // empty: it names no service
  std::string text;
};
Complaint complaint(const std::vector<std::string>& lines);

class Workerd {
 public:
  struct Socket {
    std::string name;
    int listening;  // descriptor
  };
  struct Launch {
    std::string script;  // or the name of a group, for log lines
    std::string program;
    int configuration;  // descriptor of a file, read from its start
    std::vector<Socket> sockets;
    std::uint64_t data_bytes;  // of private memory
  };
  // Its output goes to the log. Errors: those of Process::start().
  // Requires: `tasks` is stopped before it is joined; its tasks keep the process.
  static Result<std::shared_ptr<Workerd>> start(const Launch&, const Executor&, TaskGroup& tasks);
  explicit Workerd(const Launch&, Process);

  pid_t pid() const { return process_.pid(); }
  void signal(int number) const { process_.signal(number); }
  // Returns when it listens on all its sockets. When it does not within the limit it is killed.
  // Errors: worker_unavailable (worker) with what it wrote; then complained_of() names the script, if it does.
  [[nodiscard]] Awaitable<Result<>> ready(std::chrono::milliseconds limit);
  // Returns when it has ended and what it wrote is read; false when the limit passed first.
  Awaitable<bool> ended_within(std::chrono::milliseconds limit);
  const std::string& complained_of() const { return complained_of_; }
  bool has_ended() const { return exit_.has_value(); }
  // How it ended: "it ended by signal 9". Requires: it has.
  std::string end() const;

 private:
  using Ref = std::shared_ptr<Workerd>;
  static Awaitable<> wait_for_end(Ref self);
  static Awaitable<> read_control(Ref self, Descriptor pipe);
  static Awaitable<> read_output(Ref self, Descriptor pipe);
  static Awaitable<> read_errors(Ref self, Descriptor pipe);

  bool is_listening() const { return listening_ == sockets_; }
  bool is_settled() const { return is_listening() || control_ended_; }
  bool is_over() const { return exit_ && errors_ended_; }
  Awaitable<bool> becomes(bool (Workerd::*state)() const, std::chrono::milliseconds limit);

  std::string script_;
  std::size_t sockets_;
  Process process_;
  std::size_t listening_ = 0;
  bool control_ended_ = false;
  bool errors_ended_ = false;
  std::optional<Exit> exit_;
  bool is_ready_ = false;        // ready() said so
  bool is_out_of_heap_ = false;  // V8 said so: it ends
  std::string complained_of_;
  std::vector<std::string> words_;  // standard error until then
  Signal changed_;                  // notified whenever one of these changes
};

}  // namespace festina::workers
