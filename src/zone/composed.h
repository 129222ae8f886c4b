// Composed: a zone as the file has it, and over it what the API set. What the file defines stays as the file has it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zone/zone.h"
#include "zone/zone_store.h"

namespace festina::zone {

struct Composed {
  Zone zone;
  std::vector<std::string>
      unreadable;  // names of parts that this program cannot read: they are as never set
};
Composed composed(const Zone& filed, const Parts&);

}  // namespace festina::zone
