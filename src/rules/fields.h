// Fields: what of a request and a response a rule can name (reference §7.5). A new field is a row of the table.
//
// A text of which nothing is known is empty, a number 0; only what is asked for by an index can be missing.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/facts.h"
#include "rules/plan_features.h"
#include "rules/value.h"

namespace festina::rules {

struct Field {
  using Read = Value (*)(const Facts&, Scratch&);
  using Entry = Value (*)(const Facts&, Scratch&, std::string_view key);

  std::string_view name;
  Type type;
  Phase since;  // the first that has it
  std::string_view note;
  Read read;              // of a map: the list of what it holds
  Entry entry = nullptr;  // of a map: what it holds under a key
  // What the zone's plan must offer.
  std::optional<Feature> needs = {};
};

std::span<const Field> fields();
// Also by the deprecated name "ip.geoip.country" of "ip.src.country". Null for none.
const Field* find_field(std::string_view name);

}  // namespace festina::rules
