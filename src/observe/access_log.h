// Access log: one JSON record per request, field names of the http_requests data set (reference §14.1).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/errors.h"
#include "observe/metrics.h"
#include "policy/reuse.h"

namespace festina::observe {

// One request as it ended: a client's, a Worker's fetch(), or an operation of the Cache API.
struct Record {
  std::uint64_t ray = 0;
  std::uint64_t parent_ray = 0;  // 0: a client's request
  RequestSource source = RequestSource::eyeball;
  std::string_view colo;
  std::string_view zone;
  std::string_view client_address;
  std::string_view method;
  std::string_view scheme;
  std::string_view host;
  std::string_view path;
  std::string_view query;           // without "?"
  std::string_view script;          // the Worker that answered or asked; may be empty
  std::uint16_t status = 0;         // what the asker got
  std::uint16_t origin_status = 0;  // 0: the origin was not asked
  policy::CacheStatus cache_status = policy::CacheStatus::none;
  std::optional<std::uint64_t> body_bytes;  // when known before the last one is sent
  TimePoint start;
  TimePoint end;
};
std::string json_line(const Record&);

// "89abcdef01234567"
std::string ray_text(std::uint64_t ray);

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
