// Field shape: what the values of some fields always look like, so that a test which none of them passes is known before any
// request is there: http.host eq "Example.com", http.request.uri.path eq "static".
#pragma once

#include <optional>
#include <string>

#include "rules/program.h"

namespace festina::rules {

// Why no value of this operand passes the test; nothing: some may. A no is certain.
// Requires: a test of the type that the operand has, or that each of its ends has.
std::optional<std::string> why_none_passes(const Operand&, const Test&);

// "http.request.headers[\"x-a\"]", for messages; of a call "lower(…)".
std::string name_of(const Operand&);

}  // namespace festina::rules
