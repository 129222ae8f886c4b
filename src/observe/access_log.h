// Access log: the records of requests in a file, one JSON line each.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/errors.h"
#include "observe/record.h"

namespace festina::observe {

// An open file that records go to.
class LogFile {
 public:
  // Appends; creates it with mode 0640. Errors: io, permission_denied (self).
  static Result<std::shared_ptr<const LogFile>> open(const std::string& path);
  explicit LogFile(int descriptor) : descriptor_(descriptor) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

// What a disk that cannot follow may hold back; further records are lost, requests never wait.
inline constexpr std::size_t kMaxQueuedBytes = std::size_t{16} * 1024 * 1024;

// Writes records to a file, one line each, from any thread; batches are written by one thread of its own. Without a
// file, writing does nothing.
class AccessLog {
 public:
  AccessLog();  // no file
  ~AccessLog();
  // The file for records from now on; null: none. Those written before go where they belong.
  void use(std::shared_ptr<const LogFile>);
  bool enabled() const { return enabled_.load(std::memory_order_relaxed); }
  void write(const Record&);
  // Returns when everything written so far is in its file, or lost.
  void flush();

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::atomic<bool> enabled_{false};
};

}  // namespace festina::observe
