// Default extensions: those that are cached without anybody's wish (reference §1.2).
#pragma once

#include <string_view>

namespace festina::rules {

// One of the 56, whatever its case.
bool is_default_extension(std::string_view extension);

}  // namespace festina::rules
