// Colo: one data centre: its cache, its fills, its counters, its Services, and the handler its listeners call.
#pragma once

#include <memory>
#include <string>

#include "edge/exchange.h"
#include "edge/fills.h"
#include "edge/origin_health.h"

namespace festina::edge {

// Threads that read files, for all colos.
inline constexpr std::size_t kFileThreads = 2;

// What all colos of a node share.
struct Node {
  const Clock& clock;
  const zone::Snapshots& snapshots;
  std::uint16_t control_port;
  const net::GeoIp* geoip;  // null: none
  net::UpstreamClient& client;
  net::Resolver& resolver;
  WorkPool& files;
  WorkPool& coding;
  workers::Dispatch& workers;
  observe::Journal& journal;
  Notices& notices;
  TaskGroup& tasks;
  std::string explain_link;
};

class Colo final : public http::Handler {
 public:
  Colo(std::string name, std::string country, std::uint64_t memory_budget, Node&);

  // A client's request.
  Awaitable<http::Reply> handle(http::Incoming) override;
  Services& services() { return services_; }
  const std::string& name() const { return name_; }
  cache::Cache& cache() { return cache_; }
  observe::Metrics& metrics() { return metrics_; }
  // Watches the servers of these zones' origins from now on, on this executor.
  void watch(const zone::ZoneTable& zones, const Executor& executor) {
    health_.watch(zones, executor);
  }

 private:
  std::string name_;
  std::string country_;
  cache::Cache cache_;
  observe::Metrics metrics_;
  OriginHealth health_;
  Fills fills_;
  Coders coders_;
  Services services_;
};

}  // namespace festina::edge
