// Wiring: everything one process is made of, in order of dependency: what stands below may refer to what stands above.
//
// What is made here stands until the process ends; what a reload changes (snapshots, listeners, Workers, the access
// log's file) has its own way to be replaced.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cluster/applier.h"
#include "cluster/zone_applier.h"
#include "control/api.h"
#include "edge/colo.h"
#include "net/listener.h"
#include "observe/journal.h"
#include "server/listeners.h"
#include "server/state_dir.h"
#include "store/local_log.h"
#include "workers/cache_api.h"
#include "workers/outbound.h"
#include "workers/supervisor.h"
#include "zone/config.h"

namespace festina::server {

// What can fail to be there, made first.
struct Foundation {
  StateDir state;
  std::unique_ptr<SystemClock> clock;  // the log refers to it
  std::unique_ptr<store::LocalLog> log;
  std::unique_ptr<zone::ZoneStore> zones;   // until the live zones have it
  std::shared_ptr<const net::GeoIp> geoip;  // null: none
  std::string token;
  std::string account_id;
  std::vector<std::unique_ptr<asio::io_context>> contexts;  // one per thread
  std::shared_ptr<net::HeadMemory> heads;  // of all listeners but those for Workers
  std::unique_ptr<net::Listener> control;
  std::string control_url;

  std::vector<asio::io_context*> threads() const;
};
// Errors: conflict (self) for a locked state directory or a port in use, unsupported (self) for a newer database, io,
// permission_denied, unresolved (self).
Result<Foundation> lay_foundation(const zone::Config&, std::size_t threads);

// A Worker's fetch() enters the colo its process belongs to.
class ColoSubrequests final : public workers::Subrequests {
 public:
  explicit ColoSubrequests(const std::vector<std::unique_ptr<edge::Colo>>& colos);
  Awaitable<http::Reply> subrequest(workers::Caller caller, http::Incoming incoming) override;

 private:
  std::map<std::string, edge::Colo*, std::less<>> colos_;
};

struct Wiring {
  Wiring(const zone::Config&, Foundation);
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  // The node and each colo follow the change log. Errors: io (self).
  [[nodiscard]] Result<> follow_log();
  // Each colo watches the servers of the snapshot's origins, and no others.
  void watch_origins();

  Foundation base;
  std::vector<asio::io_context*> threads;
  zone::Snapshots snapshots;
  zone::LiveZones zones;
  observe::Journal journal;
  net::UpstreamPool pool;
  net::Resolver resolver;
  net::UpstreamClient client;
  WorkPool files{edge::kFileThreads};
  WorkPool coding{edge::kCodingThreads};
  workers::Rays rays;
  workers::Supervisor supervisor;
  workers::Dispatch dispatch;
  TaskGroup tasks;
  edge::Notices notices;
  edge::Node shared;
  std::vector<std::unique_ptr<edge::Colo>> colos;
  cluster::ZoneApplier zone_applier;
  std::vector<std::unique_ptr<cluster::Applier>> appliers;
  ColoSubrequests subrequests;
  workers::Outbound outbound;
  workers::CacheApi cache_api;
  std::atomic<bool> ready{false};
  control::Api api;
  Listeners listeners;
};

}  // namespace festina::server
