#include "rules/cache_rules.h"

#include <array>
#include <utility>

#include "rules/cache_parameters.h"

namespace festina::rules {

namespace {

constexpr std::array<std::string_view, 1> kActions = {"set_cache_settings"};

Wishes read_wishes(Reading& rule, Plan plan) {
  auto parameters = rule.object("action_parameters");
  if (parameters && !parameters->value().get_object().empty())
    return read_cache_parameters(*parameters, plan);
  if (!rule.has("action_parameters") || parameters) {
    rule.fault(
        FaultCode::no_action_parameters,
        "action parameters are required for the set_cache_settings action"
    );
  }
  return {};
}

}  // namespace

ReadRules<CacheRule> read_cache_rules(
    const json::Value& list, Plan plan, const std::string& pointer
) {
  ReadRules<CacheRule> read;
  Findings findings;
  Reading reading(list, findings, pointer);
  for (Reading& item : reading.own_items({.most = max_cache_rules(plan)})) {
    Wishes wishes = item.is_object() ? read_wishes(item, plan) : Wishes{};
    auto head = read_rule_head(item, kActions, Phase::request, plan);
    if (head) read.rules.push_back({.head = *std::move(head), .wishes = std::move(wishes)});
  }
  read.faults = std::move(findings.faults);
  if (!read.faults.empty()) read.rules.clear();
  return read;
}

}  // namespace festina::rules
