// TOML → a document. The only door to toml++.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zone/document.h"
#include "zone/problem.h"

namespace festina::zone {

// The document's table. Nothing when the text is no TOML; then `problems` says why. `file` stands in places.
std::optional<Value> parse_toml(std::string_view text, const std::string& file, Problems& problems);

}  // namespace festina::zone
