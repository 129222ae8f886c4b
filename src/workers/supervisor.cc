// A script that is in no configuration any more stays in the table until its instance ends: requests that began before
// the change may still be on their way to it.
#include "workers/supervisor.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/guarded.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What a deployment changes.
struct Change {
  std::vector<Instance::Ref> fresh;
  std::vector<Instance::Ref> replaced;
};

struct Table {
  Supervisor::Prepared by_script;
  std::vector<Instance::Ref> replaced;  // the oldest first

  bool is_replaced(const Instance::Ref& instance) const {
    return std::ranges::find(replaced, instance) != replaced.end();
  }
  Instance::Ref find(std::string_view script) const {
    const auto found = by_script.find(script);
    return found == by_script.end() ? nullptr : found->second;
  }
  Change put(const Supervisor::Prepared& next) {
    Change change;
    for (const auto& [script, instance] : by_script) {
      const auto found = next.find(script);
      const bool goes_on = found != next.end() && found->second == instance;
      if (!goes_on && !is_replaced(instance)) change.replaced.push_back(instance);
    }
    for (const auto& [script, instance] : next) {
      if (find(script) != instance) change.fresh.push_back(instance);
      by_script[script] = instance;
    }
    replaced.insert(replaced.end(), change.replaced.begin(), change.replaced.end());
    return change;
  }
  // Too many wait for their end.
  void hurry_the_oldest() const {
    for (std::size_t i = 0; i + kMaxReplaced < replaced.size(); ++i) replaced[i]->calls().hurry();
  }
  void remove_script_of(const Instance::Ref& instance) {
    const auto found = by_script.find(instance->script());
    if (found != by_script.end() && found->second == instance) by_script.erase(found);
  }
};

}  // namespace

struct Supervisor::State {
  fs::path run_dir;
  std::span<asio::io_context* const> threads;
  TestClock test_clock;
  milliseconds lingers;

  std::optional<Instance::Host> host;  // since start()
  std::size_t made = 0;                // instances so far
  Guarded<Table> table;
  TaskGroup tasks;

  Instance::Ref running(const Runtime&, const Deployment&) const;
  Result<Instance::Ref> begin(const Executor&, const Runtime&, const Deployment&);
  Awaitable<> end_replaced(Instance::Ref instance);
};

// The instance that runs just this already.
Instance::Ref Supervisor::State::running(const Runtime& runtime, const Deployment& deployment)
    const {
  return table.with([&](const Table& now) -> Instance::Ref {
    Instance::Ref instance = now.find(deployment.script.name);
    const bool goes_on =
        instance && instance->runs(runtime, deployment) && !now.is_replaced(instance);
    return goes_on ? instance : nullptr;
  });
}

// A new instance whose process is launched.
Result<Instance::Ref> Supervisor::State::begin(
    const Executor& executor, const Runtime& runtime, const Deployment& deployment
) {
  auto instance = Instance::make(*host, runtime, deployment, ++made, tasks);
  if (!instance) return instance;
  const Result<> launched = (*instance)->launch(executor, tasks);
  if (!launched) return launched.error();
  return instance;
}

Awaitable<> Supervisor::State::end_replaced(Instance::Ref instance) {
  co_await instance->calls().fall_silent(lingers, kReplacedLimit);
  // Out of the table no new call can begin; one that began just before has its time.
  table.with([&](Table& now) { now.remove_script_of(instance); });
  co_await instance->calls().fall_silent(milliseconds(0), kReplacedLimit);
  instance->tell_to_end();
  co_await Instance::ended(instance, steady_clock::now() + kStopLimit);
  table.with([&](Table& now) { std::erase(now.replaced, instance); });
}

Supervisor::Supervisor(
    const std::string& run_dir, std::span<asio::io_context* const> threads, TestClock test_clock,
    milliseconds lingers
)
    : state_(new State{
          .run_dir = fs::absolute(run_dir),
          .threads = threads,
          .test_clock = test_clock,
          .lingers = lingers,
          .host = {},
          .made = 0,
          .table = {},
          .tasks = {}
      }) {}

Supervisor::~Supervisor() = default;

Awaitable<Result<>> Supervisor::start(
    Fleet fleet, std::vector<std::string> colos, Services services
) {
  std::error_code ignored;
  fs::remove_all(state_->run_dir, ignored);
  state_->host = Instance::Host{
      .run_dir = state_->run_dir,
      .threads = state_->threads,
      .test_clock = state_->test_clock,
      .colos = std::move(colos),
      .out = &services.out,
      .cache = &services.cache
  };
  const Result<Prepared> prepared = co_await prepare(std::move(fleet));
  if (!prepared) co_return prepared.error();
  const Executor executor = co_await asio::this_coro::executor;
  commit(executor, *prepared);
  co_return Result<>();
}

Awaitable<Result<Supervisor::Prepared>> Supervisor::prepare(Fleet fleet) {
  check(state_->host.has_value(), "start() has been called");
  const Executor executor = co_await asio::this_coro::executor;
  Prepared prepared;
  std::vector<Instance::Ref> fresh;
  Result<> result;
  for (const Deployment& deployment : fleet.deployments) {
    Instance::Ref instance = state_->running(fleet.runtime, deployment);
    if (!instance) {
      auto begun = state_->begin(executor, fleet.runtime, deployment);
      if (!begun) {
        result = begun.error();
        break;
      }
      instance = *begun;
      fresh.push_back(instance);
    }
    prepared[deployment.script.name] = std::move(instance);
  }
  for (const Instance::Ref& instance : fresh) {
    if (result) result = co_await Instance::ready(instance);
  }
  if (result) co_return prepared;
  for (const Instance::Ref& instance : fresh) instance->tell_to_end();
  const auto deadline = steady_clock::now() + kStopLimit;
  for (const Instance::Ref& instance : fresh) co_await Instance::ended(instance, deadline);
  co_return result.error();
}

void Supervisor::commit(const Executor& executor, const Prepared& prepared) {
  const Change change = state_->table.with([&](Table& table) {
    Change made = table.put(prepared);
    table.hurry_the_oldest();
    return made;
  });
  for (const Instance::Ref& instance : change.fresh)
    state_->tasks.spawn(executor, Instance::keep_running(instance, state_->tasks));
  for (const Instance::Ref& instance : change.replaced)
    state_->tasks.spawn(executor, state_->end_replaced(instance));
}

Awaitable<> Supervisor::stop() {
  std::vector<Instance::Ref> all = state_->table.with([](Table& table) {
    std::vector<Instance::Ref> instances = std::exchange(table.replaced, {});
    for (const auto& [script, instance] : std::exchange(table.by_script, {})) {
      if (std::ranges::find(instances, instance) == instances.end()) instances.push_back(instance);
    }
    return instances;
  });
  for (const Instance::Ref& instance : all) instance->tell_to_end();
  const auto deadline = steady_clock::now() + kStopLimit;
  for (const Instance::Ref& instance : all) co_await Instance::ended(instance, deadline);
  state_->tasks.stop();
  co_await state_->tasks.join();
}

std::optional<Lease> Supervisor::lease(std::string_view script, std::string_view colo) const {
  return state_->table.with([&](const Table& table) -> std::optional<Lease> {
    const Instance::Ref instance = table.find(script);
    return instance ? instance->lease(colo) : std::nullopt;
  });
}

std::string Supervisor::version(std::string_view script) const {
  return state_->table.with([&](const Table& table) {
    const Instance::Ref instance = table.find(script);
    return instance ? instance->version() : std::string();
  });
}

std::size_t Supervisor::replaced() const {
  return state_->table.with([](const Table& table) { return table.replaced.size(); });
}

}  // namespace festina::workers
