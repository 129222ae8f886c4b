// A Worker as wrangler describes it, in wrangler.toml, .json or .jsonc: what the file says, checked as far as the file
// alone can tell. What a key does here is in the table of keys (wrangler_keys).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zone/script.h"
#include "zone/script_routes.h"
#include "zone/wrangler_file.h"

namespace festina::zone {

inline constexpr std::size_t kMaxScriptName = 63;  // it is a label of host names
inline constexpr std::int64_t kMaxCpuMs = 300'000;
inline constexpr std::int64_t kMaxSubrequestLimit = 10'000'000;

struct Wrangler {
  Script
      script;  // what is missing or malformed is empty; routes and custom domains are those of `routes`
  Place name;
  std::vector<ConfiguredRoute> routes;
};

// What the keys that are read say. Problems as with load_wrangler().
Wrangler read_wrangler(const WranglerFile&, Problems&);

// `environment`: which one of the file; empty: none. Nothing when the file can not be read; `problems` then says why, as
// it does for every smaller fault.
std::optional<Wrangler> load_wrangler(
    const std::string& path, const std::string& environment, Problems& problems
);

}  // namespace festina::zone
