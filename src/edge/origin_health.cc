#include "edge/origin_health.h"

#include <limits>
#include <utility>

#include "base/crypto.h"
#include "base/log.h"

namespace festina::edge {
namespace {

using std::chrono::milliseconds;

// A server is one of its zone's: two zones may watch the same machine in two ways.
std::string key_of(std::string_view zone_id, const zone::Server& server) {
  return std::string(zone_id) + " " + server.text;
}

// Between nine and eleven tenths, so that probes of many servers do not march in step.
milliseconds with_jitter(milliseconds interval) {
  const auto fifth = static_cast<std::uint64_t>(interval.count()) / 5;
  const auto extra = static_cast<milliseconds::rep>(random_u64() % (fifth + 1));
  return interval - interval / 10 + milliseconds(extra);
}

http::Request request_of(const zone::HealthCheck& check, http::Scheme scheme, std::string host) {
  http::Request request;
  request.url.scheme = scheme;
  request.url.host = std::move(host);
  request.url.port = http::default_port(scheme);
  const std::size_t mark = check.path.find('?');
  request.url.path = check.path.substr(0, mark);
  if (mark != std::string::npos) request.url.query = check.path.substr(mark + 1);
  request.headers.add(http::Name::host, request.url.authority());
  request.headers.add(http::Name::user_agent, "festina-health");
  return request;
}

}  // namespace

// What a task that probes one server needs. Whoever stops watching says so.
struct OriginHealth::Probe {
  std::string key;
  std::string host;  // for Host
  zone::Server server;
  zone::Origin origin;
  mutable Signal ended;
  std::uint64_t begun = ended.version();

  bool has_ended() const { return ended.version() != begun; }
  const zone::HealthCheck& check() const {
    if (!origin.health) unreachable("only what has a health check is probed");
    return *origin.health;
  }
};

struct OriginHealth::Watched {
  std::string zone;
  std::string server;
  ServerHealth health;
  std::shared_ptr<const Probe> probe;  // null: none
};

OriginHealth::OriginHealth(
    std::string colo, const Clock& clock, net::UpstreamClient& client, observe::Metrics& metrics,
    TaskGroup& tasks
)
    : colo_(std::move(colo)),
      clock_(clock),
      client_(client),
      metrics_(metrics),
      tasks_(tasks),
      servers_(std::make_unique<Guarded<Servers>>()) {}
OriginHealth::~OriginHealth() = default;

OriginHealth::Servers OriginHealth::watched(const zone::ZoneTable& zones) const {
  Servers servers;
  const auto add = [&](const zone::Zone& zone, const std::string& host, const zone::Origin& origin
                   ) {
    const bool matters = origin.servers.size() > 1 || origin.health;
    if (!matters) return;
    for (const zone::Server& server : origin.servers) {
      const std::string key = key_of(zone.id, server);
      Watched watched{.zone = zone.name, .server = server.text, .health = {}, .probe = {}};
      const bool is_new = servers.emplace(key, std::move(watched)).second;
      if (!is_new || !origin.health) continue;
      auto probe = std::make_shared<Probe>();
      probe->key = key;
      probe->host = host;
      probe->server = server;
      probe->origin = origin;
      servers[key].probe = std::move(probe);
    }
  };
  for (const auto& zone : zones.all()) {
    add(*zone, zone->name, zone->origin);
    for (const auto& [host, origin] : zone->origins) add(*zone, host, origin);
  }
  return servers;
}

void OriginHealth::watch(const zone::ZoneTable& zones, const Executor& executor) {
  Servers next = watched(zones);
  std::vector<std::shared_ptr<const Probe>> begun;
  std::vector<observe::ServerState> states;
  for (const auto& [key, server] : next) {
    if (server.probe) begun.push_back(server.probe);
  }
  const Servers before = servers_->with([&](Servers& servers) {
    for (auto& [key, server] : next) {
      const auto known = servers.find(key);
      if (known != servers.end()) server.health = known->second.health;
      states.push_back({server.zone, server.server, server.health.is_in()});
    }
    return std::exchange(servers, std::move(next));
  });
  metrics_.set_servers(std::move(states));
  for (const auto& [key, server] : before) {
    if (server.probe) server.probe->ended.notify();
  }
  for (auto& probe : begun) tasks_.spawn(executor, keep_probing(std::move(probe)));
}

bool OriginHealth::admits(const zone::Zone& zone, const zone::Server& server) {
  const TimePoint now = clock_.now();
  return servers_->with([&](Servers& servers) {
    const auto found = servers.find(key_of(zone.id, server));
    return found == servers.end() || found->second.health.admits(now);
  });
}

void OriginHealth::connected(const zone::Zone& zone, const zone::Server& server) {
  change(key_of(zone.id, server), "", [](Watched& watched) { watched.health.connected(); });
}

void OriginHealth::not_connected(
    const zone::Zone& zone, const zone::Server& server, const Error& error
) {
  const TimePoint now = clock_.now();
  change(key_of(zone.id, server), error.detail, [now](Watched& watched) {
    watched.health.not_connected(now);
  });
}

// Applies the change to a watched server; tells when the server went out or came back by it.
template <class Change>
void OriginHealth::change(const std::string& key, std::string_view reason, Change change) {
  servers_->with([&](Servers& servers) {
    const auto found = servers.find(key);
    if (found == servers.end()) return;
    Watched& watched = found->second;
    const bool was_in = watched.health.is_in();
    change(watched);
    if (watched.health.is_in() != was_in) tell(watched, reason);
  });
}

void OriginHealth::tell(const Watched& watched, std::string_view reason) const {
  const bool is_in = watched.health.is_in();
  metrics_.set_server({watched.zone, watched.server, is_in});
  if (is_in) {
    log::info("origin.up", {{"colo", colo_}, {"zone", watched.zone}, {"server", watched.server}});
  } else {
    log::warn(
        "origin.down",
        {{"colo", colo_}, {"zone", watched.zone}, {"server", watched.server}, {"reason", reason}}
    );
  }
}

Awaitable<> OriginHealth::keep_probing(std::shared_ptr<const Probe> probing) {
  const zone::HealthCheck& check = probing->check();
  while (!probing->has_ended()) {
    const Result<> passed = co_await probe(*probing);
    if (probing->has_ended()) co_return;
    const std::string reason = passed ? "" : passed.error().detail;
    change(probing->key, reason, [&](Watched& watched) {
      passed ? watched.health.passed_probe(check) : watched.health.failed_probe(check);
    });
    const milliseconds pause = with_jitter(check.interval);
    co_await probing->ended.wait_within(pause, probing->begun);
  }
}

Awaitable<Result<>> OriginHealth::probe(const Probe& probing) const {
  const zone::HealthCheck& check = probing.check();
  net::Upstream target = target_of(probing.origin, probing.server);
  target.timeouts = {.connect = check.timeout, .read = check.timeout};
  target.max_connections =
      std::numeric_limits<std::size_t>::max();  // a busy server is not a sick one
  http::Request request = request_of(check, probing.origin.scheme, probing.host);

  const auto start = std::chrono::steady_clock::now();
  const auto answer = co_await client_.send(target, std::move(request), Body());
  if (!answer) co_return answer.error();
  const http::Status status = answer->reply.response.status;
  if (!check.expects(status))
    co_return Error{
        ErrorCode::malformed, Side::origin, "its probe was answered " + std::to_string(status)
    };
  if (std::chrono::steady_clock::now() - start > check.timeout)
    co_return Error{ErrorCode::timed_out, Side::origin, "its probe was answered too late"};
  co_return Result<>();
}

net::Upstream target_of(const zone::Origin& origin, const zone::Server& server) {
  net::Upstream target;
  target.address = {
      .host = server.address.empty() ? server.host : server.address,
      .port = server.port,
      .unix_path = {}
  };
  target.timeouts = {.connect = origin.timeouts.connect, .read = origin.timeouts.read};
  target.max_connections = origin.max_connections;
  if (origin.scheme == http::Scheme::https)
    target.tls = net::UpstreamTls{.server_name = server.host, .ca_file = origin.ca_file};
  return target;
}

}  // namespace festina::edge
