// JSON with comments and trailing commas → a document: wrangler.jsonc, and plain JSON, which it contains.
//
// RFC 8259, and beside it `//` and `/* */` comments and a comma behind the last member. Nothing else of JSON5. A key
// given twice is a fault: one of the two would be lost in silence.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zone/document.h"
#include "zone/problem.h"

namespace festina::zone {

inline constexpr std::size_t kMaxJsonDepth = 32;  // of arrays and objects in each other

// Nothing when the text is not that; then `problems` says why. `file` stands in places.
std::optional<Value> parse_jsonc(
    std::string_view text, const std::string& file, Problems& problems
);

}  // namespace festina::zone
