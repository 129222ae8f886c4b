#include "workers/patient.h"

#include <utility>

namespace festina::workers {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

Patient::Patient(std::shared_ptr<Workerd> process, std::string socket_path, Regimen regimen)
    : process_(std::move(process)), socket_path_(std::move(socket_path)), regimen_(regimen) {}

Patient::Ref Patient::admit(
    std::shared_ptr<Workerd> process, std::string socket_path, Regimen regimen,
    const Executor& executor, TaskGroup& tasks
) {
  auto self = std::make_shared<Patient>(std::move(process), std::move(socket_path), regimen);
  tasks.spawn(executor, feel_pulse(self));
  return self;
}

// One heartbeat after the other; one that gets no answer is waited for.
Awaitable<> Patient::feel_pulse(Ref self) {
  Timer pause(co_await asio::this_coro::executor);
  while (!self->process_->has_ended()) {
    const bool answered = co_await answers_heartbeat(self->socket_path_, kSilenceLimit);
    const auto vitals = vitals_of(self->process_->pid());
    if (answered && vitals) {
      self->answered_at_ = steady_clock::now();
      self->cpu_then_ = vitals->cpu;
    }
    pause.expires_after(kLookEvery);
    co_await pause.async_wait(no_throw);
  }
}

Awaitable<Verdict> Patient::next_verdict(Ref self) {
  Timer pause(co_await asio::this_coro::executor);
  while (!self->process_->has_ended()) {
    pause.expires_after(kLookEvery);
    co_await pause.async_wait(no_throw);
    const Verdict now = self->verdict_now();
    if (now != Verdict::well) co_return now;
  }
  co_return Verdict::well;
}

Verdict Patient::verdict_now() const {
  const auto vitals = vitals_of(process_->pid());
  if (!vitals || vitals->is_ending) return Verdict::well;  // its end is told to others
  const Symptoms symptoms{
      .cpu = vitals->cpu - cpu_then_,
      .silence = std::chrono::floor<milliseconds>(steady_clock::now() - answered_at_),
      .resident = vitals->resident
  };
  return verdict(symptoms, regimen_.limits, regimen_.cpu);
}

}  // namespace festina::workers
