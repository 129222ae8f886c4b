#include "server/wiring.h"

#include "base/crypto.h"
#include "edge/pipeline.h"
#include "server/reload_plan.h"

namespace festina::server {
namespace {

// What is configured, or what was made once and is kept.
Result<std::string> configured_or_kept(
    const std::string& configured, const StateDir& state, std::string_view name, std::size_t digits
) {
  if (!configured.empty()) return configured;
  return state.remembered(name, random_hex(digits));
}

std::vector<std::unique_ptr<asio::io_context>> make_contexts(std::size_t count) {
  std::vector<std::unique_ptr<asio::io_context>> made;
  made.reserve(count);
  for (std::size_t i = 0; i < count; ++i) made.push_back(std::make_unique<asio::io_context>(1));
  return made;
}

workers::TestClock test_clock_of(const zone::Config& config) {
  return config.test_clock ? workers::TestClock::on : workers::TestClock::off;
}

std::vector<std::unique_ptr<edge::Colo>> make_colos(const zone::Config& config, edge::Node& node) {
  std::vector<std::unique_ptr<edge::Colo>> colos;
  colos.reserve(config.colos.size());
  for (const zone::ColoConfig& colo : config.colos) {
    colos.push_back(std::make_unique<edge::Colo>(colo.name, colo.country, config.cache_memory, node)
    );
  }
  return colos;
}

using Colos = std::vector<std::unique_ptr<edge::Colo>>;

std::map<std::string, workers::ColoCache, std::less<>> caches_of(const Colos& colos) {
  std::map<std::string, workers::ColoCache, std::less<>> caches;
  for (const auto& colo : colos) {
    caches.emplace(
        colo->name(), workers::ColoCache{.cache = &colo->cache(), .metrics = &colo->metrics()}
    );
  }
  return caches;
}

std::vector<control::ColoView> views_of(const Colos& colos) {
  std::vector<control::ColoView> views;
  views.reserve(colos.size());
  for (const auto& colo : colos) {
    views.push_back(
        {colo->name(), std::string(colo->services().country), &colo->cache(), &colo->metrics()}
    );
  }
  return views;
}

Listeners::Handlers handlers_of(const Colos& colos) {
  Listeners::Handlers handlers;
  for (const auto& colo : colos) handlers.emplace(colo->name(), colo.get());
  return handlers;
}

}  // namespace

std::vector<asio::io_context*> Foundation::threads() const {
  std::vector<asio::io_context*> all;
  all.reserve(contexts.size());
  for (const auto& context : contexts) all.push_back(context.get());
  return all;
}

Result<Foundation> lay_foundation(const zone::Config& config, std::size_t threads) {
  Result<StateDir> state = StateDir::open(config.state_dir);
  if (!state) return state.error();
  auto clock = std::make_unique<SystemClock>();
  auto log = store::LocalLog::open(state->file("control.db"), *clock);
  if (!log) return log.error();
  auto zones = zone::ZoneStore::open(state->file("zones.db"));
  if (!zones) return zones.error();
  auto token = configured_or_kept(config.control.token, *state, "token", 40);
  if (!token) return token.error();
  auto account = configured_or_kept(config.control.account_id, *state, "account_id", 32);
  if (!account) return account.error();

  auto geoip = config.network.geoip.empty() ? Result<std::shared_ptr<const net::GeoIp>>(nullptr)
                                            : net::GeoIp::open(config.network.geoip);
  if (!geoip) return with_detail(geoip.error(), "[network] geoip");

  Foundation made{
      .state = std::move(*state),
      .clock = std::move(clock),
      .log = std::move(*log),
      .zones = std::make_unique<zone::ZoneStore>(std::move(*zones)),
      .geoip = std::move(*geoip),
      .token = std::move(*token),
      .account_id = std::move(*account),
      .contexts = make_contexts(threads),
      .heads = std::make_shared<net::HeadMemory>(),
      .control = {},
      .control_url = {}
  };
  const zone::ListenUrl& listen = config.control.listen;
  const std::string what = "[control] listen = \"" + listen.text + "\"";
  auto greeting = listen_options(listen, config.control.certificates, {});
  if (!greeting) return with_detail(greeting.error(), what);
  greeting->heads = made.heads;
  const net::TcpAddress address{.host = listen.host, .port = listen.port};
  auto control = net::Listener::open(address, made.threads(), std::move(*greeting));
  if (!control) return with_detail(control.error(), what);
  made.control = std::move(*control);
  made.control_url = url_of(listen, made.control->port());
  const Result<> kept = made.state.remember("control", made.control_url);
  if (!kept) return kept.error();
  return made;
}

ColoSubrequests::ColoSubrequests(const Colos& colos) {
  for (const auto& colo : colos) colos_.emplace(colo->name(), colo.get());
}

Awaitable<http::Reply> ColoSubrequests::subrequest(
    workers::Caller caller, http::Incoming incoming
) {
  const auto colo = colos_.find(caller.identity.colo);
  if (colo == colos_.end()) co_return http::text_reply(404, "text/plain", "no such colo\n");
  co_return co_await edge::subrequest(
      colo->second->services(), std::move(caller), std::move(incoming)
  );
}

Wiring::Wiring(const zone::Config& config, Foundation foundation)
    : base(std::move(foundation)),
      threads(base.threads()),
      snapshots(snapshot_of(config)),
      zones(snapshots, std::move(*base.zones)),
      client(pool, resolver),
      rays(*base.clock),
      supervisor(base.state.file("run"), threads, test_clock_of(config)),
      dispatch(supervisor, client, rays, test_clock_of(config)),
      shared{
          .clock = *base.clock,
          .snapshots = snapshots,
          .control_port = base.control->port(),
          .geoip = base.geoip.get(),
          .client = client,
          .resolver = resolver,
          .files = files,
          .coding = coding,
          .workers = dispatch,
          .journal = journal,
          .notices = notices,
          .tasks = tasks,
          .explain_link = base.control_url + "/festina/v1/explain"
      },
      colos(make_colos(config, shared)),
      zone_applier(*base.log, zones),
      subrequests(colos),
      outbound(subrequests, rays, journal, *base.clock),
      cache_api(caches_of(colos), snapshots, rays, journal, *base.clock),
      api(
          {.clock = *base.clock,
           .test_clock = config.test_clock ? base.clock.get() : nullptr,
           .snapshots = snapshots,
           .zones = zones,
           .log = *base.log,
           .colos = views_of(colos),
           .journal = journal,
           .processes = supervisor.counts(),
           .token = base.token,
           .account_id = base.account_id,
           .ready = ready}
      ),
      listeners(threads, handlers_of(colos), base.heads) {}

Result<> Wiring::follow_log() {
  Result<> following = zone_applier.start();
  if (!following) return following;
  for (const auto& colo : colos) {
    appliers.push_back(std::make_unique<cluster::Applier>(*base.log, colo->cache()));
    const Result<> started = appliers.back()->start();
    if (!started) return started;
  }
  return Result<>();
}

void Wiring::watch_origins() {
  const zone::SnapshotRef snapshot = snapshots.get();
  for (const auto& colo : colos) colo->watch(snapshot->zones, threads.front()->get_executor());
}

}  // namespace festina::server
