// Compatibility flags: what the runtime's table says of a script's date and flags (workerd.md §12, reference §9.4).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/compat.h"
#include "workers/runtime.h"

namespace festina::workers {

// What is wrong with a script's date and flags, in the runtime's own words; empty when nothing is.
// `today` is YYYY-MM-DD, UTC. `redundant`: what becomes of flags that change nothing; refused ones have the API's code.
struct CompatProblem {
  std::string message;
  std::string suggestion;
  bool about_date = false;
  bool only_warning = false;
};
std::vector<CompatProblem> check_compat(
    const CompatTable&, std::string_view date, const std::vector<std::string>& flags,
    std::string_view today, policy::RedundantFlags redundant
);

// Is this flag on for a script of that date and flags?
bool is_on(
    const CompatTable&, std::string_view enable, std::string_view date,
    const std::vector<std::string>& flags
);

}  // namespace festina::workers
