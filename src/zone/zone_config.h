// One [[zones]] table of festina.toml → a Zone without its routes, which the scripts bring.
#pragma once

#include <string>

#include "zone/table.h"
#include "zone/zone.h"

namespace festina::zone {

struct ZoneConfig {
  Zone zone;        // without a name when the file gives none that can be used
  TomlTable table;  // for problems between zones
};

// `directory` is where relative paths start. Faults are problems of the table; what is faulty keeps its default.
ZoneConfig read_zone(const TomlTable&, const std::string& directory);

}  // namespace festina::zone
