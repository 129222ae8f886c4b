// Right side: the operator behind a value and what it is compared with (reference §7.2, §7.3).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "rules/lexer.h"
#include "rules/plan_features.h"
#include "rules/program.h"
#include "rules/type.h"

namespace festina::rules {

inline constexpr std::size_t kMaxRegexes = 64;  // of one expression

// What an expression may have, and how much of it it has.
struct Allowance {
  Plan plan = Plan::enterprise;
  std::size_t regexes = 0;
};
// Why the plan does not let the expression be, for a fault.
std::string lacks(Plan, Feature);

// What is asked of a value of that type. Nothing, and a fault of the lexer, where no such thing comes. Counts the regular
// expressions it reads. Requires: a type that is not Boolean.
std::optional<Test> read_test(Lexer&, Type left, Allowance&);

// starts_with(field, "a") and ends_with(field, "a") as the operators of that name, which mean the same; nothing for any
// other operand, which is then left as it was.
std::optional<Comparison> as_operator(Operand&);

}  // namespace festina::rules
