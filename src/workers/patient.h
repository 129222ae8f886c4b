// Patient: one process of workerd under the watchdog's eyes, from its start to its end.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/async.h"
#include "workers/watchdog.h"
#include "workers/workerd.h"

namespace festina::workers {

// What a patient may use.
struct Regimen {
  Limits limits;
  std::chrono::milliseconds cpu{0};  // without a pause
};

// All of it stays on the thread that started the process.
class Patient {
 public:
  using Ref = std::shared_ptr<Patient>;
  // `socket_path`: one that the process listens on.
  static Ref admit(
      std::shared_ptr<Workerd>, std::string socket_path, Regimen, const Executor&, TaskGroup& tasks
  );
  Patient(std::shared_ptr<Workerd>, std::string socket_path, Regimen);

  // The next verdict that is not `well`, at the earliest kLookEvery from now; `well` when the process has ended.
  static Awaitable<Verdict> next_verdict(Ref self);

 private:
  static Awaitable<> feel_pulse(Ref self);
  Verdict verdict_now() const;

  std::shared_ptr<Workerd> process_;
  std::string socket_path_;
  Regimen regimen_;
  // When it answered last, and what it had computed by then.
  std::chrono::steady_clock::time_point answered_at_ = std::chrono::steady_clock::now();
  std::chrono::milliseconds cpu_then_{0};
};

}  // namespace festina::workers
