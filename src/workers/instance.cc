#include "workers/instance.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

#include "base/log.h"
#include "workers/config_writer.h"
#include "workers/process.h"

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

}  // namespace

milliseconds restart_delay(unsigned ends_before) {
  if (ends_before == 0) return milliseconds(0);
  constexpr unsigned most_doublings = 10;
  const auto delay = kFirstRestartDelay * (1 << std::min(ends_before - 1, most_doublings));
  return std::min(delay, kLongestRestartDelay);
}

Result<Instance::Ref> Instance::make(
    const Host& host, const Runtime& runtime, const Deployment& deployment, std::size_t number,
    TaskGroup& tasks
) {
  const zone::Script& script = deployment.script;
  auto made = std::make_shared<Instance>();
  made->script_ = script.name;
  made->version_ = deployment.bundle.version;
  made->configuration_file_ = script.configuration_file;
  made->program_ = runtime.path;
  made->program_version_ = runtime.version;
  made->max_calls_ = script.max_calls;
  made->directory_ =
      host.run_dir / (script.name + "@" + made->version_ + "." + std::to_string(number));
  const Result<> opened = made->open_sockets(host, number, tasks);
  if (!opened) return opened.error();
  auto modules = wrapped(deployment.bundle, host.test_clock, script.max_calls);
  if (!modules) return made->described(modules.error());

  const ProcessPlan plan{
      .script = script.name,
      .version = made->version_,
      .compatibility_date = script.compatibility_date,
      .compatibility_flags = flags_for(script.compatibility_flags),
      .variables = script.variables,
      .modules = std::move(*modules),
      .colos = host.colos,
      .out_socket = made->socket_path(kOut),
      .cache_socket = made->socket_path(kCache),
  };
  auto configuration = memory_file(workerd_config(plan));
  if (!configuration) return configuration.error();
  made->configuration_ = std::move(*configuration);
  return made;
}

Result<> Instance::open_sockets(const Host& host, std::size_t number, TaskGroup& tasks) {
  for (const fs::path& directory : {host.run_dir, directory_}) {
    const auto made = make_private_directory(directory);
    if (!made) return made.error();
  }
  for (const std::string& colo : host.colos) {
    std::string path = socket_path(colo);
    auto socket = listen_at(path);
    if (!socket) return socket.error();
    inbound_.push_back({colo, std::move(path), std::move(*socket)});
  }
  // A Unix socket is served by one thread: instances take them in turn.
  const auto thread = host.threads.subspan(number % host.threads.size(), 1);
  for (const auto& [name, handler] : {std::pair(kOut, host.out), std::pair(kCache, host.cache)}) {
    auto listener = net::Listener::open(net::UnixAddress{socket_path(name)}, thread);
    if (!listener) return listener.error();
    (*listener)->start(*handler, http::Scheme::http, tasks);
    outbound_.push_back(std::move(*listener));
  }
  return {};
}

Instance::~Instance() {
  if (process_) process_->signal(SIGKILL);
  for (const auto& listener : outbound_) listener->drain();
  std::error_code ignored;  // what is left behind goes with the next start
  fs::remove_all(directory_, ignored);
}

bool Instance::runs(const Runtime& runtime, const Deployment& deployment) const {
  return script_ == deployment.script.name && version_ == deployment.bundle.version &&
         program_ == runtime.path && program_version_ == runtime.version &&
         max_calls_ == deployment.script.max_calls;
}

Error Instance::described(Error error) const {
  return with_detail(std::move(error), "script \"" + script_ + "\" (" + configuration_file_ + ")");
}

Result<> Instance::launch(const Executor& executor, TaskGroup& tasks) {
  Workerd::Launch launch{
      .script = script_,
      .program = program_,
      .configuration = configuration_.number(),
      .sockets = {}
  };
  for (const Inbound& inbound : inbound_)
    launch.sockets.push_back({inbound.colo, inbound.socket.number()});
  auto process = Workerd::start(launch, executor, tasks);
  if (!process) return process.error();
  process_ = std::move(*process);
  return {};
}

// Waits for the process just launched.
Awaitable<Result<>> Instance::ready(Ref self) {
  const auto process = self->process_;
  const Result<> result = co_await process->ready(kStartLimit);
  if (!result) co_return self->described(result.error());
  log::info(
      "worker.ready",
      {{"script", self->script_}, {"version", self->version_}, {"pid", process->pid()}}
  );
  co_return result;
}

Awaitable<> Instance::start_anew(Ref self, TaskGroup& tasks) {
  const Executor executor = co_await asio::this_coro::executor;
  Result<> started = self->launch(executor, tasks);
  if (started) started = co_await ready(self);
  if (!started && !self->ending_) {
    log::error(
        "worker.start_failed", {{"script", self->script_}, {"error", started.error().detail}}
    );
  }
}

Awaitable<> Instance::keep_running(Ref self, TaskGroup& tasks) {
  const Executor executor = co_await asio::this_coro::executor;
  for (unsigned ends = 0;; ++ends) {
    const auto started = steady_clock::now();
    const auto process = self->process_;
    while (!co_await process->ended_within(kLookAfter)) {
    }
    if (self->ending_) co_return;
    log::warn(
        "worker.ended",
        {{"script", self->script_}, {"version", self->version_}, {"how", process->exit().text()}}
    );
    if (steady_clock::now() - started >= kStableAfter) ends = 0;
    Timer pause(executor, restart_delay(ends));
    co_await pause.async_wait(no_throw);
    if (self->ending_) co_return;
    co_await start_anew(self, tasks);
  }
}

void Instance::tell_to_end() {
  ending_ = true;
  if (process_) process_->signal(SIGTERM);
}

Awaitable<> Instance::ended(Ref self, steady_clock::time_point deadline) {
  const auto process = self->process_;
  if (!process) co_return;
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  if (co_await process->ended_within(left)) co_return;
  process->signal(SIGKILL);
  co_await process->ended_within(kStopLimit);
}

std::optional<Lease> Instance::lease(std::string_view colo) const {
  const auto here = std::ranges::find(inbound_, colo, &Inbound::colo);
  if (here == inbound_.end()) return {};
  return Lease(calls_, net::UpstreamAddress{.host = {}, .port = 0, .unix_path = here->path});
}

}  // namespace festina::workers
