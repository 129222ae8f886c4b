// Reasons in words: a name for logs and JSON, and a sentence for a person, for everything a judgement may give as why.
#pragma once

#include <string>
#include <string_view>

#include "policy/decision.h"

namespace festina::observe {

std::string_view name(policy::Reason);
std::string_view name(policy::Setter);
// Why, as a sentence; `subject` is what the reason speaks of (an extension, a script).
std::string sentence(policy::Reason, std::string_view subject);

}  // namespace festina::observe
