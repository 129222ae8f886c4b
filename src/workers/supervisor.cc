#include "workers/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <map>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include "base/log.h"
#include "net/listener.h"
#include "workers/process.h"
#include "workers/workerd.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Names of the host's sockets.
constexpr const char* kOut = "out";
constexpr const char* kCache = "cache";

constexpr std::size_t kMaxSocketPath = sizeof(sockaddr_un::sun_path) - 1;

// How often it is looked whether a process still runs; its end is told at once.
constexpr std::chrono::hours kLookAfter{1};

// workerd closes an idle connection within 15 s; the host must not do so before (worker-wire.md §4).
static_assert(net::ServerLimits{}.idle > std::chrono::seconds(15));

Error io_error(const std::string& what, int number) {
  return {ErrorCode::io, Side::self, what + ": " + std::generic_category().message(number)};
}

Error too_long(const std::string& path) {
  return {
      ErrorCode::too_large,
      Side::self,
      "the socket path " + path + " has " + std::to_string(path.size()) + " bytes, at most " +
          std::to_string(kMaxSocketPath) +
          " are possible: choose a state directory with a shorter path"
  };
}

Result<> make_private_directory(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (!failed) fs::permissions(path, fs::perms::owner_all, failed);
  if (failed) return io_error("cannot make the directory " + path.string(), failed.value());
  return {};
}

Result<Descriptor> listen_at(const std::string& path) {
  if (path.size() > kMaxSocketPath) return too_long(path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, kMaxSocketPath);
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const bool listens = ::bind(socket.number(), generic, sizeof address) == 0 &&
                       ::listen(socket.number(), SOMAXCONN) == 0;
  if (!listens) return io_error("cannot listen on " + path, errno);
  return socket;
}

// Where the requests of one colo go in.
struct Inbound {
  std::string colo;
  std::string path;
  Descriptor socket;
};

struct Instance {
  std::string script;
  std::string version;
  std::string configuration_file;
  fs::path directory;
  Descriptor configuration;  // what workerd reads
  std::vector<Inbound> inbound;
  std::vector<std::unique_ptr<net::Listener>> outbound;
  std::shared_ptr<Workerd> process;  // the latest

  std::string socket_path(const std::string& name) const { return directory / (name + ".sock"); }
  Error described(Error error) const {
    return with_detail(std::move(error), "script \"" + script + "\" (" + configuration_file + ")");
  }
};

}  // namespace

struct Supervisor::State {
  Runtime runtime;
  fs::path run_dir;
  std::span<asio::io_context* const> threads;
  TestClock test_clock;

  std::map<std::string, Instance, std::less<>> instances;  // by script
  bool stopping = false;
  TaskGroup tasks;

  Result<> prepare(const Deployment&, const std::vector<std::string>& colos, Services);
  Result<> open_sockets(Instance&, const std::vector<std::string>& colos, Services);
  Result<> launch(const Executor&, Instance&);
  Awaitable<Result<>> ready(Instance& instance);
  Awaitable<> start_anew(Instance& instance);
  Awaitable<> keep_running(Instance& instance);
};

// Everything but the process.
Result<> Supervisor::State::prepare(
    const Deployment& deployment, const std::vector<std::string>& colos, Services services
) {
  const zone::Script& script = deployment.script;
  Instance& instance = instances[script.name];
  instance.script = script.name;
  instance.version = deployment.bundle.version;
  instance.configuration_file = script.configuration_file;
  instance.directory = run_dir / (script.name + "@" + instance.version);
  const auto opened = open_sockets(instance, colos, services);
  if (!opened) return opened.error();
  auto modules = wrapped(deployment.bundle, test_clock);
  if (!modules) return instance.described(modules.error());

  const ProcessPlan plan{
      .script = script.name,
      .version = instance.version,
      .compatibility_date = script.compatibility_date,
      .compatibility_flags = flags_for(script.compatibility_flags),
      .variables = script.variables,
      .modules = std::move(*modules),
      .colos = colos,
      .out_socket = instance.socket_path(kOut),
      .cache_socket = instance.socket_path(kCache),
  };
  auto configuration = memory_file(workerd_config(plan));
  if (!configuration) return configuration.error();
  instance.configuration = std::move(*configuration);
  return {};
}

Result<> Supervisor::State::open_sockets(
    Instance& instance, const std::vector<std::string>& colos, Services services
) {
  for (const fs::path& directory : {run_dir, instance.directory}) {
    const auto made = make_private_directory(directory);
    if (!made) return made.error();
  }
  for (const std::string& colo : colos) {
    std::string path = instance.socket_path(colo);
    auto socket = listen_at(path);
    if (!socket) return socket.error();
    instance.inbound.push_back({colo, std::move(path), std::move(*socket)});
  }
  // A Unix socket is served by one thread: processes take them in turn.
  const auto thread = threads.subspan((instances.size() - 1) % threads.size(), 1);
  for (const auto& [name, handler] :
       {std::pair(kOut, &services.out), std::pair(kCache, &services.cache)}) {
    auto listener = net::Listener::open(net::UnixAddress{instance.socket_path(name)}, thread);
    if (!listener) return listener.error();
    (*listener)->start(*handler, http::Scheme::http, tasks);
    instance.outbound.push_back(std::move(*listener));
  }
  return {};
}

Result<> Supervisor::State::launch(const Executor& executor, Instance& instance) {
  Workerd::Launch launch{
      .script = instance.script,
      .program = runtime.path,
      .configuration = instance.configuration.number(),
      .sockets = {}
  };
  for (const Inbound& inbound : instance.inbound)
    launch.sockets.push_back({inbound.colo, inbound.socket.number()});
  auto process = Workerd::start(launch, executor, tasks);
  if (!process) return process.error();
  instance.process = std::move(*process);
  return {};
}

// Waits for the process just launched.
Awaitable<Result<>> Supervisor::State::ready(Instance& instance) {
  const auto process = instance.process;
  const Result<> result = co_await process->ready(kStartLimit);
  if (!result) co_return instance.described(result.error());
  log::info(
      "worker.ready",
      {{"script", instance.script}, {"version", instance.version}, {"pid", process->pid()}}
  );
  co_return result;
}

Awaitable<> Supervisor::State::start_anew(Instance& instance) {
  const Executor executor = co_await asio::this_coro::executor;
  Result<> started = launch(executor, instance);
  if (started) started = co_await ready(instance);
  if (!started && !stopping) {
    log::error(
        "worker.start_failed", {{"script", instance.script}, {"error", started.error().detail}}
    );
  }
}

Awaitable<> Supervisor::State::keep_running(Instance& instance) {
  const Executor executor = co_await asio::this_coro::executor;
  for (unsigned ends = 0;; ++ends) {
    const auto started = steady_clock::now();
    const auto process = instance.process;
    while (!co_await process->ended_within(kLookAfter)) {
    }
    if (stopping) co_return;
    log::warn(
        "worker.ended",
        {{"script", instance.script}, {"version", instance.version}, {"how", process->exit().text()}
        }
    );
    if (steady_clock::now() - started >= kStableAfter) ends = 0;
    Timer pause(executor, restart_delay(ends));
    co_await pause.async_wait(no_throw);
    if (!stopping) co_await start_anew(instance);
  }
}

milliseconds restart_delay(unsigned ends_before) {
  if (ends_before == 0) return milliseconds(0);
  constexpr unsigned most_doublings = 10;
  const auto delay = kFirstRestartDelay * (1 << std::min(ends_before - 1, most_doublings));
  return std::min(delay, kLongestRestartDelay);
}

Supervisor::Supervisor(
    Runtime runtime, const std::string& run_dir, std::span<asio::io_context* const> threads,
    TestClock test_clock
)
    : state_(new State{
          .runtime = std::move(runtime),
          .run_dir = fs::absolute(run_dir),
          .threads = threads,
          .test_clock = test_clock,
          .instances = {},
          .stopping = false,
          .tasks = {}
      }) {}

Supervisor::~Supervisor() {
  for (const auto& [script, instance] : state_->instances) {
    if (instance.process) instance.process->signal(SIGKILL);
  }
}

Awaitable<Result<>> Supervisor::start(
    std::vector<Deployment> deployments, std::vector<std::string> colos, Services services
) {
  const Executor executor = co_await asio::this_coro::executor;
  Result<> result;
  for (const Deployment& deployment : deployments) {
    if (result) result = state_->prepare(deployment, colos, services);
  }
  for (auto& [script, instance] : state_->instances) {
    if (result) result = state_->launch(executor, instance);
  }
  for (auto& [script, instance] : state_->instances) {
    if (result) result = co_await state_->ready(instance);
  }
  if (!result) {
    co_await stop();
    co_return result;
  }
  for (auto& [script, instance] : state_->instances)
    state_->tasks.spawn(executor, state_->keep_running(instance));
  co_return result;
}

Awaitable<> Supervisor::stop() {
  state_->stopping = true;
  for (const auto& [script, instance] : state_->instances) {
    if (instance.process) instance.process->signal(SIGTERM);
  }
  const auto deadline = steady_clock::now() + kStopLimit;
  for (const auto& [script, instance] : state_->instances) {
    const auto process = instance.process;
    if (!process) continue;
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (co_await process->ended_within(left)) continue;
    process->signal(SIGKILL);
    co_await process->ended_within(kStopLimit);
  }
  state_->tasks.stop();
  co_await state_->tasks.join();
  std::error_code ignored;  // sockets left behind are replaced by the next start
  for (const auto& [script, instance] : state_->instances)
    fs::remove_all(instance.directory, ignored);
}

std::optional<net::UpstreamAddress> Supervisor::address(
    std::string_view script, std::string_view colo
) const {
  const auto found = state_->instances.find(script);
  if (found == state_->instances.end()) return {};
  const auto& inbound = found->second.inbound;
  const auto here = std::ranges::find(inbound, colo, &Inbound::colo);
  if (here == inbound.end()) return {};
  return net::UpstreamAddress{.host = {}, .port = 0, .unix_path = here->path};
}

std::string_view Supervisor::version(std::string_view script) const {
  const auto found = state_->instances.find(script);
  return found == state_->instances.end() ? std::string_view() : found->second.version;
}

}  // namespace festina::workers
