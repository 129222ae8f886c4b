#include "zone/ruleset.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "rules/cache_rules.h"
#include "rules/response_rules.h"
#include "zone/zone.h"

namespace festina::zone {
namespace {

constexpr std::size_t kIdDigits = 32;

constexpr std::array kPhases = {
    RulePhase{
        rules::kCacheRulesPhase,
        [](const json::Value& list, rules::Plan plan) {
          return rules::read_cache_rules(list, plan).faults;
        },
        [](rules::ZoneRules& zone, const json::Value& list) {
          auto read = rules::read_cache_rules(list, zone.plan);
          zone.cache_rules = std::move(read.rules);
          return read.faults.empty();
        }
    },
    RulePhase{
        rules::kResponseRulesPhase,
        [](const json::Value& list, rules::Plan plan) {
          return rules::read_response_rules(list, plan).faults;
        },
        [](rules::ZoneRules& zone, const json::Value& list) {
          auto read = rules::read_response_rules(list, zone.plan);
          zone.response_rules = std::move(read.rules);
          return read.faults.empty();
        }
    },
};

std::uint64_t version_of(const json::Object& versioned) {
  const auto version = text_in(versioned, "version");
  return version ? parse_decimal(*version).value_or(0) : 0;
}

// What the owner writes of a rule; the service adds the rest.
json::Object owners_part(const json::Object& rule) {
  json::Object part = rule;
  for (const std::string_view added : {"id", "version", "last_updated"}) part.erase(added);
  return part;
}

json::Object with_defaults(json::Object rule, std::string_view id) {
  rule["id"] = id;
  if (!rule.contains("ref")) rule["ref"] = id;
  if (!rule.contains("description")) rule["description"] = "";
  if (!rule.contains("enabled")) rule["enabled"] = true;
  return rule;
}

json::Object next_rule(
    const json::Object& given, const json::Array& before, const std::string& now
) {
  const auto id = text_in(given, "id");
  const auto index = id ? index_of(before, *id) : std::nullopt;
  if (!index) {
    json::Object fresh = with_defaults(given, random_hex(kIdDigits));
    fresh["version"] = "1";
    fresh["last_updated"] = now;
    return fresh;
  }
  const json::Object& old = before[*index].as_object();
  json::Object next = with_defaults(given, *id);
  const bool is_same = owners_part(next) == owners_part(old);
  next["version"] = std::to_string(version_of(old) + (is_same ? 0 : 1));
  next["last_updated"] = is_same ? old.at("last_updated") : json::Value(now);
  return next;
}

}  // namespace

std::span<const RulePhase> rule_phases() { return kPhases; }

const RulePhase* find_phase(std::string_view name) {
  const auto* const phase = std::ranges::find(kPhases, name, &RulePhase::name);
  return phase == kPhases.end() ? nullptr : phase;
}

json::Object new_ruleset(std::string id, std::string_view phase) {
  return {
      {"id", std::move(id)},
      {"name", "default"},
      {"description", ""},
      {"kind", "zone"},
      {"phase", phase},
      {"version", "0"},
      {"rules", json::Array{}}
  };
}

json::Object next_version(
    const json::Object& ruleset, const json::Array& rules, const std::string& now
) {
  const json::Array& before = ruleset.at("rules").as_array();
  json::Array kept;
  for (const json::Value& rule : rules) kept.push_back(next_rule(rule.as_object(), before, now));
  json::Object next = ruleset;
  next["rules"] = std::move(kept);
  next["version"] = std::to_string(version_of(ruleset) + 1);
  next["last_updated"] = now;
  return next;
}

json::Object filed_ruleset(
    std::string_view zone_id, std::string_view phase, const json::Array& rules
) {
  const std::string name = std::string(zone_id) + "/" + ruleset_part(phase);
  json::Object ruleset = new_ruleset(id_of(name), phase);
  ruleset["version"] = "1";
  json::Array& kept = ruleset["rules"].as_array();
  for (const json::Value& rule : rules) {
    const std::string id = id_of(name + "/" + std::to_string(kept.size()));
    json::Object given = rule.as_object();
    given["version"] = "1";
    kept.push_back(with_defaults(std::move(given), id));
  }
  return ruleset;
}

std::optional<std::string_view> text_in(const json::Object& object, std::string_view name) {
  const json::Value* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

std::optional<std::size_t> index_of(const json::Array& rules, std::string_view id) {
  const auto found = std::ranges::find_if(rules, [id](const json::Value& rule) {
    return json::string_member(rule, "id") == id;
  });
  if (found == rules.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rules.begin());
}

Result<std::size_t> wanted_index(const json::Array& others, const json::Value& position) {
  const auto malformed = [] {
    return Error{
        ErrorCode::malformed,
        Side::client,
        R"(position must be {"index": 1}, {"before": "<rule id>"} or {"after": "<rule id>"})"
    };
  };
  if (!position.is_object() || position.as_object().size() != 1) return malformed();
  if (const auto index = json::integer_member(position, "index")) {
    if (*index < 1) return malformed();
    return std::min(static_cast<std::size_t>(*index) - 1, others.size());
  }
  const auto before = json::string_member(position, "before");
  const auto after = json::string_member(position, "after");
  if (!before && !after) return malformed();
  if (before && before->empty()) return std::size_t{0};
  if (after && after->empty()) return others.size();
  const std::string_view named = before ? *before : *after;
  const auto index = index_of(others, named);
  if (!index)
    return Error{ErrorCode::not_found, Side::client, "no rule with the id " + std::string(named)};
  return before ? *index : *index + 1;
}

}  // namespace festina::zone
