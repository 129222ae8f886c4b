// Way: the indexes behind a field or a call, which lead into it (reference §7.3): ["key"], [0], [*].
#pragma once

#include "rules/lexer.h"
#include "rules/program.h"

namespace festina::rules {

// Reads "[…]" as often as it comes, and follows it. False, and a fault of the lexer, where one leads nowhere.
bool read_way(Lexer&, Operand&);

}  // namespace festina::rules
