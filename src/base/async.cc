// Both classes keep their state behind a shared_ptr that tasks and waits hold too, so it does not
// matter which of them is destroyed first. Tasks and waiters are entered in that state. Other
// threads touch nothing of theirs: they post to their executor, holding the mutex that keeps the
// entry alive.
#include "base/async.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "base/errors.h"
#include "base/log.h"

namespace festina {
namespace {

bool is_cancellation(const std::exception& exception) {
  const auto* system_error = dynamic_cast<const boost::system::system_error*>(&exception);
  return system_error && system_error->code() == asio::error::operation_aborted;
}

// Ends the process unless the exception is the one by which a cancelled coroutine unwinds.
void judge_end(const std::exception_ptr& thrown) {
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    if (is_cancellation(exception)) return;
    log::error("task.exception", {{"what", exception.what()}});
  } catch (...) {
    log::error("task.exception", {{"what", "not a std::exception"}});
  }
  unreachable("no exception leaves a task");
}

}  // namespace

struct TaskGroup::State {
  mutable std::mutex mutex;
  std::unordered_map<TaskId, Task*> tasks;  // under mutex
  TaskId next = 0;                          // under mutex
  bool stopped = false;                     // under mutex
  Signal ended;                             // notified when the last task has ended
};

// Lives as long as its coroutine, whether that ends or is destroyed with its io_context.
class TaskGroup::Task : public std::enable_shared_from_this<Task> {
 public:
  // Requires: the group's mutex is held.
  Task(std::shared_ptr<State> group, const Executor& executor)
      : group_(std::move(group)), executor_(executor), id_(group_->next++) {
    group_->tasks.emplace(id_, this);
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {  // NOLINT(bugprone-exception-escape): without memory the process ends
    {
      const std::lock_guard lock(group_->mutex);
      group_->tasks.erase(id_);
      if (!group_->tasks.empty()) return;
    }
    group_->ended.notify();
  }

  void post_start(Awaitable<> work) {
    asio::post(executor_, [self = shared_from_this(), work = std::move(work)]() mutable {
      self->start(std::move(work));
    });
  }

  // Requires: the group's mutex is held.
  void post_cancel() {
    cancelled_ = true;
    asio::post(executor_, [task = weak_from_this()] {
      if (const auto self = task.lock()) self->signal_.emit(asio::cancellation_type::terminal);
    });
  }

  TaskId id() const { return id_; }

 private:
  // A cancellation posted before this turn found no coroutine to cancel.
  void start(Awaitable<> work) {
    {
      const std::lock_guard lock(group_->mutex);
      if (cancelled_) return;
    }
    auto on_end = [self = shared_from_this()](const std::exception_ptr& thrown) {
      judge_end(thrown);
    };
    asio::co_spawn(
        executor_, std::move(work), asio::bind_cancellation_slot(signal_.slot(), std::move(on_end))
    );
  }

  std::shared_ptr<State> group_;
  Executor executor_;
  const TaskId id_;
  asio::cancellation_signal signal_;  // touched on executor_ only
  bool cancelled_ = false;            // under the group's mutex
};

TaskGroup::TaskGroup() : state_(std::make_shared<State>()) {}

TaskGroup::~TaskGroup() = default;

TaskId TaskGroup::spawn(const Executor& executor, Awaitable<> work) {
  std::shared_ptr<Task> task;  // outlives the lock: its destructor takes it
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped) return state_->next++;
  task = std::make_shared<Task>(state_, executor);
  task->post_start(std::move(work));
  return task->id();
}

void TaskGroup::cancel(TaskId id) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->tasks.find(id);
  if (found != state_->tasks.end()) found->second->post_cancel();
}

void TaskGroup::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
  for (const auto& [id, task] : state_->tasks) task->post_cancel();
}

Awaitable<> TaskGroup::join() {
  for (;;) {
    const std::uint64_t seen = state_->ended.version();
    if (running() == 0) co_return;
    co_await state_->ended.wait(seen);
  }
}

std::size_t TaskGroup::running() const {
  const std::lock_guard lock(state_->mutex);
  return state_->tasks.size();
}

struct Signal::State {
  std::uint64_t current() const {
    const std::lock_guard lock(mutex);
    return version;
  }

  mutable std::mutex mutex;
  std::uint64_t version = 0;            // under mutex
  std::unordered_set<Waiter*> waiters;  // not woken yet; under mutex
};

// One wait: a timer that notify() brings forward. Being a timer, it is cancelled, destroyed with
// its io_context and resumed on its executor as every other wait is.
class Signal::Waiter : public std::enable_shared_from_this<Waiter> {
 public:
  Waiter(std::shared_ptr<State> state, const Executor& executor, Timer::time_point deadline)
      : state_(std::move(state)), timer_(executor, deadline) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    const std::lock_guard lock(state_->mutex);
    state_->waiters.erase(this);
  }

  // From here on notify() wakes this waiter. False when the version has moved on already.
  bool enter(std::uint64_t seen) {
    const std::lock_guard lock(state_->mutex);
    if (state_->version != seen) return false;
    state_->waiters.insert(this);
    return true;
  }

  // Requires: the state's mutex is held.
  void post_wake() {
    asio::post(timer_.get_executor(), [waiter = weak_from_this()] {
      if (const auto self = waiter.lock()) self->timer_.expires_at(Timer::time_point::min());
    });
  }

  Timer& timer() { return timer_; }

 private:
  std::shared_ptr<State> state_;
  Timer timer_;  // touched on its executor only
};

Signal::Signal() : state_(std::make_shared<State>()) {}

Signal::~Signal() = default;

std::uint64_t Signal::version() const { return state_->current(); }

void Signal::notify() {
  const std::lock_guard lock(state_->mutex);
  ++state_->version;
  for (Waiter* waiter : state_->waiters) waiter->post_wake();
  state_->waiters.clear();
}

Awaitable<> Signal::wait(std::uint64_t seen) { return wait_for_ever(state_, seen); }

Awaitable<bool> Signal::wait_within(std::chrono::milliseconds limit, std::uint64_t seen) {
  return wait_until(state_, Timer::clock_type::now() + limit, seen);
}

std::size_t Signal::waiters() const {
  const std::lock_guard lock(state_->mutex);
  return state_->waiters.size();
}

Awaitable<> Signal::wait_for_ever(std::shared_ptr<State> state, std::uint64_t seen) {
  co_await wait_until(std::move(state), Timer::time_point::max(), seen);
}

Awaitable<bool> Signal::wait_until(
    std::shared_ptr<State> state, Timer::time_point deadline, std::uint64_t seen
) {
  const Executor executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>(state, executor, deadline);
  if (!waiter->enter(seen)) co_return true;
  const auto [ec] = co_await waiter->timer().async_wait(no_throw);
  if (state->current() != seen) co_return true;
  if (ec) throw boost::system::system_error(ec);  // cancelled: unwind
  co_return false;
}

}  // namespace festina
