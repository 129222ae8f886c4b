// JSON path: a value in a JSON text, by names of members and numbers of items (reference §7.4).
#pragma once

#include <span>
#include <string_view>

#include "rules/value.h"

namespace festina::rules {

// The string at the end of the way of texts and integers; missing when there is none. A number from -1 down counts from
// the end of an array.
Value json_text(std::string_view json, std::span<const Value> path, Scratch&);
// The same for a number without fraction and exponent.
Value json_integer(std::string_view json, std::span<const Value> path);

}  // namespace festina::rules
