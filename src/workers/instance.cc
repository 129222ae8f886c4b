#include "workers/instance.h"

#include <algorithm>
#include <csignal>
#include <tuple>

#include "base/log.h"
#include "workers/config_writer.h"
#include "workers/socket_file.h"

namespace festina::workers {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Names of the host's sockets.
constexpr const char* kOut = "out";
constexpr const char* kCache = "cache";

// How often it is looked whether a process still runs; its end is told at once.
constexpr std::chrono::hours kLookAfter{1};

std::vector<std::string> names_of(const std::vector<Deployment>& members) {
  std::vector<std::string> names;
  names.reserve(members.size());
  for (const Deployment& member : members) names.push_back(member.script.name);
  return names;
}

}  // namespace

milliseconds restart_delay(unsigned ends_before) {
  if (ends_before == 0) return milliseconds(0);
  constexpr unsigned most_doublings = 10;
  const auto delay = kFirstRestartDelay * (1 << std::min(ends_before - 1, most_doublings));
  return std::min(delay, kLongestRestartDelay);
}

Result<Instance::Ref> Instance::make(
    const Host& host, Recipe recipe, std::size_t number, TaskGroup& tasks
) {
  auto made = std::make_shared<Instance>();
  made->recipe_ = std::move(recipe);
  const Group& group = made->recipe_.group;
  made->counts_ = host.counts;
  made->name_ = group.name();
  made->scripts_ = std::make_shared<const std::vector<std::string>>(names_of(group.members));
  const Result<> opened = made->open_sockets(host, number, tasks);
  if (!opened) return opened.error();
  const Result<> written = made->write_configuration(host);
  if (!written) return written.error();
  return made;
}

Result<> Instance::write_configuration(const Host& host) {
  const std::uint32_t of_plan = recipe_.limits.calls;
  ProcessPlan plan{
      .scripts = {},
      .extension = {},  // that of the first service worker, the same for all
      .colos = host.colos,
      .out_socket = sockets_->path(kOut),
      .cache_socket = sockets_->path(kCache),
      .heap_bytes = recipe_.limits.memory
  };
  for (const auto& [script, bundle] : members()) {
    auto modules = wrapped(bundle, host.test_clock, zone::max_calls(script, of_plan));
    if (!modules) return described(modules.error(), script.name);
    plan.scripts.push_back(plan_of(script, bundle, std::move(*modules)));
    if (plan.extension.empty())
      plan.extension =
          extension_for(bundle.syntax, host.test_clock, recipe_.group.call_limit(of_plan));
  }
  auto configuration = memory_file(workerd_config(plan));
  if (!configuration) return configuration.error();
  configuration_ = std::move(*configuration);
  return {};
}

Result<> Instance::open_sockets(const Host& host, std::size_t number, TaskGroup& tasks) {
  if (const auto made = make_private_directory(host.run_dir); !made) return made.error();
  // A socket's path is short: the group goes by its first script.
  auto sockets = Sockets::in(
      host.run_dir /
      (scripts_->front() + "@" + recipe_.group.version + "." + std::to_string(number))
  );
  if (!sockets) return sockets.error();
  sockets_ = std::move(*sockets);
  const Result<> opened = sockets_->open_inbound(*scripts_, host.colos);
  if (!opened) return opened.error();
  // A Unix socket is served by one thread: instances take them in turn.
  const auto thread = host.threads.subspan(number % host.threads.size(), 1);
  for (const auto& [name, handler] : {std::pair(kOut, host.out), std::pair(kCache, host.cache)}) {
    const Result<> listens = sockets_->open_outbound(name, *handler, thread, tasks);
    if (!listens) return listens.error();
  }
  return {};
}

Instance::~Instance() {
  if (process_) process_->signal(SIGKILL);
}

std::string Instance::version(std::string_view script) const {
  for (const Deployment& member : members()) {
    if (member.script.name == script) return member.bundle.version;
  }
  return {};
}

// A complaint that names no script is about the first.
Error Instance::described(Error error, std::string_view script) const {
  auto about = std::ranges::find_if(members(), [&](const Deployment& member) {
    return member.script.name == script;
  });
  if (about == members().end()) about = members().begin();
  const auto& [name, file] = std::tie(about->script.name, about->script.configuration_file);
  return with_detail(std::move(error), "script \"" + name + "\" (" + file + ")");
}

Result<> Instance::launch(const Executor& executor, TaskGroup& tasks) {
  Workerd::Launch launch{
      .script = name_,
      .program = recipe_.runtime.path,
      .configuration = configuration_.number(),
      .sockets = {},
      .data_bytes = kUntouchedMemory + 2 * recipe_.limits.memory
  };
  for (const Inbound& inbound : sockets_->inbound())
    launch.sockets.push_back({service_name(inbound.script, inbound.colo), inbound.socket.number()});
  auto process = Workerd::start(launch, executor, tasks);
  if (!process) return process.error();
  process_ = std::move(*process);
  counts_->started();
  launched_at_ = steady_clock::now();
  calls_->answered_by(process_->pid());
  return {};
}

// Waits for the process just launched.
Awaitable<Result<>> Instance::ready(Ref self) {
  const auto process = self->process_;
  const Result<> result = co_await process->ready(kStartLimit);
  if (!result) co_return self->described(result.error(), process->complained_of());
  const auto took = std::chrono::ceil<milliseconds>(steady_clock::now() - self->launched_at_);
  for (const auto& [script, bundle] : self->members()) {
    log::info(
        "worker.ready",
        {{"script", script.name},
         {"version", bundle.version},
         {"pid", process->pid()},
         {"milliseconds", took.count()}}
    );
  }
  co_return result;
}

Awaitable<> Instance::start_anew(Ref self, TaskGroup& tasks) {
  const Executor executor = co_await asio::this_coro::executor;
  Result<> started = self->launch(executor, tasks);
  if (started) self->counts_->restarted();
  if (started) started = co_await ready(self);
  if (!started && !self->ending_) {
    log::error("worker.start_failed", {{"script", self->name_}, {"error", started.error().detail}});
  }
}

Awaitable<> Instance::keep_running(Ref self, TaskGroup& tasks) {
  const Executor executor = co_await asio::this_coro::executor;
  for (unsigned ends = 0;; ++ends) {
    const auto started = steady_clock::now();
    const auto process = self->process_;
    const auto patient = Patient::admit(
        process, self->sockets_->inbound().front().path, self->regimen(), executor, tasks
    );
    tasks.spawn(executor, look_after(self, patient));
    while (!co_await process->ended_within(kLookAfter)) {
    }
    self->calls_->ended("its process is gone: " + process->end());
    if (self->ending_) co_return;
    log::warn("worker.ended", {{"script", self->name_}, {"how", process->end()}});
    if (steady_clock::now() - started >= kStableAfter) ends = 0;
    Timer pause(executor, restart_delay(ends));
    co_await pause.async_wait(no_throw);
    if (self->ending_) co_return;
    co_await start_anew(self, tasks);
  }
}

// --- how it is ---

Regimen Instance::regimen() const {
  return {.limits = recipe_.limits, .cpu = recipe_.group.cpu_limit()};
}

Awaitable<> Instance::look_after(Ref self, Patient::Ref patient) {
  for (;;) {
    const Verdict verdict = co_await Patient::next_verdict(patient);
    if (verdict == Verdict::well || self->ending_) co_return;
    if (verdict != Verdict::outgrown) {
      const auto [limits, cpu] = self->regimen();
      co_return self->put_down(verdict, reason_of(verdict, limits, cpu));
    }
    self->is_outgrown_ = true;
    self->changed_.notify();
  }
}

Awaitable<bool> Instance::outgrown(Ref self) {
  for (;;) {
    const std::uint64_t seen = self->changed_.version();
    if (self->ending_ || self->is_outgrown_) co_return !self->ending_;
    co_await self->changed_.wait(seen);
  }
}

void Instance::put_down(Verdict cause, const std::string& why) {
  is_outgrown_ = false;
  if (!process_ || process_->has_ended()) return;
  log::error("worker.killed", {{"script", name_}, {"pid", process_->pid()}, {"why", why}});
  counts_->killed(cause);
  calls_->put_down(why);
  process_->signal(SIGKILL);
}

// --- its end ---

void Instance::tell_to_end() {
  ending_ = true;
  changed_.notify();
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

std::optional<Lease> Instance::lease(std::string_view script, std::string_view colo) const {
  const Inbound* here = sockets_->find(script, colo);
  if (here == nullptr) return {};
  net::UpstreamAddress address{.host = {}, .port = 0, .unix_path = here->path};
  return Lease(calls_, std::move(address), scripts_, recipe_.limits.answer);
}

}  // namespace festina::workers
