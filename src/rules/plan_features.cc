#include "rules/plan_features.h"

#include "base/errors.h"

namespace festina::rules {

namespace {

struct Row {
  Feature feature;
  Plan least;
};

constexpr Row kFeatures[] = {
    {Feature::worker_cache_key, Plan::enterprise},
    {Feature::true_client_ip, Plan::enterprise},
};

}  // namespace

Plan least_plan(Feature feature) {
  for (const Row& row : kFeatures) {
    if (row.feature == feature) return row.least;
  }
  unreachable("every feature has its plan");
}

bool offers(Plan plan, Feature feature) { return plan >= least_plan(feature); }

std::string_view name(Plan plan) {
  switch (plan) {
    case Plan::free:
      return "free";
    case Plan::pro:
      return "pro";
    case Plan::business:
      return "business";
    case Plan::enterprise:
      return "enterprise";
  }
  unreachable("every plan has a name");
}

}  // namespace festina::rules
