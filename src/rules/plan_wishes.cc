#include "rules/plan_wishes.h"

namespace festina::rules {

namespace {

// Leaving out the whole query is no matter of the plan (reference §6.2).
bool is_custom(const std::optional<KeyWish>& key) {
  return key && (key->custom || key->by_device || key->by_country || key->by_language);
}

}  // namespace

bool asks_for(Feature feature, const Wishes& wishes, Plan plan) {
  switch (feature) {
    case Feature::custom_key:
      return is_custom(wishes.key);
    case Feature::key_by_device_type:
      return wishes.by_device_type == true;
    case Feature::cacheable_ports:
      return wishes.ports.has_value();
    case Feature::origin_cache_control:
      return wishes.origin_cache_control && *wishes.origin_cache_control != obeys_origin(plan);
    case Feature::error_pages:
      return wishes.passes_error_pages == true;
    default:
      return false;  // no matter of these
  }
}

bool asks_for(Feature feature, const PageRule& rule) {
  if (feature == Feature::cookie_rules) return rule.bypass_on_cookie || rule.cache_on_cookie;
  return feature == Feature::ttl_by_status && rule.wishes.edge_ttl &&
         !rule.wishes.edge_ttl->by_status.empty();
}

}  // namespace festina::rules
