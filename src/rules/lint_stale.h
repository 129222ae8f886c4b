// Lint stale: what keeps stale copies from being served although somebody asks for them, or did not mean to forbid it
// (reference §3.3, §3.6, §16.4), and what keeps everything from being cached.
#pragma once

#include "rules/finding.h"

namespace festina::rules {

FindingList lint_stale(const LintedZone&);

}  // namespace festina::rules
