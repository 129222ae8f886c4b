// Lint purge: rules that keep a purge of a single URL from finding what was stored (reference §6.3, §10.4, §16.13). The purge
// makes the key anew, from the URL and the headers that it names, and hears the Cache Rules for that.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint_purge(const LintedZone&);

}  // namespace festina::rules
