// ZoneRules: all that the owner of a zone says about caching. Immutable, part of the zone.
#pragma once

#include <vector>

#include "policy/compat.h"
#include "policy/decision.h"
#include "rules/cache_rules.h"
#include "rules/page_rules.h"
#include "rules/response_rules.h"
#include "rules/settings.h"

namespace festina::rules {

struct ZoneRules {
  policy::Profile profile = policy::Profile::cloudflare;
  Plan plan = Plan::pro;
  policy::Compat compat = {};
  Settings settings = {};
  std::vector<CacheRule> cache_rules = {};
  std::vector<ResponseRule> response_rules = {};
  std::vector<PageRule> page_rules = {};  // the most important first
};

}  // namespace festina::rules
