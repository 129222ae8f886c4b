// Modules: the JavaScript put around a script (docs/formats/worker-wire.md §1). Sources are in src/workers/js.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "workers/bundle.h"

namespace festina::workers {

enum class TestClock : bool { off, on };

// The binding through which workerd evaluates our module before a service-worker script, and that module.
inline constexpr std::string_view kServiceWorkerBinding = "__festina";
inline constexpr std::string_view kServiceWorkerModule = "festina:service_worker";

// The modules workerd is given of this script, its main module first; of a service worker: the script alone.
// `max_calls`: what the script may make for one request.
// Errors: conflict (worker) when a module of the script has one of our names.
Result<std::vector<Module>> wrapped(const Bundle&, TestClock, std::uint32_t max_calls);

// What all service workers of a process share: an extension's internal modules. None for modules.
std::vector<Module> extension_for(Syntax, TestClock, std::uint32_t max_calls);

}  // namespace festina::workers
