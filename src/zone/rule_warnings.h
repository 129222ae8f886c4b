// Rule warnings: what of the rules in the file will hardly do what it was written for (rules/lint), each at its place.
#pragma once

#include <vector>

#include "zone/problem.h"
#include "zone/zone_config.h"

namespace festina::zone {

Problems rule_warnings(const std::vector<ZoneConfig>&);

}  // namespace festina::zone
