#include "cluster/applier.h"

#include "base/json.h"
#include "base/log.h"

namespace festina::cluster {

std::string purge_body(const std::vector<cache::PurgeFact>& facts) {
  json::Array keys;
  for (const cache::PurgeFact& fact : facts) {
    if (fact.kind == cache::PurgeKind::everything)
      return json::to_text(json::Object{{"everything", true}});
    keys.emplace_back(fact.value);
  }
  return json::to_text(json::Object{{"keys", std::move(keys)}});
}

Result<std::vector<cache::PurgeFact>> purge_facts(std::string_view body) {
  Error unreadable{
      ErrorCode::malformed, Side::self, "a purge record that is none: " + std::string(body)
  };
  const Result<json::Value> parsed = json::parse(body);
  if (!parsed) return unreadable;
  if (json::bool_member(*parsed, "everything").value_or(false)) {
    return std::vector<cache::PurgeFact>{{.kind = cache::PurgeKind::everything, .value = {}}};
  }
  const json::Value* keys = json::find(*parsed, "keys");
  if (keys == nullptr || !keys->is_array()) return unreadable;
  std::vector<cache::PurgeFact> facts;
  for (const json::Value& key : keys->as_array()) {
    if (!key.is_string()) return unreadable;
    facts.push_back({.kind = cache::PurgeKind::key, .value = std::string(key.as_string())});
  }
  return facts;
}

Applier::Applier(store::ChangeLog& log, cache::Cache& cache) : log_(log), cache_(cache) {}

Result<> Applier::start() {
  const std::uint64_t head = log_.head();
  cache_.advance_to(head);
  return log_.follow(head, [this](const store::Change& change) { apply(change); });
}

void Applier::apply(const store::Change& change) {
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
