#include "rules/heard.h"

#include <optional>
#include <ranges>
#include <string>

#include "rules/plan_wishes.h"

namespace festina::rules {

namespace {

using policy::Aspect;
using policy::Reason;
using policy::Setter;

std::string quoted(const Voice& voice) {
  const std::string_view kind = voice.setter == Setter::page_rule ? "Page Rule" : "Cache Rule";
  return "the " + std::string(kind) + " \"" + std::string(voice.name) + "\"";
}

// Hears one rule after the other, the one that comes first before those that may only add to it.
class Hearing {
 public:
  Hearing(Heard& heard, Plan plan) : heard_(heard), plan_(plan) {}

  void hear(const Wishes& wishes, Voice voice) {
    voice_ = voice;
    take(heard_.cache, wishes.cache, Aspect::eligible);
    take(heard_.edge_ttl, wishes.edge_ttl, Aspect::edge_ttl);
    take(heard_.browser_ttl, wishes.browser_ttl, Aspect::browser_ttl);
    take_key(wishes);
    if (offered(Feature::cacheable_ports, wishes, Aspect::ports))
      take(heard_.ports, wishes.ports, Aspect::ports);
    if (offered(Feature::origin_cache_control, wishes, Aspect::origin_cache_control))
      take(heard_.origin_cache_control, wishes.origin_cache_control, Aspect::origin_cache_control);
    if (offered(Feature::error_pages, wishes, Aspect::error_pages))
      take(heard_.passes_error_pages, wishes.passes_error_pages, Aspect::error_pages);
    take(heard_.read_timeout, wishes.read_timeout, Aspect::read_timeout);
    take(heard_.respects_strong_etags, wishes.respects_strong_etags, Aspect::strong_etags);
    take(heard_.may_be_updating, wishes.may_be_updating, Aspect::stale_copies);
    take(heard_.vary, wishes.vary, Aspect::vary);
    for (const std::string& name : wishes.idle)
      note(Aspect::rule, Reason::rule_idle, name + " of " + quoted(voice_));
  }

  void hear(const PageRule& rule) {
    hear(rule.wishes, {.setter = Setter::page_rule, .name = rule.pattern.text()});
    heard_.page_rule = &rule;
    heard_.heeds_cookies = offered(Feature::cookie_rules, rule, Aspect::eligible);
    heard_.heeds_ttl_by_status = offered(Feature::ttl_by_status, rule, Aspect::edge_ttl);
  }

  // Nothing of it counts: its expression has no value.
  void fail(const Voice& voice) {
    voice_ = voice;
    note(Aspect::rule, Reason::rule_failed, std::string(voice.name));
  }

 private:
  template <class T>
  void take(Said<T>& said, const std::optional<T>& wish, Aspect aspect) {
    if (!wish) return;
    if (!said) {
      said = {.value = &*wish, .voice = voice_};
    } else if (said.voice.setter != voice_.setter) {
      heard_.notes.push_back({aspect, 1, voice_.setter, Reason::overruled, quoted(voice_)});
    }
  }

  // Cache Rules have one setting for all of the key: where one speaks of it, an earlier one is not heard at all.
  void take_key(const Wishes& wishes) {
    const bool speaks =
        wishes.key || wishes.by_device_type || wishes.deception_armor || wishes.sorted_query;
    const bool is_cache_rule = voice_.setter == Setter::cache_rule;
    if (!speaks || (is_cache_rule && key_is_settled_)) return;
    key_is_settled_ = is_cache_rule;
    if (offered(Feature::custom_key, wishes, Aspect::cache_key))
      take(heard_.key, wishes.key, Aspect::cache_key);
    if (offered(Feature::key_by_device_type, wishes, Aspect::cache_key))
      take(heard_.by_device_type, wishes.by_device_type, Aspect::cache_key);
    take(heard_.deception_armor, wishes.deception_armor, Aspect::deception_armor);
    take(heard_.sorted_query, wishes.sorted_query, Aspect::cache_key);
  }

  // Does the plan offer it, if that is asked for?
  bool offered(Feature feature, const Wishes& wishes, Aspect aspect) {
    return !asks_for(feature, wishes, plan_) || offers_or_notes(feature, aspect);
  }
  bool offered(Feature feature, const PageRule& rule, Aspect aspect) {
    return !asks_for(feature, rule) || offers_or_notes(feature, aspect);
  }
  bool offers_or_notes(Feature feature, Aspect aspect) {
    if (offers(plan_, feature)) return true;
    note(aspect, Reason::plan_lacks, with_least_plan(feature) + ", of " + quoted(voice_));
    return false;
  }
  void note(Aspect aspect, Reason reason, std::string what) {
    heard_.notes.push_back({aspect, 0, voice_.setter, reason, std::move(what)});
  }

  Heard& heard_;
  Plan plan_;
  Voice voice_;
  bool key_is_settled_ = false;
};

}  // namespace

Heard hear(const ZoneRules& rules, const Facts& facts) {
  Heard heard;
  Hearing hearing(heard, rules.plan);
  for (const CacheRule& rule : rules.cache_rules | std::views::reverse) {
    if (!rule.head.enabled) continue;
    const Voice voice{.setter = Setter::cache_rule, .name = rule.head.name()};
    const Result<bool> applies = rule.head.expression.evaluate(facts);
    if (!applies) {
      hearing.fail(voice);
    } else if (*applies) {
      hearing.hear(rule.wishes, voice);
    }
  }
  const PageRule* page_rule = page_rule_for(rules.page_rules, facts.request.url);
  if (page_rule != nullptr) hearing.hear(*page_rule);
  return heard;
}

}  // namespace festina::rules
