// Right side: the operator behind a value and what it is compared with (reference §7.2, §7.3).
#pragma once

#include <cstddef>
#include <optional>

#include "rules/lexer.h"
#include "rules/program.h"
#include "rules/type.h"

namespace festina::rules {

inline constexpr std::size_t kMaxRegexes = 64;  // of one expression

// What is asked of a value of that type. Nothing, and a fault of the lexer, where no such thing comes. Counts the regular
// expressions it reads. Requires: a type that is not Boolean.
std::optional<Test> read_test(Lexer&, Type left, std::size_t& regexes);

}  // namespace festina::rules
