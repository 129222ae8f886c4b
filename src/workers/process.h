// Process: a child program that gets nothing of ours but what it is given, and never outlives us.
//
// It has no environment but what it is given, a process group of its own (Ctrl-C is for the host alone) and only the descriptors named.
// The kernel kills it when the thread that started it ends: start it from one that lives as long as the child may.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "base/async.h"
#include "base/errors.h"
#include "workers/confinement.h"

namespace festina::workers {

// A line of a child's output beyond this length is taken in parts.
inline constexpr std::size_t kMaxLineBytes = std::size_t{16} * 1024;

// An open file descriptor, closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor reading;
  Descriptor writing;
};
// Errors: io (self).
Result<Pipe> open_pipe();
// A file without a name that is never on a disk, at its start. Errors: io (self).
Result<Descriptor> memory_file(std::string_view content);

struct Program {
  std::string path;
  std::vector<std::string> arguments;
  std::vector<std::string> environment = {};  // "NAME=value"
  std::string directory;                      // where it runs; empty: where we do
  // Its standard streams. Requires: descriptors above 2.
  int input = -1;
  int output = -1;
  int errors = -1;
  std::vector<int> inherited;  // descriptors it gets beside these, under the same numbers
  std::optional<Confinement> confinement = {};  // unset: it may what we may
};

// How a process ended.
struct Exit {
  int status = 0;
  int signal = 0;  // not 0: killed by it
  bool is_success() const { return status == 0 && signal == 0; }
  std::string text() const;  // "status 1", "signal 9"
};

class Process {
 public:
  // Errors: not_found, permission_denied, io (self).
  static Result<Process> start(const Program&);
  Process(Process&&) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();  // kills it when it still runs

  pid_t pid() const { return pid_; }
  // Sends a signal to its process group.
  void signal(int number) const;
  // Returns when it has ended. Requires: not called while another call waits.
  Awaitable<Exit> ended();
  // The same without a loop: blocks, and gives nothing when `limit` passed first.
  std::optional<Exit> ended_within(std::chrono::milliseconds limit);

 private:
  Process(pid_t pid, Descriptor handle) : pid_(pid), handle_(std::move(handle)) {}
  Exit reap();

  pid_t pid_;
  Descriptor handle_;  // readable once the process has ended (pidfd)
  std::optional<Exit> exit_;
};

// Reads a pipe to its end and gives each line, without its line feed, to `take`.
Awaitable<> each_line(Descriptor pipe, std::function<void(std::string_view)> take);

struct Finished {
  Exit exit;
  std::string output;
  std::string errors;
};
// Runs a program to its end. Blocks, so it is for start-up only. Its streams are not given.
// Errors: those of start(); timed_out (self).
Result<Finished> run(Program, std::chrono::milliseconds limit);

}  // namespace festina::workers
