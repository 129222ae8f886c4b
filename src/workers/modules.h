// Modules: the JavaScript put around a Worker (docs/formats/worker-wire.md §1). Sources are in src/workers/js.
#pragma once

#include <cstdint>
#include <vector>

#include "workers/bundle.h"

namespace festina::workers {

enum class TestClock : bool { off, on };

// The modules workerd is given, its main module first. `max_calls`: what the script may make for one request. Errors: conflict (worker) when a module of the script has one of
// our names.
Result<std::vector<Module>> wrapped(const Bundle&, TestClock, std::uint32_t max_calls);

}  // namespace festina::workers
