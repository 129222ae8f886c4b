// Rules config: the rules in a [[zones]] table: exactly the API's objects, written as TOML (product.md §3).
#pragma once

#include "zone/table.h"
#include "zone/zone.h"

namespace festina::zone {

// What the file may leave out: the action of a cache rule, which has but one, and the status of a page rule, which is
// active there. Faults are problems at their places; of a faulty list nothing counts.
// Requires: id and plan of the zone are known.
void read_rules(const Table& table, Zone& zone);

}  // namespace festina::zone
