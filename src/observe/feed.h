// Feed: what happens now, to whoever listens: a line of JSON for each request, and for those who want it what Workers print
// and throw.
//
// Nobody who serves ever waits for a listener: each has a queue with a limit, and what does not fit is counted and told as
// lost. Without listeners a request costs one look at a counter.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/errors.h"
#include "base/json.h"
#include "http/status_range.h"
#include "observe/history.h"
#include "observe/record.h"

namespace festina::observe {

inline constexpr std::size_t kMaxListeners = 64;
// What a listener that does not read may have waiting.
inline constexpr std::size_t kMaxWaitingBytes = std::size_t{1024} * 1024;
// An empty line comes when nothing else has for so long, so that one who has gone is noticed.
inline constexpr std::chrono::seconds kHeartbeat{15};

// What a listener wants to hear of. An empty list wants all; names are compared without case.
struct FeedFilter {
  std::vector<std::string> zones = {};
  std::vector<std::string> hosts = {};
  std::vector<std::string> colos = {};
  std::vector<std::string> scripts = {};
  std::vector<http::StatusRange> statuses = {};
};
bool wants(const FeedFilter&, const Record&);

enum class FeedKind : std::uint8_t {
  requests,  // lines as in the access log
  workers    // the same with a member "event", and what Workers print and throw
};

// One call of console.log() and its like.
struct Printed {
  std::uint64_t ray = 0;
  std::string script;
  std::string colo;
  std::string level;  // "log", "warn", …
  std::string message;
  TimePoint at;
};

// Threads: any. Outlives the bodies it gave.
class Feed {
 public:
  Feed();
  ~Feed();
  // Lines from now on, for as long as somebody reads; it begins with an empty one.
  // Errors: exhausted (self) beyond kMaxListeners, or after end().
  Result<std::unique_ptr<ByteSource>> listen(FeedFilter, FeedKind);
  // Every body comes to its end.
  void end();

  void tell(const Record&);
  void tell(const Thrown&);
  void tell(const Printed&);
  // Is there somebody who wants to hear what this script prints?
  bool wants_console(std::string_view script) const;
  std::size_t listeners() const { return count_.load(std::memory_order_relaxed); }
  std::size_t worker_listeners() const { return worker_listeners_.load(std::memory_order_relaxed); }

 private:
  class Listener;
  class Lines;
  struct State;
  void tell_of_worker(std::string_view script, std::string_view colo, const json::Object& event);
  std::unique_ptr<State> state_;
  std::atomic<std::size_t> count_{0};             // of listeners
  std::atomic<std::size_t> worker_listeners_{0};  // among them
};

}  // namespace festina::observe
