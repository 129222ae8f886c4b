// Lint reach: rules that no request ever meets: an expression that never holds, a host that is not the zone's, a Page Rule
// behind another one that matches whatever it does.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint_reach(const LintedZone&);

}  // namespace festina::rules
