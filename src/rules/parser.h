// Parser: the text of a rule → Program, or the first fault in it (reference §7.1). Every limit of what a rule may say is
// kept here.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/errors.h"
#include "rules/facts.h"
#include "rules/plan_features.h"
#include "rules/program.h"

namespace festina::rules {

inline constexpr std::size_t kMaxExpressionBytes = 4096;  // reference §7.1
inline constexpr std::size_t kMaxNesting = 128;  // parentheses, "not" and calls (reference §7.1)

// A condition, or an array of texts. Errors: malformed (client), too_large (client) beyond a limit, as error_of() tells
// them.
Result<std::shared_ptr<const Program>> parse_condition(std::string_view text, Phase, Plan);
Result<std::shared_ptr<const Program>> parse_texts(std::string_view text, Phase, Plan);

}  // namespace festina::rules
