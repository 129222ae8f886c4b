#include "zone/rules_config.h"

#include <optional>
#include <string>
#include <utility>

#include "base/json.h"
#include "zone/ruleset.h"

namespace festina::zone {
namespace {

// The key's list as JSON; nothing, and a problem, when it is none.
std::optional<json::Array> read_list(const Table& table, std::string_view key) {
  const auto given = table.any(key);
  if (!given) return std::nullopt;
  Result<json::Value> list = json::parse(given->text);
  if (list && list->is_array()) return std::move(list->as_array());
  table.problem(key, "expected a list of tables, [[zones." + std::string(key) + "]]");
  return std::nullopt;
}

// Every member of the list that does not say it has this one.
void complete(json::Array& list, std::string_view name, const json::Value& value) {
  for (json::Value& item : list) {
    if (item.is_object() && !item.as_object().contains(name)) item.as_object()[name] = value;
  }
}

// Are there none? They are problems otherwise.
bool passes(const Table& table, std::string_view key, const rules::Faults& faults) {
  for (const rules::Fault& fault : faults) {
    table.problem(table.place(key, fault.pointer), fault.message);
  }
  return faults.empty();
}

void keep_ruleset(Zone& zone, std::string_view phase, const json::Array& list) {
  zone.filed[ruleset_part(phase)] = json::to_text(filed_ruleset(zone.id, phase, list));
}

void read_cache_rules(const Table& table, Zone& zone) {
  auto list = read_list(table, "cache_rules");
  if (!list) return;
  complete(*list, "action", "set_cache_settings");
  auto read = rules::read_cache_rules(*list, zone.rules.plan, "");
  if (!passes(table, "cache_rules", read.faults)) return;
  zone.rules.cache_rules = std::move(read.rules);
  keep_ruleset(zone, rules::kCacheRulesPhase, *list);
}

void read_response_rules(const Table& table, Zone& zone) {
  const auto list = read_list(table, "response_rules");
  if (!list) return;
  auto read = rules::read_response_rules(*list, zone.rules.plan, "");
  if (!passes(table, "response_rules", read.faults)) return;
  zone.rules.response_rules = std::move(read.rules);
  keep_ruleset(zone, rules::kResponseRulesPhase, *list);
}

void read_page_rules(const Table& table, Zone& zone) {
  auto list = read_list(table, "page_rules");
  if (!list) return;
  complete(*list, "status", "active");
  complete(*list, "priority", 1);
  auto read = rules::read_page_rules(*list, zone.rules.plan, "");
  if (!passes(table, "page_rules", read.faults)) return;
  zone.rules.page_rules = std::move(read.rules);
  for (std::size_t i = 0; i < list->size(); ++i) {
    (*list)[i].as_object()["id"] = id_of(zone.id + "/pagerules/" + std::to_string(i));
  }
  zone.filed[std::string(kPageRulesPart)] = json::to_text(*list);
}

}  // namespace

void read_rules(const Table& table, Zone& zone) {
  read_cache_rules(table, zone);
  read_response_rules(table, zone);
  read_page_rules(table, zone);
}

}  // namespace festina::zone
