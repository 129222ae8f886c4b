// Lint sharing: rules that make every page of a site cacheable, so that what was meant for one visitor may reach another
// (reference §1.4, §16.6, §16.19). "Eligible for cache" is Cache Everything: HTML, admin pages and all.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint_sharing(const LintedZone&);

}  // namespace festina::rules
