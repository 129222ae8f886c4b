// Lint: what of a zone's rules will hardly do what it was written for: all families of findings.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint(const LintedZone&);

}  // namespace festina::rules
