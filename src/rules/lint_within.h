// Lint within: what does nothing in a rule for a reason of its own: the zone's plan lacks it, another member of the rule
// makes it vain, or this edge has no such thing.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint_within(const LintedZone&);

}  // namespace festina::rules
