// Origin health: which servers of the zones' origins are in, as one colo sees them.
//
// Requests say what they find, probes go out where the zone asks for them. A server that goes out or comes back is a log
// event and a gauge of the colo's metrics.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/async.h"
#include "base/clock.h"
#include "base/guarded.h"
#include "edge/server_health.h"
#include "net/upstream_client.h"
#include "observe/metrics.h"
#include "zone/zone_table.h"

namespace festina::edge {

// Threads: any.
class OriginHealth {
 public:
  // All outlive the group. `colo` is for the log.
  OriginHealth(std::string colo, const Clock&, net::UpstreamClient&, observe::Metrics&, TaskGroup&);
  ~OriginHealth();  // Requires: the group is joined, or its threads have stopped.

  // From now on these zones' servers are watched, and no others: those of lists and those to be probed, which is done on
  // this executor. What was found of servers that stay is kept.
  void watch(const zone::ZoneTable&, const Executor&);

  // May a request be sent to this server of the zone? As ServerHealth::admits(); yes for a server that is not watched.
  bool admits(const zone::Zone&, const zone::Server&);
  // A request got a connection to it, or none and why.
  void connected(const zone::Zone&, const zone::Server&);
  void not_connected(const zone::Zone&, const zone::Server&, const Error&);

 private:
  struct Probe;
  struct Watched;
  using Servers = std::map<std::string, Watched, std::less<>>;

  Servers watched(const zone::ZoneTable&) const;
  template <class Change>
  void change(const std::string& key, std::string_view reason, Change);
  void tell(const Watched&, std::string_view reason) const;
  Awaitable<> keep_probing(std::shared_ptr<const Probe>);
  Awaitable<Result<>> probe(const Probe&) const;

  std::string colo_;
  const Clock& clock_;
  net::UpstreamClient& client_;
  observe::Metrics& metrics_;
  TaskGroup& tasks_;
  std::unique_ptr<Guarded<Servers>> servers_;
};

// How an http origin is asked at one of its servers.
net::Upstream target_of(const zone::Origin&, const zone::Server&);

}  // namespace festina::edge
