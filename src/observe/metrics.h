// Metrics: counters of one colo, in cells per thread that are summed when read; Prometheus text.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "policy/reuse.h"

namespace festina::observe {

// Who made a request (the names of the http_requests data set, reference §14.1).
enum class RequestSource : std::uint8_t { eyeball, edge_worker_fetch, edge_worker_cache_api };
std::string_view name(RequestSource);  // "eyeball", "edgeWorkerFetch", "edgeWorkerCacheAPI"

enum class Counter : std::uint8_t {
  origin_requests,
  origin_failures,
  worker_requests,
  worker_failures,
  origin_failovers,
  collapsed,
  coded_bodies,
  decoded_bodies,
  kept_coded,
  coding_saved_bytes
};
inline constexpr std::size_t kCounters = 10;
inline constexpr std::size_t kSources = 3;
inline constexpr std::size_t kStatuses = static_cast<std::size_t>(policy::kLastCacheStatus) + 1;

struct Totals {
  std::array<std::array<std::uint64_t, kStatuses>, kSources> requests{
  };  // by source and cache status
  std::array<std::uint64_t, kCounters> counters{};
};

// Is a server of a zone's origin in?
struct ServerState {
  std::string zone;
  std::string server;  // "https://a.example.net"
  bool is_in = true;
};

// What threads write each into a cell of its own has so many of them. Threads beyond that share cells; all stays right, only
// slower.
inline constexpr std::size_t kCells = 16;
std::size_t cell_of_this_thread();

// Threads: count from any; each thread writes a cell of its own.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  void count_request(RequestSource, policy::CacheStatus);
  void count(Counter, std::uint64_t times = 1);
  // A body of so many bytes was sent in so many.
  void count_saved(std::uint64_t plain, std::uint64_t coded);
  Totals totals() const;

  // The servers there are, all of them; later what became of one.
  void set_servers(std::vector<ServerState>);
  void set_server(const ServerState&);
  std::vector<ServerState> servers() const;

 private:
  struct Cell;
  std::unique_ptr<Cell[]> cells_;
  Guarded<std::vector<ServerState>> servers_;
};

struct Gauge {
  std::string_view name;
  std::string_view help;
  std::uint64_t value;
};
// One colo's share of GET /metrics; every colo has the same gauges in the same order.
struct ColoMetrics {
  std::string colo;
  Totals totals;
  std::vector<Gauge> gauges;
  std::vector<ServerState> servers = {};
};
std::string prometheus_text(const std::vector<ColoMetrics>&);

}  // namespace festina::observe
