// Visit: what is known of who asks, and when; and what a Worker's `cf` object asked for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/message.h"

namespace festina::policy {

struct Visit {
  std::string client_address;
  std::uint16_t port = 80;  // the port the client connected to
  std::string country;      // two letters, or empty
  std::string colo;
  TimePoint now;
};

// Who answers when the cache does not.
enum class UpstreamKind : std::uint8_t { origin, worker };

// One entry of cf.cacheTtlByStatus: statuses from..to take this TTL.
struct StatusTtl {
  http::Status from;
  http::Status to;
  std::chrono::seconds ttl;  // 0: stored as expired; negative: not stored
  bool operator==(const StatusTtl&) const = default;
};

// How a script asked for this fetch() to be cached (reference §4.2).
struct WorkerOptions {
  bool present = false;  // a script made this request
  std::string script;
  bool cache_everything = false;
  std::optional<std::chrono::seconds> cache_ttl;
  std::vector<StatusTtl> cache_ttl_by_status;
  bool bypass = false;            // RequestInit cache: "no-store" (reference §4.4)
  bool force_revalidate = false;  // RequestInit cache: "no-cache"
  bool deception_armor = false;   // reference §3.8
  bool strip_etags = false;
  bool strip_last_modified = false;
  std::vector<std::string> unknown;  // keys of cf that nobody knows, for explain
};
inline const WorkerOptions kNoWorkerOptions{};

}  // namespace festina::policy
