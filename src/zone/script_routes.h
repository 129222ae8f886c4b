// Script routes: where a Worker's own file says it is served, before anybody knows which zones there are.
#pragma once

#include <string>
#include <vector>

#include "zone/wrangler_file.h"

namespace festina::zone {

// A route or custom domain that no zone has been found for yet.
struct ConfiguredRoute {
  std::string pattern;         // well formed; of a custom domain: a host in lower case
  std::string zone_name = {};  // empty: follows from the pattern's host
  std::string zone_id = {};    // empty: likewise
  Place place = {};
  bool is_custom_domain = false;
};

// Of `routes` or `route`. What is malformed is a problem and left out.
std::vector<ConfiguredRoute> read_routes(const WranglerFile&);

// `workers_dev`, which is on unless there are routes.
bool read_workers_dev(const WranglerFile&);

}  // namespace festina::zone
