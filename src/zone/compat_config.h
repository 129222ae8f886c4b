// The keys `era` and `compat` of festina.toml → which year's behaviour is wanted (policy/compat).
#pragma once

#include "policy/compat.h"
#include "zone/table.h"

namespace festina::zone {

// The key `era` of a table; what is faulty or absent is the newest.
policy::Era read_era(const TomlTable&);

// The switches of a zone: those of its era, then those set alone in its table `compat`. Faults are problems of the table;
// a faulty switch is as its era has it.
policy::Compat read_compat(const TomlTable& zone);

}  // namespace festina::zone
