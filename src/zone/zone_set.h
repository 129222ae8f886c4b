// What the zones of one configuration are to each other: names, ids and hosts are one zone's alone, and every route of
// a script belongs to one zone.
#pragma once

#include <vector>

#include "zone/table.h"
#include "zone/wrangler.h"
#include "zone/zone_config.h"

namespace festina::zone {

// Problems: two zones with one name or id, an origin for a host of another zone.
void check_zones(const std::vector<ZoneConfig>&);

// The zones with the routes of the scripts, those of Snippets apart, the most specific first, and their custom domains as hosts whose origin is
// the script. Problems of `root`: what was given before, what belongs to no zone or to another than it says, a custom
// domain of a host that has another origin.
std::vector<ZoneConfig> with_routes(
    std::vector<ZoneConfig>, const std::vector<Wrangler>&, const Table& root
);

}  // namespace festina::zone
