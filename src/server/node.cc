#include "server/node.h"

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <optional>
#include <signal.h>
#include <thread>
#include <unistd.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/log.h"
#include "cluster/applier.h"
#include "control/api.h"
#include "edge/colo.h"
#include "edge/pipeline.h"
#include "net/listener.h"
#include "server/state_dir.h"
#include "store/local_log.h"
#include "workers/cache_api.h"
#include "workers/outbound.h"

namespace festina::server {
namespace {

constexpr std::chrono::milliseconds kDrainPoll{20};

// A Worker's fetch() enters the colo its process belongs to.
class ColoSubrequests final : public workers::Subrequests {
 public:
  void add(edge::Colo& colo) { colos_.emplace(colo.name(), &colo); }

  Awaitable<http::Reply> subrequest(workers::Caller caller, http::Incoming incoming) override {
    const auto colo = colos_.find(caller.identity.colo);
    if (colo == colos_.end()) co_return http::text_reply(404, "text/plain", "no such colo\n");
    co_return co_await edge::subrequest(
        colo->second->services(), std::move(caller), std::move(incoming)
    );
  }

 private:
  std::map<std::string, edge::Colo*, std::less<>> colos_;
};

struct ListeningColo {
  edge::Colo* colo;
  std::vector<std::unique_ptr<net::Listener>> listeners;
  std::vector<std::string> urls;
};

std::string url_of(const zone::ListenUrl& listen, std::uint16_t port) {
  return std::string(http::name(listen.scheme)) + "://" + listen.host + ":" + std::to_string(port);
}

}  // namespace

// In order of dependency: what stands below may refer to what stands above it.
struct Node::Parts {
  Parts(
      zone::Config given_config, NodeOptions given_options, StateDir given_state,
      std::unique_ptr<SystemClock> given_clock, std::unique_ptr<store::LocalLog> given_log,
      std::unique_ptr<observe::AccessLog> given_access_log, workers::Runtime runtime
  )
      : config(std::move(given_config)),
        options(std::move(given_options)),
        state(std::move(given_state)),
        owned_clock(std::move(given_clock)),
        clock(*owned_clock),
        log(std::move(given_log)),
        access_log(std::move(given_access_log)),
        contexts(make_contexts(options.threads)),
        threads(pointers(contexts)),
        zones(config.zones),
        client(pool, resolver),
        test_clock(config.test_clock ? workers::TestClock::on : workers::TestClock::off),
        supervisor(std::move(runtime), state.file("run"), threads, test_clock),
        dispatch(supervisor, client, rays, test_clock) {}

  static std::vector<std::unique_ptr<asio::io_context>> make_contexts(std::size_t count) {
    std::vector<std::unique_ptr<asio::io_context>> made;
    made.reserve(count);
    for (std::size_t i = 0; i < count; ++i) made.push_back(std::make_unique<asio::io_context>(1));
    return made;
  }
  static std::vector<asio::io_context*> pointers(
      const std::vector<std::unique_ptr<asio::io_context>>& contexts
  ) {
    std::vector<asio::io_context*> all;
    all.reserve(contexts.size());
    for (const auto& context : contexts) all.push_back(context.get());
    return all;
  }

  zone::Config config;
  NodeOptions options;
  StateDir state;
  std::unique_ptr<SystemClock> owned_clock;  // the log refers to it before the node is whole
  SystemClock& clock;
  std::unique_ptr<store::LocalLog> log;
  std::unique_ptr<observe::AccessLog> access_log;
  std::vector<std::unique_ptr<asio::io_context>> contexts;
  std::vector<asio::io_context*> threads;
  zone::ZoneTable zones;
  std::shared_ptr<const net::GeoIp> geoip;  // null: none
  net::UpstreamPool pool;
  net::Resolver resolver;
  net::UpstreamClient client;
  edge::FilePool files;
  workers::Rays rays;
  workers::TestClock test_clock;
  workers::Supervisor supervisor;
  workers::Dispatch dispatch;
  TaskGroup tasks;
  ColoSubrequests subrequests;
  std::optional<edge::Node> shared;
  std::vector<std::unique_ptr<edge::Colo>> colos;
  std::vector<std::unique_ptr<cluster::Applier>> appliers;
  std::optional<workers::Outbound> outbound;
  std::optional<workers::CacheApi> cache_api;
  std::atomic<bool> ready{false};
  std::optional<control::Api> api;
  std::unique_ptr<net::Listener> control_listener;
  std::string control_url;
  std::vector<ListeningColo> listening;
  std::vector<workers::Deployment> deployments;

  Result<> make_colos();
  Result<> make_api();
  Result<> open_listeners();
  Awaitable<> serve();
  Awaitable<Result<>> start_workers();
  void announce() const;
  json::Object addresses() const;
  Awaitable<> drain();

  Result<> outcome;
};

Result<> Node::Parts::make_colos() {
  shared.emplace(edge::Node{
      .clock = clock,
      .zones = zones,
      .trusted_proxies = config.network.trusted_proxies,
      .geoip = geoip.get(),
      .client = client,
      .resolver = resolver,
      .files = files,
      .workers = dispatch,
      .access_log = *access_log,
      .tasks = tasks,
      .private_network = config.workers.private_network_allowed ? edge::PrivateNetwork::allow
                                                                : edge::PrivateNetwork::deny,
      .explain_link = control_url + "/festina/v1/explain"
  });
  std::map<std::string, workers::ColoCache, std::less<>> caches;
  for (const zone::ColoConfig& described : config.colos) {
    colos.push_back(std::make_unique<edge::Colo>(
        described.name, described.country, config.cache_memory, *shared
    ));
    edge::Colo& colo = *colos.back();
    subrequests.add(colo);
    appliers.push_back(std::make_unique<cluster::Applier>(*log, colo.cache()));
    const Result<> following = appliers.back()->start();
    if (!following) return following.error();
    caches.emplace(
        colo.name(), workers::ColoCache{.cache = &colo.cache(), .metrics = &colo.metrics()}
    );
  }
  outbound.emplace(subrequests, rays);
  cache_api.emplace(std::move(caches), zones, rays, *access_log, clock);
  return Result<>();
}

Result<> Node::Parts::make_api() {
  const auto token = config.control.token.empty() ? state.remembered("token", random_hex(40))
                                                  : Result<std::string>(config.control.token);
  if (!token) return token.error();
  const auto account = config.control.account_id.empty()
                           ? state.remembered("account_id", random_hex(32))
                           : Result<std::string>(config.control.account_id);
  if (!account) return account.error();

  std::vector<control::ColoView> views;
  views.reserve(colos.size());
  for (const auto& colo : colos) {
    views.push_back(
        {colo->name(), std::string(colo->services().country), &colo->cache(), &colo->metrics()}
    );
  }
  api.emplace(control::ControlServices{
      .clock = clock,
      .test_clock = config.test_clock ? &clock : nullptr,
      .zones = zones,
      .log = *log,
      .colos = std::move(views),
      .token = *token,
      .account_id = *account,
      .ready = ready
  });
  return Result<>();
}

// The control listener first: error pages of the colos link to it.
Result<> Node::Parts::open_listeners() {
  const zone::ListenUrl& listen = config.control.listen;
  auto control =
      net::Listener::open(net::TcpAddress{.host = listen.host, .port = listen.port}, threads);
  if (!control) return with_detail(control.error(), "[control] listen = \"" + listen.text + "\"");
  control_listener = std::move(*control);
  control_url = url_of(listen, control_listener->port());
  const Result<> made = make_colos();
  if (!made) return made.error();

  for (std::size_t i = 0; i < config.colos.size(); ++i) {
    ListeningColo colo{.colo = colos[i].get(), .listeners = {}, .urls = {}};
    for (const zone::ListenUrl& url : config.colos[i].listen) {
      auto listener =
          net::Listener::open(net::TcpAddress{.host = url.host, .port = url.port}, threads);
      if (!listener)
        return with_detail(
            listener.error(), "colo " + config.colos[i].name + ", listen = \"" + url.text + "\""
        );
      colo.urls.push_back(url_of(url, (*listener)->port()));
      colo.listeners.push_back(std::move(*listener));
    }
    listening.push_back(std::move(colo));
  }
  return Result<>();
}

Awaitable<Result<>> Node::Parts::start_workers() {
  check(outbound && cache_api, "make_colos() has run");
  std::vector<std::string> names;
  names.reserve(config.colos.size());
  for (const zone::ColoConfig& colo : config.colos) names.push_back(colo.name);
  const workers::Supervisor::Services services{.out = *outbound, .cache = *cache_api};
  co_return co_await supervisor.start(std::move(deployments), std::move(names), services);
}

json::Object Node::Parts::addresses() const {
  json::Object by_colo;
  for (const ListeningColo& colo : listening) {
    by_colo[colo.colo->name()] = json::Array(colo.urls.begin(), colo.urls.end());
  }
  return {{"pid", ::getpid()}, {"control", control_url}, {"colos", std::move(by_colo)}};
}

void Node::Parts::announce() const {
  std::string text = "festina is ready\n";
  for (const ListeningColo& colo : listening) {
    for (const std::string& url : colo.urls)
      text += "  colo " + colo.colo->name() + "   " + url + "\n";
  }
  for (const auto& zone : zones.all())
    text += "  zone       " + zone->name + " -> " + zone->origin.text + "\n";
  for (const zone::Script& script : config.scripts) {
    for (const zone::Route& route : script.routes)
      text += "  worker     " + script.name + " on " + route.pattern + "\n";
  }
  text += "  control    " + control_url +
          "   (token: " + (config.control.token.empty() ? state.file("token") : "as configured") +
          ")\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

Awaitable<> Node::Parts::drain() {
  ready = false;
  log::info("server.draining");
  control_listener->drain();
  for (ListeningColo& colo : listening) {
    for (const auto& listener : colo.listeners) listener->drain();
  }
  const auto open = [this] {
    std::size_t connections = control_listener->connections();
    for (const ListeningColo& colo : listening) {
      for (const auto& listener : colo.listeners) connections += listener->connections();
    }
    return connections;
  };
  Timer timer(co_await asio::this_coro::executor);
  const auto deadline = std::chrono::steady_clock::now() + kDrainLimit;
  while (open() > 0 && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(kDrainPoll);
    co_await timer.async_wait(no_throw);
  }
  tasks.stop();
  co_await tasks.join();
  co_await supervisor.stop();
}

Awaitable<> Node::Parts::serve() {
  boost::asio::basic_signal_set<Executor> signals(
      co_await asio::this_coro::executor, SIGTERM, SIGINT
  );
  outcome = co_await start_workers();
  check(api.has_value(), "make_api() has run");
  if (outcome) {
    for (ListeningColo& colo : listening) {
      colo.colo->watch(zones, threads.front()->get_executor());
      for (const auto& listener : colo.listeners)
        listener->start(*colo.colo, http::Scheme::http, tasks);
    }
    control_listener->start(*api, http::Scheme::http, tasks);
    ready = true;
    if (!options.ready_file.empty()) {
      outcome = write_whole_file(options.ready_file, json::to_text(addresses()) + "\n", 0644);
    }
    if (outcome) {
      announce();
      co_await signals.async_wait(no_throw);
    }
  }
  co_await drain();
  for (asio::io_context* context : threads) context->stop();
}

Result<std::unique_ptr<Node>> Node::build(
    zone::Config config, workers::Runtime runtime, std::vector<workers::Deployment> deployments,
    NodeOptions options
) {
  Result<StateDir> state = StateDir::open(config.state_dir);
  if (!state) return state.error();
  auto access_log =
      config.access_log.empty()
          ? Result<std::unique_ptr<observe::AccessLog>>(std::make_unique<observe::AccessLog>())
          : observe::AccessLog::open(config.access_log);
  if (!access_log) return with_detail(access_log.error(), "[log] access");
  auto clock = std::make_unique<SystemClock>();
  auto log = store::LocalLog::open(state->file("control.db"), *clock);
  if (!log) return log.error();

  auto geoip = config.network.geoip.empty() ? Result<std::shared_ptr<const net::GeoIp>>(nullptr)
                                            : net::GeoIp::open(config.network.geoip);
  if (!geoip) return with_detail(geoip.error(), "[network] geoip");

  auto parts = std::make_unique<Parts>(
      std::move(config),
      std::move(options),
      std::move(*state),
      std::move(clock),
      std::move(*log),
      std::move(*access_log),
      std::move(runtime)
  );
  parts->deployments = std::move(deployments);
  parts->geoip = std::move(*geoip);
  Result<> opened = parts->open_listeners();
  if (opened) opened = parts->make_api();
  if (!opened) return opened.error();
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Node::~Node() = default;

Result<> Node::run() {
  Parts& parts = *parts_;
  TaskGroup main_task;
  main_task.spawn(parts.threads.front()->get_executor(), parts.serve());
  std::vector<std::jthread> others;
  std::vector<asio::executor_work_guard<Executor>> kept_busy;
  kept_busy.reserve(parts.threads.size());
  for (asio::io_context* context : parts.threads)
    kept_busy.push_back(asio::make_work_guard(*context));
  for (std::size_t i = 1; i < parts.threads.size(); ++i) {
    others.emplace_back([context = parts.threads[i]] { context->run(); });
  }
  parts.threads.front()->run();
  others.clear();
  return parts.outcome;
}

}  // namespace festina::server
