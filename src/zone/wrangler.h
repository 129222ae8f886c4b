// wrangler.toml as wrangler reads it, as far as a Worker needs it here: name, main, compatibility date and flags, vars,
// routes. Keys of wrangler that concern only its own building and deploying are accepted and ignored; bindings that do
// not exist here yet are refused; keys nobody knows are problems.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "zone/table.h"
#include "zone/zone.h"

namespace festina::zone {

inline constexpr std::size_t kMaxScriptName = 63;  // it is a label of host names

// A route that no zone has been found for yet.
struct ConfiguredRoute {
  std::string pattern;    // well formed
  std::string zone_name;  // empty: follows from the pattern's host
  std::string zone_id;    // empty: likewise
  Place place;
};

struct Wrangler {
  Script script;  // what is missing or malformed is empty
  Place name;
  std::vector<ConfiguredRoute> routes;
};

// Nothing when the file can not be read; `problems` then says why, as it does for every smaller fault.
std::optional<Wrangler> load_wrangler(const std::string& path, Problems& problems);

}  // namespace festina::zone
