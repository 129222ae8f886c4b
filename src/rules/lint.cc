#include "rules/lint.h"

#include <algorithm>
#include <iterator>

#include "rules/lint_overruled.h"
#include "rules/lint_purge.h"
#include "rules/lint_reach.h"
#include "rules/lint_sharing.h"
#include "rules/lint_stale.h"
#include "rules/lint_within.h"

namespace festina::rules {

FindingList lint(const LintedZone& zone) {
  using Family = FindingList (*)(const LintedZone&);
  constexpr Family families[] = {
      lint_reach, lint_overruled, lint_sharing, lint_stale, lint_purge, lint_within
  };
  FindingList all;
  for (const Family family : families) std::ranges::move(family(zone), std::back_inserter(all));
  return all;
}

}  // namespace festina::rules
