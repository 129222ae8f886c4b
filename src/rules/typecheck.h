// Typecheck: what may stand with what (reference §7.1-7.4), and the words for what may not. The parser asks as it goes: what
// comes next in a rule depends on the type of what came before.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rules/functions.h"
#include "rules/lexer.h"
#include "rules/program.h"

namespace festina::rules {

// What is wrong with a name that is neither a field nor a function; with the one that it may be a misspelling of.
std::string unknown_identifier(std::string_view name);

// What is found there; nothing where that index leads nowhere.
std::optional<Type> type_at(Type, const Index&);
// "[0]", as errors name it.
std::string name(const Index&);

bool compares(Comparator, Type);
// Both Boolean, or both arrays of it (reference §7.1).
bool combine(Type, Type);
// Of a comparison with this on its left.
Type judged(const Operand& left);

// "expected value of type Int, but got Bytes".
std::string mismatch(const std::string& expected, Type got);

// Why this cannot be the argument at that place; nothing when it can.
std::optional<std::string> why_no_argument(const Function&, std::size_t index, const Argument&);
// Has the function of a call look at its literals before any request; the first that it cannot take.
std::optional<WrongArgument> prepare(Call&);

}  // namespace festina::rules
