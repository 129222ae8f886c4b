// Lint overruled: what a rule says and another one takes back wherever it is said (reference §6.3, §9.1). Of Cache Rules and
// Cache Response Rules the later one wins, setting by setting; both come before a Page Rule.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint_overruled(const LintedZone&);

}  // namespace festina::rules
