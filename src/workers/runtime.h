// Runtime: the installed workerd, and the table of compatibility flags inside it (workerd.md §12.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"

namespace festina::workers {

struct CompatFlag {
  std::string enable;
  std::string disable;       // may be empty
  std::string default_date;  // YYYY-MM-DD; empty: never on by date
  bool is_always_on = false;
  bool experimental = false;
  bool edge = false;  // the proxy must honour it
  // Also on from this date for scripts that have one of these on (names of enable).
  std::vector<std::string> implied_by;
  std::string implied_date;
};

struct CompatTable {
  std::vector<CompatFlag> flags;
  std::string newest_date;  // newest date this workerd accepts
};

// What the runtime is: where it was found and what it can do.
struct Runtime {
  std::string path;
  std::string version;  // "2026-11-17"
  CompatTable table;
};

// Oldest workerd this server works with: its wire is the one tested.
inline constexpr std::string_view kOldestWorkerd = "2026-11-17";

// Finds workerd as find_program() does, from the working directory, and reads its table.
// Errors: not_found (self) with where it was looked for; unsupported (self) when it is too old or no workerd.
Result<Runtime> find_runtime(std::string_view configured);

}  // namespace festina::workers
