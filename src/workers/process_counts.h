// Process counts: what became of the processes of a node's Workers since its start, for GET /metrics.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "workers/watchdog.h"

namespace festina::workers {

// Threads: any.
class ProcessCounts {
 public:
  void started() { ++starts_; }
  // One that had ended was started anew; it counts among the starts too.
  void restarted() { ++restarts_; }
  // Requires: a verdict that a process is killed for.
  void killed(Verdict cause);

  // In the form of Prometheus.
  std::string text() const;

 private:
  std::atomic<std::uint64_t> starts_{0};
  std::atomic<std::uint64_t> restarts_{0};
  std::array<std::atomic<std::uint64_t>, kVerdicts> kills_{};
};

}  // namespace festina::workers
