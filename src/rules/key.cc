#include "rules/key.h"

#include <string>
#include <utility>

#include "base/text.h"
#include "http/field_syntax.h"
#include "rules/default_extensions.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::QueryInKey;
using policy::Reason;
using policy::Setter;

// The Page Rule's cache level, else the zone's. It drops the query of static files only (reference §1.7).
bool drops_query(const Settings& settings, const Heard& heard, const http::Url& url) {
  const bool has_own_level = heard.page_rule != nullptr && heard.page_rule->cache_level;
  const bool is_simplified = has_own_level
                                 ? heard.page_rule->cache_level == PageCacheLevel::simplified
                                 : settings.cache_level == CacheLevel::simplified;
  return is_simplified && is_default_extension(http::path_extension(url.path));
}

// A rule with a key of its own has a say in the query too, whatever the level.
QueryInKey query_in_key(const Settings& settings, const Heard& heard, const http::Url& url) {
  if (heard.key ? heard.key->without_query : drops_query(settings, heard, url)) {
    return QueryInKey::dropped;
  }
  const bool sorts =
      heard.sorted_query ? *heard.sorted_query : settings.sort_query_string_for_cache;
  return sorts ? QueryInKey::sorted : QueryInKey::whole;
}

// The first language of Accept-Language, without its region: "en-US,en;q=0.9" is "en".
std::string first_language(const http::Headers& headers) {
  const auto languages = headers.get(http::Name::accept_language).value_or("");
  const std::string_view first = trimmed(languages.substr(0, languages.find_first_of(",;-")));
  return lower(first);
}

bool is_by_device(const Heard& heard) {
  return (heard.by_device_type && *heard.by_device_type) || (heard.key && heard.key->by_device);
}

}  // namespace

policy::KeySpec key_spec(const ZoneRules& rules, const Heard& heard, const Facts& facts) {
  const http::Request& request = facts.request;
  policy::KeySpec spec{.query = query_in_key(rules.settings, heard, request.url)};
  spec.with_origin = rules.profile != policy::Profile::standard;  // by the RFC Vary says it
  if (is_by_device(heard)) {
    spec.device = policy::device_of(request.headers.get(http::Name::user_agent).value_or(""));
  }
  if (!heard.key) return spec;
  spec.custom = heard.key->custom;
  if (heard.key->by_country) spec.country = facts.visit.country;
  if (heard.key->by_language) spec.language = first_language(request.headers);
  return spec;
}

policy::KeySpec key_spec_of_purge(
    const ZoneRules& rules, const http::Request& request, const policy::Visit& visit
) {
  policy::Visit visitor = visit;
  if (const auto country = request.headers.get("CF-IPCountry")) visitor.country = *country;
  const Facts facts{.request = request, .visit = visitor};
  policy::KeySpec spec = key_spec(rules, hear(rules, facts), facts);
  const auto device = request.headers.get("CF-Device-Type");
  if (spec.device && device) spec.device = policy::device(lower(*device)).value_or(*spec.device);
  return spec;
}

std::optional<policy::Step> key_step(const policy::KeySpec& key, const Heard& heard) {
  if (!key.instead.empty()) return std::nullopt;  // a script's
  const Voice* by_rule = nullptr;
  if (heard.sorted_query && *heard.sorted_query) by_rule = &heard.sorted_query.voice;
  if (heard.by_device_type && *heard.by_device_type) by_rule = &heard.by_device_type.voice;
  const bool is_custom = key.custom || key.device || key.country || key.language;
  if (heard.key && (is_custom || heard.key->without_query)) by_rule = &heard.key.voice;
  if (by_rule != nullptr) {
    return policy::Step{
        Aspect::cache_key, 1, by_rule->setter, Reason::rule_makes_key, std::string(by_rule->name)
    };
  }
  switch (key.query) {
    case QueryInKey::whole:
      return std::nullopt;
    case QueryInKey::dropped: {
      const bool by_page_rule = heard.page_rule != nullptr && heard.page_rule->cache_level;
      const Setter setter = by_page_rule ? Setter::page_rule : Setter::zone_setting;
      return policy::Step{Aspect::cache_key, 1, setter, Reason::query_string_ignored, {}};
    }
    case QueryInKey::sorted:
      return policy::Step{
          Aspect::cache_key, 1, Setter::zone_setting, Reason::query_string_sorted, {}
      };
  }
  unreachable("every way of the query has a step");
}

}  // namespace festina::rules
