// Same: do two parts of programs say the same? By their structure alone: spaces, comments and the two ways of writing an
// operator are no matter, the order of terms is. Yes is certain; no may be a yes that is not seen.
#pragma once

#include "rules/program.h"

namespace festina::rules {

bool is_same(const Condition&, const Condition&);
bool is_same(const Operand&, const Operand&);
bool is_same(const Test&, const Test&);

}  // namespace festina::rules
