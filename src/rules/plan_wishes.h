// Plan wishes: what of a rule needs a plan that offers it.
#pragma once

#include "rules/page_rules.h"
#include "rules/plan_features.h"
#include "rules/wishes.h"

namespace festina::rules {

// Does the rule ask for that? Of a switch only where it differs from what is so anyway on this plan.
bool asks_for(Feature, const Wishes&, Plan);
// What only Page Rules may ask for.
bool asks_for(Feature, const PageRule&);

}  // namespace festina::rules
