// Heard: what the zone's rules say of one request, when all that apply have been heard: per setting the one that counts
// (reference §6.3, §9.1), and who said it. Nothing is copied: it looks into the zone's rules.
#pragma once

#include <string_view>
#include <vector>

#include "rules/expression.h"
#include "rules/page_rules.h"
#include "rules/zone_rules.h"

namespace festina::rules {

// Who says something.
struct Voice {
  policy::Setter setter = policy::Setter::product_default;
  std::string_view name = {};  // of the rule, into the zone's rules
};

template <class T>
struct Said {
  const T* value = nullptr;  // null: nobody says it
  Voice voice;

  explicit operator bool() const { return value != nullptr; }
  const T& operator*() const { return *value; }
  const T* operator->() const { return value; }
};

struct Heard {
  const PageRule* page_rule = nullptr;  // the one that applies
  // What of it the plan offers.
  bool heeds_cookies = false;
  bool heeds_ttl_by_status = false;
  Said<bool> cache;
  Said<EdgeTtl> edge_ttl;
  Said<BrowserTtl> browser_ttl;
  Said<KeyWish> key;
  Said<bool> by_device_type;
  Said<bool> deception_armor;
  Said<bool> sorted_query;
  Said<std::vector<std::uint16_t>> ports;
  Said<bool> origin_cache_control;
  Said<bool> passes_error_pages;
  Said<std::chrono::seconds> read_timeout;
  Said<bool> respects_strong_etags;
  Said<bool> may_be_updating;
  Said<policy::VarySpec> vary;
  std::vector<policy::Step> notes;  // what of the rules does not count, and why
};

// Cache Rules come before the Page Rule, later ones before earlier ones. What the plan lacks is not heard, but noted.
Heard hear(const ZoneRules& rules [[clang::lifetimebound]], const Facts& facts);

}  // namespace festina::rules
