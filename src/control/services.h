// ControlServices: what the control API may use of a node.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/errors.h"
#include "cache/cache.h"
#include "observe/journal.h"
#include "observe/metrics.h"
#include "store/change_log.h"
#include "workers/process_counts.h"
#include "zone/live_zones.h"

namespace festina::control {

struct ColoView {
  std::string name;
  std::string country;
  cache::Cache* cache = nullptr;
  observe::Metrics* metrics = nullptr;
};

struct ControlServices {
  const Clock& clock;
  SystemClock* test_clock = nullptr;  // null: testing.clock is off
  const zone::Snapshots& snapshots;
  const zone::LiveZones& zones;
  store::ChangeLog& log;
  std::vector<ColoView> colos;
  observe::Journal& journal;
  const workers::ProcessCounts& processes;
  std::string token;
  std::string account_id;
  const std::atomic<bool>& ready;
};

// A colo by its name, in any case. Errors: malformed (client), which tells the names there are.
Result<const ColoView*> colo_named(const ControlServices&, std::string_view name);

}  // namespace festina::control
