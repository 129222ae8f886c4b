#include "server/node.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <thread>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "base/work_pool.h"
#include "server/checks.h"
#include "server/reload_plan.h"
#include "server/reload_report.h"
#include "server/wiring.h"

namespace festina::server {
namespace {

using Signals = boost::asio::basic_signal_set<Executor>;
using LogTarget = std::shared_ptr<const observe::LogFile>;

constexpr std::chrono::milliseconds kDrainPoll{20};

// Null: no access log.
Result<LogTarget> open_access_log(const zone::Config& config) {
  if (config.access_log.empty()) return LogTarget();
  auto file = observe::LogFile::open(config.access_log);
  if (!file) return with_detail(file.error(), "[log] access");
  return *file;
}

std::vector<std::string> texts_of(const zone::Problems& problems) {
  std::vector<std::string> texts;
  texts.reserve(problems.size());
  for (const zone::Problem& problem : problems) texts.push_back(zone::text_of(problem));
  return texts;
}

// A line for each zone of the file and for each place where a Worker is served.
std::string sites_text(const zone::Config& config) {
  std::string text;
  const auto add_worker = [&](const std::string& script, const std::string& place) {
    text += "  worker     " + script + " on " + place + "\n";
  };
  const auto add_snippet = [&](const zone::Route& route) {
    text += "  snippet    " + route.script + " on " + route.pattern + "\n";
  };
  for (const auto& zone : config.zones) {
    if (!zone::is_made_for_a_script(*zone))
      text += "  zone       " + zone->name + " -> " + zone->origin.text + "\n";
  }
  for (const auto& zone : config.zones) {
    for (const zone::Route& route : zone->snippets) add_snippet(route);
    for (const zone::Route& route : zone->routes) add_worker(route.script, route.pattern);
    for (const auto& [host, origin] : zone->origins) {
      if (origin.kind == zone::OriginKind::worker) add_worker(origin.script, host);
    }
    if (zone::is_made_for_a_script(*zone)) add_worker(zone->origin.script, zone->name);
  }
  return text;
}

}  // namespace

struct Node::State {
  State(zone::Config given, workers::Fleet given_fleet, NodeOptions given_options, Foundation base)
      : config(std::move(given)),
        fleet(std::move(given_fleet)),
        options(std::move(given_options)),
        wiring(config, std::move(base)) {}

  zone::Config config;   // what runs
  workers::Fleet fleet;  // until it is started
  NodeOptions options;
  Wiring wiring;
  WorkPool checking{1};  // reads configurations and bundles Workers: that blocks
  TaskGroup reloads;     // the one under way
  TaskGroup watch;       // for a second signal
  bool reloading = false;
  bool reload_again = false;  // a signal came while one was under way
  bool cut_short = false;     // a second signal to end
  ReloadReport report;
  Result<> outcome;

  Awaitable<> serve();
  Awaitable<Result<>> start();
  Awaitable<Result<>> start_workers();
  Awaitable<> serve_until_told_to_end(Signals& signals);
  Awaitable<> drain(Signals& signals);
  Awaitable<> watch_for_second(Signals& signals);

  void reload_soon(const Executor&);
  Awaitable<> reload_while_asked();
  Awaitable<Result<>> reload();
  Awaitable<Result<>> take(Checked checked);
  void tell(const ReloadReport&) const;

  Result<> write_ready_file() const;
  json::Object addresses() const;
  void announce() const;
};

// --- from start to end ---

Awaitable<> Node::State::serve() {
  Signals signals(co_await asio::this_coro::executor, SIGTERM, SIGINT, SIGHUP);
  outcome = co_await start();
  if (outcome) co_await serve_until_told_to_end(signals);
  co_await drain(signals);
  for (asio::io_context* context : wiring.threads) context->stop();
}

Awaitable<Result<>> Node::State::start() {
  const Result<LogTarget> access_log = open_access_log(config);
  if (!access_log) co_return access_log.error();
  Result<Listeners::Change> bound = wiring.listeners.prepare(config);
  if (!bound) co_return bound.error();
  const Result<> following = wiring.follow_log();
  if (!following) co_return following;
  const Result<> started = co_await start_workers();
  if (!started) co_return started;

  if (*access_log) wiring.journal.access_log.use(*access_log);
  wiring.listeners.commit(std::move(*bound), wiring.tasks);
  wiring.base.control->start(wiring.api, config.control.listen.scheme, wiring.tasks);
  wiring.watch_origins();
  wiring.ready = true;
  tell(report);
  const Result<> written = write_ready_file();
  if (written) announce();
  co_return written;
}

Awaitable<Result<>> Node::State::start_workers() {
  std::vector<std::string> names;
  names.reserve(config.colos.size());
  for (const zone::ColoConfig& colo : config.colos) names.push_back(colo.name);
  const workers::Supervisor::Services services{.out = wiring.outbound, .cache = wiring.cache_api};
  co_return co_await wiring.supervisor.start(std::move(fleet), std::move(names), services);
}

Awaitable<> Node::State::serve_until_told_to_end(Signals& signals) {
  const Executor executor = co_await asio::this_coro::executor;
  for (;;) {
    const auto [ec, number] = co_await signals.async_wait(no_throw);
    if (ec || number != SIGHUP) co_return;
    reload_soon(executor);
  }
}

Awaitable<> Node::State::drain(Signals& signals) {
  const Executor executor = co_await asio::this_coro::executor;
  reloads.stop();
  co_await reloads.join();
  wiring.ready = false;
  log::info("server.draining");
  watch.spawn(executor, watch_for_second(signals));
  wiring.journal.feed.end();
  wiring.base.control->drain();
  wiring.listeners.drain();
  const auto open = [this] {
    return wiring.base.control->connections() + wiring.listeners.connections();
  };
  Timer timer(executor);
  const auto deadline = std::chrono::steady_clock::now() + kDrainLimit;
  while (open() > 0 && !cut_short && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(kDrainPoll);
    co_await timer.async_wait(no_throw);
  }
  if (open() > 0) log::warn("server.cut_short", {{"connections", open()}});
  wiring.tasks.stop();
  co_await wiring.tasks.join();
  if (!cut_short) co_await wiring.supervisor.stop();  // else they are killed with the supervisor
  watch.stop();
  co_await watch.join();
}

Awaitable<> Node::State::watch_for_second(Signals& signals) {
  for (;;) {
    const auto [ec, number] = co_await signals.async_wait(no_throw);
    if (ec) co_return;
    if (number != SIGHUP) cut_short = true;
  }
}

// --- a changed configuration ---

void Node::State::reload_soon(const Executor& executor) {
  reload_again = reloading;
  if (reloading) return;
  reloading = true;
  reloads.spawn(executor, reload_while_asked());
}

Awaitable<> Node::State::reload_while_asked() {
  do {
    reload_again = false;
    ++report.begun;
    tell(report);
    report.problems.clear();
    report.needs_restart.clear();
    const Result<> taken = co_await reload();
    if (!taken && report.problems.empty()) report.problems.push_back(taken.error().detail);
    for (const std::string& problem : report.problems)
      log::error("reload.refused", {{"problem", problem}});
    for (const std::string& key : report.needs_restart)
      log::warn("reload.needs_restart", {{"key", key}});
    if (taken) log::info("reload.taken", {{"file", config.file}});
    report.ended = report.begun;
    report.file = config.file;
    tell(report);
  } while (reload_again);
  reloading = false;
}

Awaitable<Result<>> Node::State::reload() {
  auto check = [path = options.config_file] { return check_configuration(path, today()); };
  Checked checked = co_await on_pool(checking, std::move(check));
  for (const zone::Problem& warning : checked.warnings)
    log::warn("reload.warning", {{"problem", zone::text_of(warning)}});
  if (!checked.problems.empty()) {
    report.problems = texts_of(checked.problems);
    co_return Error{ErrorCode::malformed, Side::self, "the configuration has problems"};
  }
  co_return co_await take(std::move(checked));
}

// All that can fail comes first. From the supervisor's commit on nothing does and nothing waits.
Awaitable<Result<>> Node::State::take(Checked checked) {
  ReloadPlan plan = reload_plan(config, std::move(checked.config));
  const Result<LogTarget> access_log = open_access_log(plan.config);
  if (!access_log) co_return access_log.error();
  Result<Listeners::Change> bound = wiring.listeners.prepare(plan.config);
  if (!bound) co_return bound.error();
  const auto control_tls = load_certificates(plan.config.control.certificates);
  if (!control_tls) co_return control_tls.error();
  const auto prepared = co_await wiring.supervisor.prepare(std::move(checked.fleet));
  if (!prepared) co_return prepared.error();

  const Executor executor = co_await asio::this_coro::executor;
  wiring.supervisor.commit(executor, *prepared);
  wiring.zones.use(snapshot_of(plan.config));
  wiring.watch_origins();
  wiring.listeners.commit(std::move(*bound), wiring.tasks);
  if (*control_tls) wiring.base.control->use(*control_tls);
  wiring.journal.access_log.use(*access_log);
  log::set_level(plan.config.log_level);
  config = std::move(plan.config);
  report.needs_restart = std::move(plan.needs_restart);
  const Result<> written = write_ready_file();
  if (!written) log::error("reload.ready_file_failed", {{"detail", written.error().detail}});
  co_return Result<>();
}

// Who waits for the report gives up after a while; the node goes on without it.
void Node::State::tell(const ReloadReport& now) const {
  const Result<> written = write_reload_report(wiring.base.state.path(), now);
  if (!written) log::error("reload.report_failed", {{"detail", written.error().detail}});
}

// --- what it says of itself ---

Result<> Node::State::write_ready_file() const {
  if (options.ready_file.empty()) return Result<>();
  return write_whole_file(options.ready_file, json::to_text(addresses()) + "\n", 0644);
}

json::Object Node::State::addresses() const {
  json::Object by_colo;
  for (const auto& [colo, urls] : wiring.listeners.urls())
    by_colo[colo] = json::Array(urls.begin(), urls.end());
  return {{"pid", ::getpid()}, {"control", wiring.base.control_url}, {"colos", std::move(by_colo)}};
}

void Node::State::announce() const {
  std::string text = "festina is ready\n";
  for (const auto& [colo, urls] : wiring.listeners.urls()) {
    for (const std::string& url : urls)
      text.append("  colo ").append(colo).append("   ").append(url).append("\n");
  }
  text += sites_text(config);
  const bool is_kept = config.control.token.empty();
  text += "  control    " + wiring.base.control_url +
          "   (token: " + (is_kept ? wiring.base.state.file("token") : "as configured") + ")\n";
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

Result<std::unique_ptr<Node>> Node::build(
    zone::Config config, workers::Fleet fleet, NodeOptions options
) {
  Result<Foundation> base = lay_foundation(config, options.threads);
  if (!base) return base.error();
  remove_reload_report(base->state.path());
  return std::unique_ptr<Node>(new Node(std::make_unique<State>(
      std::move(config), std::move(fleet), std::move(options), std::move(*base)
  )));
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() = default;

Result<> Node::run() {
  const std::vector<asio::io_context*>& threads = state_->wiring.threads;
  TaskGroup main_task;
  main_task.spawn(threads.front()->get_executor(), state_->serve());
  std::vector<std::jthread> others;
  std::vector<asio::executor_work_guard<Executor>> kept_busy;
  kept_busy.reserve(threads.size());
  for (asio::io_context* context : threads) kept_busy.push_back(asio::make_work_guard(*context));
  for (std::size_t i = 1; i < threads.size(); ++i) {
    others.emplace_back([context = threads[i]] { context->run(); });
  }
  threads.front()->run();
  others.clear();
  return state_->outcome;
}

}  // namespace festina::server
