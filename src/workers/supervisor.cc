// A script that is in no configuration any more stays in the table until its instance ends: requests that began before
// the change may still be on their way to it.
#include "workers/supervisor.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/guarded.h"
#include "base/log.h"

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

void add_once(std::vector<Instance::Ref>& instances, const Instance::Ref& instance) {
  if (std::ranges::find(instances, instance) == instances.end()) instances.push_back(instance);
}

struct Table {
  Supervisor::Prepared by_script;
  std::vector<Instance::Ref> replaced;  // the oldest first
  // What took over from an instance that had outgrown its memory: a deployment may still hold that one.
  std::map<std::weak_ptr<Instance>, Instance::Ref, std::owner_less<>> renewed;

  bool is_replaced(const Instance::Ref& instance) const {
    return std::ranges::find(replaced, instance) != replaced.end();
  }
  Instance::Ref find(std::string_view script) const {
    const auto found = by_script.find(script);
    return found == by_script.end() ? nullptr : found->second;
  }
  Instance::Ref latest(Instance::Ref instance) const {
    for (auto next = renewed.find(instance); next != renewed.end(); next = renewed.find(instance))
      instance = next->second;
    return instance;
  }
  Change put(const Supervisor::Prepared& next) {
    Change change;
    for (const auto& [script, instance] : by_script) {
      const auto found = next.find(script);
      const bool goes_on = found != next.end() && latest(found->second) == instance;
      if (!goes_on && !is_replaced(instance)) add_once(change.replaced, instance);
    }
    for (const auto& [script, prepared] : next) {
      const Instance::Ref instance = latest(prepared);
      if (find(script) != instance) add_once(change.fresh, instance);
      by_script[script] = instance;
    }
    replaced.insert(replaced.end(), change.replaced.begin(), change.replaced.end());
    return change;
  }
  // Too many wait for their end.
  void hurry_the_oldest() const {
    for (std::size_t i = 0; i + kMaxReplaced < replaced.size(); ++i) replaced[i]->calls().hurry();
  }
  void remove_scripts_of(const Instance::Ref& instance) {
    std::erase_if(by_script, [&](const auto& entry) { return entry.second == instance; });
  }
  void remove(const Instance::Ref& instance) {
    std::erase(replaced, instance);
    std::erase_if(renewed, [](const auto& entry) { return entry.first.expired(); });
  }
};

}  // namespace

struct Supervisor::State {
  fs::path run_dir;
  std::span<asio::io_context* const> threads;
  TestClock test_clock;
  milliseconds lingers;
  ProcessCounts counts = {};

  std::optional<Instance::Host> host;  // since start()
  std::size_t made = 0;                // instances so far
  Guarded<Table> table;
  TaskGroup tasks;

  Instance::Ref running(const Recipe&) const;
  Result<Instance::Ref> begin(const Executor&, Recipe);
  // What a fleet takes, as far as it could be begun.
  struct Begun {
    Prepared prepared;
    std::vector<Instance::Ref> fresh;
    Result<> result;
  };
  Begun begin_all(const Executor&, Fleet);
  void put(const Executor&, const Prepared&);
  Awaitable<> renew_when_outgrown(Instance::Ref instance);
  Awaitable<Result<Instance::Ref>> renewed(Recipe recipe);
  void take_over(const Executor&, const Instance::Ref& old, const Instance::Ref& fresh);
  Awaitable<> end_replaced(Instance::Ref instance);
};

// The instance that runs just this already.
Instance::Ref Supervisor::State::running(const Recipe& recipe) const {
  return table.with([&](const Table& now) -> Instance::Ref {
    Instance::Ref instance = now.find(recipe.group.members.front().script.name);
    const bool goes_on =
        instance && are_alike(instance->recipe(), recipe) && !now.is_replaced(instance);
    return goes_on ? instance : nullptr;
  });
}

// A new instance whose process is launched.
Result<Instance::Ref> Supervisor::State::begin(const Executor& executor, Recipe recipe) {
  if (!host) unreachable("start() has been called");
  auto instance = Instance::make(*host, std::move(recipe), ++made, tasks);
  if (!instance) return instance;
  const Result<> launched = (*instance)->launch(executor, tasks);
  if (!launched) return launched.error();
  return instance;
}

Supervisor::State::Begun Supervisor::State::begin_all(const Executor& executor, Fleet fleet) {
  Begun begun;
  for (Group& group : groups_of(std::move(fleet.deployments))) {
    const Recipe recipe{fleet.runtime, fleet.limits, std::move(group)};
    Instance::Ref instance = running(recipe);
    if (!instance) {
      const auto fresh = begin(executor, recipe);
      if (!fresh) {
        begun.result = fresh.error();
        break;
      }
      instance = *fresh;
      begun.fresh.push_back(instance);
    }
    for (const Deployment& member : recipe.group.members)
      begun.prepared[member.script.name] = instance;
  }
  return begun;
}

void Supervisor::State::put(const Executor& executor, const Prepared& prepared) {
  const Change change = table.with([&](Table& now) {
    Change change = now.put(prepared);
    now.hurry_the_oldest();
    return change;
  });
  for (const Instance::Ref& instance : change.fresh) {
    tasks.spawn(executor, Instance::keep_running(instance, tasks));
    tasks.spawn(executor, renew_when_outgrown(instance));
  }
  for (const Instance::Ref& instance : change.replaced)
    tasks.spawn(executor, end_replaced(instance));
}

// --- a process that has become too large ---

Awaitable<Result<Instance::Ref>> Supervisor::State::renewed(Recipe recipe) {
  const Executor executor = co_await asio::this_coro::executor;
  auto instance = begin(executor, std::move(recipe));
  if (!instance) co_return instance;
  const Result<> ready = co_await Instance::ready(*instance);
  if (ready) co_return instance;
  co_return ready.error();
}

// An instance of the same takes over; where none can be started, the process is killed and started anew.
Awaitable<> Supervisor::State::renew_when_outgrown(Instance::Ref instance) {
  const Executor executor = co_await asio::this_coro::executor;
  const std::string script = instance->recipe().group.name();
  while (co_await Instance::outgrown(instance)) {
    log::warn("worker.outgrown", {{"script", script}});
    const auto fresh = co_await renewed(instance->recipe());
    if (fresh) co_return take_over(executor, instance, *fresh);
    log::error("worker.start_failed", {{"script", script}, {"error", fresh.error().detail}});
    instance->put_down(
        Verdict::outgrown, "its process outgrew its memory, and no other could be started"
    );
  }
}

// Unless a deployment has replaced the old one meanwhile.
void Supervisor::State::take_over(
    const Executor& executor, const Instance::Ref& old, const Instance::Ref& fresh
) {
  auto next = table.with([&](Table& now) -> std::optional<Prepared> {
    const bool answers = now.find(old->members().front().script.name) == old;
    if (!answers || now.is_replaced(old)) return {};
    now.renewed[old] = fresh;
    return now.by_script;
  });
  if (!next) return fresh->tell_to_end();
  put(executor, *next);
}

Awaitable<> Supervisor::State::end_replaced(Instance::Ref instance) {
  co_await instance->calls().fall_silent(lingers, kReplacedLimit);
  // Out of the table no new call can begin; one that began just before has its time.
  table.with([&](Table& now) { now.remove_scripts_of(instance); });
  co_await instance->calls().fall_silent(milliseconds(0), kReplacedLimit);
  instance->tell_to_end();
  co_await Instance::ended(instance, steady_clock::now() + kStopLimit);
  table.with([&](Table& now) { now.remove(instance); });
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
          .counts = {},
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
      .cache = &services.cache,
      .counts = &state_->counts
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
  auto [prepared, fresh, result] = state_->begin_all(executor, std::move(fleet));
  for (const Instance::Ref& instance : fresh) {
    if (result) result = co_await Instance::ready(instance);
  }
  if (result) co_return std::move(prepared);
  for (const Instance::Ref& instance : fresh) instance->tell_to_end();
  const auto deadline = steady_clock::now() + kStopLimit;
  for (const Instance::Ref& instance : fresh) co_await Instance::ended(instance, deadline);
  co_return result.error();
}

void Supervisor::commit(const Executor& executor, const Prepared& prepared) {
  state_->put(executor, prepared);
}

Awaitable<> Supervisor::stop() {
  std::vector<Instance::Ref> all = state_->table.with([](Table& table) {
    std::vector<Instance::Ref> instances = std::exchange(table.replaced, {});
    for (const auto& [script, instance] : std::exchange(table.by_script, {}))
      add_once(instances, instance);
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
    return instance ? instance->lease(script, colo) : std::nullopt;
  });
}

std::string Supervisor::version(std::string_view script) const {
  return state_->table.with([&](const Table& table) {
    const Instance::Ref instance = table.find(script);
    return instance ? instance->version(script) : std::string();
  });
}

const ProcessCounts& Supervisor::counts() const { return state_->counts; }

std::size_t Supervisor::replaced() const {
  return state_->table.with([](const Table& table) { return table.replaced.size(); });
}

}  // namespace festina::workers
