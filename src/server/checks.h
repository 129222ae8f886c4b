// Checks: what is wrong with a configuration beyond its own text: the runtime, each script's compatibility date and
// flags, its modules.
#pragma once

#include <optional>
#include <vector>

#include "workers/compat_flags.h"
#include "workers/supervisor.h"
#include "zone/config.h"

namespace festina::server {

// A configuration that is ready to run, or what keeps it from that.
struct Checked {
  zone::Config config;
  workers::Fleet fleet;
  zone::Problems problems;
  zone::Problems warnings;
};
// `today`: YYYY-MM-DD, UTC.
Checked check_configuration(const std::string& path, std::string_view today);

// What becomes of a script's flags that change nothing: as the strictest of `[workers] era` and the zones that it serves
// has it.
policy::RedundantFlags redundant_flags(const zone::Config&, const zone::Script&);

// Today's date, UTC.
std::string today();

}  // namespace festina::server
