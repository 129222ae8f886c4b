#include "cluster/applier.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/json.h"
#include "base/log.h"

namespace festina::cluster {

namespace {

// The members of a purge record, by the kind of fact they list.
constexpr std::array<std::string_view, cache::kPurgeKindsWithValue> kLists = {
    "keys", "tags", "hosts", "prefixes", "text_prefixes"
};

std::optional<cache::PurgeKind> kind_of_list(std::string_view name) {
  const auto found = std::ranges::find(kLists, name);
  if (found == kLists.end()) return std::nullopt;
  return static_cast<cache::PurgeKind>(found - kLists.begin());
}

bool append_facts(
    std::vector<cache::PurgeFact>& facts, cache::PurgeKind kind, const json::Value& values
) {
  if (!values.is_array()) return false;
  for (const json::Value& value : values.as_array()) {
    if (!value.is_string()) return false;
    facts.push_back({.kind = kind, .value = std::string(value.as_string())});
  }
  return true;
}

}  // namespace

std::string purge_body(const std::vector<cache::PurgeFact>& facts) {
  json::Object lists;
  for (const cache::PurgeFact& fact : facts) {
    if (fact.kind == cache::PurgeKind::everything)
      return json::to_text(json::Object{{"everything", true}});
    json::Value& list = lists[kLists.at(static_cast<std::size_t>(fact.kind))];
    if (list.is_null()) list.emplace_array();
    list.as_array().emplace_back(fact.value);
  }
  return json::to_text(lists);
}

Result<std::vector<cache::PurgeFact>> purge_facts(std::string_view body) {
  Error unreadable{
      ErrorCode::malformed, Side::self, "a purge record that is none: " + std::string(body)
  };
  const Result<json::Value> parsed = json::parse(body);
  if (!parsed || !parsed->is_object()) return unreadable;
  if (json::bool_member(*parsed, "everything").value_or(false)) {
    return std::vector<cache::PurgeFact>{{.kind = cache::PurgeKind::everything, .value = {}}};
  }
  std::vector<cache::PurgeFact> facts;
  for (const auto& [name, values] : parsed->as_object()) {
    const auto kind = kind_of_list(name);
    if (!kind || !append_facts(facts, *kind, values)) return unreadable;
  }
  if (facts.empty()) return unreadable;
  return facts;
}

Applier::Applier(store::ChangeLog& log, cache::Cache& cache) : log_(log), cache_(cache) {}

Result<> Applier::start() {
  const std::uint64_t head = log_.head();
  cache_.advance_to(head);
  return log_.follow(head, [this](const store::Change& change) { apply(change); });
}

void Applier::apply(const store::Change& change) {
  if (change.kind != store::ChangeKind::purge) return cache_.advance_to(change.sequence);
  Result<std::vector<cache::PurgeFact>> facts = purge_facts(change.body);
  if (!facts) {
    log::error(
        "change.unreadable",
        {{"sequence", change.sequence}, {"zone", change.scope}, {"detail", facts.error().detail}}
    );
    facts = std::vector<cache::PurgeFact>{{.kind = cache::PurgeKind::everything, .value = {}}};
  }
  cache_.apply(change.scope, *facts, change.sequence);
}

}  // namespace festina::cluster
