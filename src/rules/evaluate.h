// Evaluate: Program × Facts → what it gives. Pure; comparisons ask the heap for nothing.
#pragma once

#include "rules/facts.h"
#include "rules/program.h"
#include "rules/value.h"

namespace festina::rules {

// Requires: the root is a condition. False counts only while the scratch is not exhausted.
bool judge(const Program&, const Facts&, Scratch&);

// Does a value pass the test that a comparison puts to it? Requires: it is of the type that the test is for, not missing.
bool passes(const Test&, const Value&);

// Requires: the root is an operand of texts. An array, or missing.
Value texts_of(const Program&, const Facts&, Scratch&);

}  // namespace festina::rules
