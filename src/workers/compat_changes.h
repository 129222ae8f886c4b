// Compat changes: what another compatibility date would change for a script (reference §9.2): every flag of the runtime that
// would be on and is not, or the other way round, with the flag that keeps it as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "workers/compat_flags.h"

namespace festina::workers {

struct CompatChange {
  std::string flag;  // as the runtime's table has it: the name that switches it on
  std::string date;  // from when it is on, unless a script says otherwise
  bool turns_on = true;
  std::string keeps = {};         // the flag that keeps it as it was; empty: there is none
  std::string_view meaning = {};  // what being on means for caching; empty: nothing
};

// In the order of their dates. `flags` are the script's, and stay.
std::vector<CompatChange> compat_changes(
    const CompatTable&, std::string_view from, std::string_view to,
    const std::vector<std::string>& flags
);

// What being on means for caching, and for what the edge does for a script; empty: nothing.
std::string_view meaning_for_cache(std::string_view enable);

}  // namespace festina::workers
