// Page Rules: URL patterns with settings (reference §8.1-8.2). Of those whose pattern matches only the one of the highest
// priority applies; the others count for nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rules/cache_rules.h"
#include "rules/cookie_pattern.h"
#include "rules/url_pattern.h"

namespace festina::rules {

enum class PageCacheLevel : std::uint8_t {
  aggressive,
  basic,
  simplified,
  bypass,
  cache_everything
};

inline constexpr std::chrono::seconds kMaxPageRuleEdgeTtl{2'419'200
};  // four weeks (reference §8.2)

struct PageRule {
  std::string id;         // empty: none was given
  std::size_t place = 0;  // in the list that was read
  UrlPattern pattern;
  std::int64_t priority = 1;
  bool is_active = false;
  json::Value actions;  // as they were given, and are valid
  Wishes wishes;
  std::optional<PageCacheLevel> cache_level;
  std::optional<CookiePattern> bypass_on_cookie;
  std::optional<CookiePattern> cache_on_cookie;
};

// A list of page rules: the most important first. Faults have the code of page rules.
ReadRules<PageRule> read_page_rules(
    const json::Value& list, Plan plan, const std::string& pointer = ""
);
// The rule that applies; null: none.
const PageRule* page_rule_for(const std::vector<PageRule>&, const http::Url&);
// Those that match too, and do not count.
std::vector<const PageRule*> page_rules_behind(const std::vector<PageRule>&, const http::Url&);

// As the API gives it, but for created_on and modified_on, which belong to the rules' keeper.
json::Object to_json(const PageRule&);

}  // namespace festina::rules
