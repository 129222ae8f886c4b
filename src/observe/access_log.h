// Access log: one JSON record per request, field names of the http_requests data set (reference §14.1).
#pragma once

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

// Writes records to a file, one line each, from any thread; batches are written by one thread of its own. Without a
// file, writing does nothing.
class AccessLog {
 public:
  AccessLog();  // no file
  // Errors: io, permission_denied (self).
  static Result<std::unique_ptr<AccessLog>> open(const std::string& path);
  ~AccessLog();
  bool enabled() const { return state_ != nullptr; }
  void write(const Record&);
  // Returns when everything written so far is in the file.
  void flush();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace festina::observe
