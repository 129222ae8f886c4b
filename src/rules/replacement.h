// Replacement: the text that regex_replace() and wildcard_replace() put in (reference §7.4): "${1}" is what the first
// group or star stands for, "$$" a dollar, anything else itself.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "rules/value.h"

namespace festina::rules {

// Errors: malformed (client) for a lone dollar, and for a group beyond `groups`.
Result<void> check_replacement(std::string_view replacement, std::size_t groups);

// `before`, the replacement with `groups` put in ([0] is "${1}"), `behind`. Requires: a checked one.
std::string_view
filled_in(std::string_view before, std::string_view replacement, std::span<const std::string_view> groups, std::string_view behind, Scratch&);

}  // namespace festina::rules
