// Decision reasons: why owner and script have a request treated as it is, in words.
#pragma once

#include <span>
#include <string_view>

#include "policy/decision.h"

namespace festina::observe {

struct ReasonText {
  policy::Reason reason;
  std::string_view name;
  std::string_view sentence;  // "%" stands for the subject
};

// A row for every reason that a step of a decision may have, but those of worker_reasons.
std::span<const ReasonText> decision_reasons();

}  // namespace festina::observe
