// ZoneRules: all that the owner of a zone says about caching. Immutable, part of the zone.
#pragma once

#include "policy/compat.h"
#include "policy/decision.h"
#include "rules/settings.h"

namespace festina::rules {

struct ZoneRules {
  policy::Profile profile = policy::Profile::cloudflare;
  Plan plan = Plan::pro;
  policy::Compat compat = {};
  Settings settings = {};
};

}  // namespace festina::rules
