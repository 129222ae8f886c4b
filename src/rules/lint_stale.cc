#include "rules/lint_stale.h"

#include <algorithm>
#include <array>
#include <span>

#include "rules/foregone.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 2> kWindows = {"stale-while-revalidate", "stale-if-error"};

bool edits(const ResponseRule& rule, std::string_view directive) {
  return rule.head.enabled && std::ranges::any_of(rule.directives, [&](const auto& edit) {
           return edit.directive == directive;
         });
}

// Does a rule behind this one speak of the directive as well?
bool is_edited_behind(const ZoneRules& rules, std::size_t place, std::string_view directive) {
  return std::ranges::any_of(
      std::span(rules.response_rules).subspan(place + 1),
      [directive](const ResponseRule& later) { return edits(later, directive); }
  );
}

const DirectiveEdit* setting_edit(const ResponseRule& rule, std::string_view directive) {
  const auto found = std::ranges::find_if(rule.directives, [&](const DirectiveEdit& edit) {
    return edit.directive == directive && edit.sets;
  });
  return rule.head.enabled && found != rule.directives.end() ? &*found : nullptr;
}

// The first window above zero that the rule sets; empty: none.
std::string_view window_set(const ResponseRule& rule) {
  for (const std::string_view window : kWindows) {
    const DirectiveEdit* const edit = setting_edit(rule, window);
    if (edit != nullptr && edit->value > seconds{0}) return window;
  }
  return {};
}

Finding at_directive(std::size_t place, std::string_view directive) {
  return {
      .list = RuleList::response_rules,
      .pointer = pointer_to(place, "/action_parameters/" + std::string(directive))
  };
}

// Who forbids stale copies in so many words means it.
bool forbids_openly(const ResponseRule& rule) {
  return std::ranges::any_of(rule.directives, [](const DirectiveEdit& edit) {
    constexpr std::array<std::string_view, 4> forbidding = {
        "must-revalidate", "proxy-revalidate", "no-store", "private"
    };
    return edit.sets && std::ranges::find(forbidding, edit.directive) != forbidding.end();
  });
}

// s-maxage implies proxy-revalidate (RFC 9111 §5.2.2.10); Always Online heeds neither.
void add_s_maxage(FindingList& found, const ZoneRules& rules) {
  const bool allows_stale = rules.compat.s_maxage_allows_stale == policy::SMaxageAllowsStale::yes;
  if (allows_stale || rules.settings.always_online) return;
  for (std::size_t i = 0; i < rules.response_rules.size(); ++i) {
    const ResponseRule& rule = rules.response_rules[i];
    if (setting_edit(rule, "s-maxage") == nullptr || forbids_openly(rule) ||
        is_edited_behind(rules, i, "s-maxage"))
      continue;
    Finding finding = at_directive(i, "s-maxage");
    const std::string_view window = window_set(rule);
    finding.message =
        window.empty()
            ? quoted(rule) + " sets s-maxage, which forbids stale copies: clients wait when it " +
                  "has passed, and get the error when the origin fails"
            : quoted(rule) + " sets " + std::string(window) + " in vain: its s-maxage forbids " +
                  "stale copies";
    finding.remedy =
        "set max-age with cloudflare_only = true in place of s-maxage, or say "
        "proxy-revalidate if that is meant";
    found.push_back(std::move(finding));
  }
}

// A window beside a word that forbids stale copies altogether (reference §3.3).
void add_windows_beside_a_prohibition(FindingList& found, const ZoneRules& rules) {
  constexpr std::array<std::string_view, 4> forbidding = {
      "must-revalidate", "proxy-revalidate", "no-cache", "no-store"
  };
  for (std::size_t i = 0; i < rules.response_rules.size(); ++i) {
    const ResponseRule& rule = rules.response_rules[i];
    const std::string_view window = window_set(rule);
    if (window.empty()) continue;
    const auto* const word = std::ranges::find_if(forbidding, [&](std::string_view name) {
      const DirectiveEdit* const edit = setting_edit(rule, name);
      return edit != nullptr && edit->qualifiers.empty() && !is_edited_behind(rules, i, name);
    });
    if (word == forbidding.end()) continue;
    Finding finding = at_directive(i, window);
    finding.message = quoted(rule) + " sets " + std::string(window) + " in vain: its " +
                      std::string(*word) + " forbids stale copies";
    finding.remedy = "remove one of the two";
    found.push_back(std::move(finding));
  }
}

void add_windows_under_always_online(FindingList& found, const ZoneRules& rules) {
  if (!rules.settings.always_online) return;
  for (std::size_t i = 0; i < rules.response_rules.size(); ++i) {
    const std::string_view window = window_set(rules.response_rules[i]);
    if (window.empty()) continue;
    Finding finding = at_directive(i, window);
    finding.message = quoted(rules.response_rules[i]) + " sets " + std::string(window) +
                      " in vain: always_online takes the place of that";
    finding.remedy = "turn always_online off";
    found.push_back(std::move(finding));
  }
}

// disable_stale_while_updating for every request, and nobody who takes it back for some.
void add_windows_under_serve_stale(FindingList& found, const ZoneRules& rules) {
  const auto disables = std::ranges::find_if(rules.cache_rules, [](const CacheRule& rule) {
    return rule.head.enabled && rule.wishes.may_be_updating == false &&
           always_holds(rule.head.expression.condition());
  });
  const bool is_taken_back = std::ranges::any_of(rules.cache_rules, [](const CacheRule& rule) {
    return rule.head.enabled && rule.wishes.may_be_updating == true;
  });
  if (disables == rules.cache_rules.end() || is_taken_back) return;
  for (std::size_t i = 0; i < rules.response_rules.size(); ++i) {
    const ResponseRule& rule = rules.response_rules[i];
    const DirectiveEdit* const edit = setting_edit(rule, kWindows[0]);
    if (edit == nullptr || edit->value == seconds{0}) continue;
    Finding finding = at_directive(i, kWindows[0]);
    finding.message = quoted(rule) + " sets stale-while-revalidate in vain: " + quoted(*disables) +
                      " has disable_stale_while_updating for every request";
    finding.remedy = "remove one of the two";
    found.push_back(std::move(finding));
  }
}

// What the API turns on ends by itself; the file's holds as long as the file says so (reference §8.4).
void add_development_mode(FindingList& found, const Settings& settings) {
  if (!settings.development_mode.is_on || settings.development_mode.since) return;
  found.push_back(
      {.list = RuleList::settings,
       .pointer = "/development_mode",
       .message = "nothing is cached but what a Worker asks for: development_mode is on, and in "
                  "the file it does not end after three hours",
       .remedy = "remove it, and turn it on through the API when it is needed"}
  );
}

}  // namespace

FindingList lint_stale(const LintedZone& zone) {
  FindingList found;
  add_development_mode(found, zone.rules.settings);
  add_s_maxage(found, zone.rules);
  add_windows_beside_a_prohibition(found, zone.rules);
  add_windows_under_always_online(found, zone.rules);
  add_windows_under_serve_stale(found, zone.rules);
  return found;
}

}  // namespace festina::rules
