// Worker reasons: what a script's cf and its Cache API settle, what of them does nothing and why, in words.
#pragma once

#include <span>

#include "observe/decision_reasons.h"

namespace festina::observe {

// A row for every reason that a script gives, in their order.
std::span<const ReasonText> worker_reasons();

}  // namespace festina::observe
