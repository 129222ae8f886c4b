// Exchange: all that is known of one request. Services: all that one colo may use, references only.
//
// serve() and subrequest() fill an exchange from top to bottom: each stage takes the values made above it and adds one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/cidr.h"
#include "base/clock.h"
#include "base/errors.h"
#include "base/short_text.h"
#include "base/work_pool.h"
#include "cache/cache.h"
#include "edge/coders.h"
#include "edge/notices.h"
#include "http/handler.h"
#include "net/geoip.h"
#include "net/resolver.h"
#include "net/upstream_client.h"
#include "observe/journal.h"
#include "observe/metrics.h"
#include "policy/cache_key.h"
#include "policy/coding.h"
#include "policy/decision.h"
#include "policy/partial.h"
#include "policy/reuse.h"
#include "workers/dispatch.h"
#include "zone/snapshot.h"

namespace festina::edge {

class Fills;
class OriginHealth;

struct Services {
  std::string_view colo;     // "FRA"
  std::string_view country;  // of the colo: what a client's country is taken to be
  const Clock& clock;
  const zone::Snapshots& snapshots;
  std::uint16_t control_port;  // of this node's API: no Worker reaches it by a private address
  const net::GeoIp* geoip;     // null: none
  cache::Cache& cache;
  Fills& fills;
  net::UpstreamClient& client;
  net::Resolver& resolver;
  OriginHealth& health;
  WorkPool& files;
  Coders& coders;
  workers::Dispatch& workers;
  observe::Metrics& metrics;
  observe::Journal& journal;
  Notices& notices;
  std::string_view explain_link;  // base of the explain view, for error pages
};

// Who answers when the cache does not.
struct Upstream {
  policy::UpstreamKind kind = policy::UpstreamKind::origin;
  std::shared_ptr<const zone::Origin> origin;  // part of the zone, or of a host that is no zone
  std::string_view script;                     // into the exchange's zone; of a script only
  bool is_foreign = false;  // a host that is no zone of ours: a Worker asked for it
};

// Why a request is not served at all.
enum class Refusal : std::uint8_t {
  unknown_host,
  loop,
  method,
  misdirected,
  too_many_calls,  // of a Worker, for one request
  request_over,    // a Worker's call for a request that was answered too long ago
  own_domain,      // a Worker fetches a host that it is itself the origin of
  workers_dev      // a Worker on workers.dev fetches one on workers.dev
};

struct Exchange {
  std::uint64_t ray = 0;
  std::uint64_t parent_ray = 0;  // 0: a client's own request
  std::uint32_t depth = 0;       // how many Workers are above it
  std::uint32_t place = 0;       // among what its parent made: the first is 1
  std::string asking_script;     // whose fetch() it is
  observe::RequestSource source = observe::RequestSource::eyeball;
  http::Request request;
  Body body;
  std::string
      hop;  // address of the connection's other end: the client, or the last proxy before us; a Worker has none
  policy::Visit visit;
  TimePoint arrived;  // by the clock on the wall: for what others read
  // The client's own; nothing where a proxy or a Worker is at its other end.
  std::optional<workers::ClientConnection> connection;
  std::string_view worker_zone{
  };  // name of the zone whose Worker asks, in the snapshot; empty: a client
  http::Asker* asker = nullptr;  // of a request somebody waits for
  http::InterimSink* interim =
      nullptr;  // of a fill: what comes before its answer is for all who wait

  zone::SnapshotRef snapshot;  // the configuration it is served by, whatever a reload brings
  std::shared_ptr<const zone::Zone> zone;
  Upstream upstream;
  policy::CacheDecision decision;
  std::optional<policy::CacheKey> key;  // when the cache was asked
  policy::Reuse reuse;
  std::optional<policy::FillOutcome> outcome;  // of the fill this request waited for
  bool joined = false;                         // that fill was somebody else's
  bool met_a_misfit = false;                   // so was one before, and its answer fitted others
  std::optional<policy::PartToAsk> part;       // asked of the upstream in place of the whole
  bool is_deferred = false;                    // not stored, but the next answer may be
  std::optional<policy::Reason> not_stored;    // why the answer was not stored
  http::Status origin_status = 0;              // 0: the upstream was not asked
  // From asking it to its head, when this request waited for that.
  std::optional<std::chrono::milliseconds> origin_took;
  std::shared_ptr<workers::Quota> quota;  // of the Worker that serves it; null: none does

  cache::EntryRef served;                      // the stored response the reply comes from
  std::optional<policy::CodingChoice> coding;  // of a reply with content that could be coded
  std::optional<std::uint64_t> plain_bytes;    // of content that is coded at the edge, when known
  bool keeps_coding = false;                   // what was served is to be kept so
  policy::CacheStatus status = policy::CacheStatus::none;
  std::optional<Error> failure;  // what the reply is an error page of
  std::optional<Error> covered;  // the failure that a stale copy stands in for
  std::string remarks;           // for explain: sentences, one a line
};

// Who is shown interim responses: a client; the runtime, which asks for a Worker, takes none. Null: nobody.
http::Asker* asker_for_interim(const Exchange&);

// A random id that is not zero.
std::uint64_t new_ray();
// The value of CF-Ray: "89abcdef01234567-FRA".
using RayField = ShortText<20>;
RayField ray_field(const Services&, const Exchange&);

}  // namespace festina::edge
