#include "control/page_rules_api.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "control/envelope.h"
#include "control/zone_parts.h"
#include "observe/record.h"
#include "rules/page_rules.h"
#include "zone/ruleset.h"

namespace festina::control {
namespace {

using http::Method;

constexpr std::size_t kIdDigits = 32;

// The page rules as they stand.
struct Standing {
  json::Array rules;
  std::uint64_t sequence = 0;
  bool is_filed = false;
};

Standing standing(const ZoneCall& call) {
  auto part = standing_part(call.services, call.zone, zone::kPageRulesPart);
  if (!part) return {};
  return {std::move(part->body.as_array()), part->sequence, part->is_filed};
}

http::Reply no_rule(std::string_view id) {
  return failure(404, ApiCode::page_rule_not_found, "no page rule with the id " + std::string(id));
}

// Nothing once they are kept; else why they are not.
Awaitable<std::optional<http::Reply>> keep(
    const ZoneCall& call, const Standing& old, const json::Array& rules
) {
  if (old.is_filed) co_return refused_as_filed("the list of page rules");
  const rules::Faults faults = rules::read_page_rules(rules, call.zone.rules.plan).faults;
  if (!faults.empty()) co_return failure(400, faults);
  std::vector<zone::PartChange> change{
      {.name = std::string(zone::kPageRulesPart), .body = json::to_text(rules), .over = old.sequence
      }
  };
  const Result<> kept = co_await set_parts(call.services, call.zone.id, std::move(change));
  if (!kept) co_return failure_of_change(kept.error());
  co_return std::nullopt;
}

// The rule that is left when what the owner did not say is what the API means by it.
json::Object completed(json::Object rule, const ZoneCall& call) {
  if (!rule.contains("priority")) rule["priority"] = 1;
  if (!rule.contains("status")) rule["status"] = "disabled";
  const std::string now = observe::timestamp(call.services.clock.wall());
  if (!rule.contains("created_on")) rule["created_on"] = now;
  rule["modified_on"] = now;
  return rule;
}

// Only what an owner may say of a rule.
json::Object owners_part(const json::Object& body) {
  json::Object part = body;
  for (const std::string_view added : {"id", "created_on", "modified_on"}) part.erase(added);
  return part;
}

std::string_view status_of(const json::Value& rule) {
  return json::string_member(rule, "status").value_or("");
}

bool stands_before(const json::Value& a, const json::Value& b, bool by_status) {
  if (by_status && status_of(a) != status_of(b)) return status_of(a) < status_of(b);
  return json::integer_member(a, "priority") < json::integer_member(b, "priority");
}

// By priority, the most important first, unless asked otherwise.
http::Reply list(const ZoneCall& call) {
  const Parameters query = parameters(call.request.url);
  const auto status = parameter(query, "status");
  const bool by_status = parameter(query, "order") == "status";
  const bool ascends = parameter(query, "direction").value_or(by_status ? "asc" : "desc") == "asc";
  std::vector<json::Value> rules;
  Standing all = standing(call);
  for (json::Value& rule : all.rules) {
    if (!status || status_of(rule) == *status) rules.push_back(std::move(rule));
  }
  std::ranges::sort(rules, [&](const json::Value& a, const json::Value& b) {
    return ascends ? stands_before(a, b, by_status) : stands_before(b, a, by_status);
  });
  return success(json::Array(rules.begin(), rules.end()));
}

Awaitable<http::Reply> add(const ZoneCall& call, const json::Object& body) {
  Standing old = standing(call);
  json::Object rule = completed(owners_part(body), call);
  rule["id"] = random_hex(kIdDigits);
  json::Array rules = old.rules;
  rules.push_back(rule);
  auto refused = co_await keep(call, old, rules);
  if (refused) co_return *std::move(refused);
  co_return success(std::move(rule));
}

// PUT gives the whole rule, PATCH what changes of it.
Awaitable<http::Reply> change(
    const ZoneCall& call, const Standing& old, std::size_t index, const json::Object& body
) {
  const json::Object& before = old.rules[index].as_object();
  json::Object rule = call.request.method == Method::patch ? before : json::Object();
  for (const auto& [name, value] : owners_part(body)) rule[name] = value;
  for (const std::string_view kept : {"id", "created_on"}) rule[kept] = before.at(kept);
  rule = completed(std::move(rule), call);
  json::Array rules = old.rules;
  rules[index] = rule;
  auto refused = co_await keep(call, old, rules);
  if (refused) co_return *std::move(refused);
  co_return success(std::move(rule));
}

Awaitable<http::Reply> remove(const ZoneCall& call, const Standing& old, std::size_t index) {
  json::Array rules = old.rules;
  rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(index));
  auto refused = co_await keep(call, old, rules);
  if (refused) co_return *std::move(refused);
  co_return success(json::Object{{"id", call.path[1]}});
}

Awaitable<http::Reply> single(const ZoneCall& call, Body body) {
  const Standing old = standing(call);
  const auto index = zone::index_of(old.rules, call.path[1]);
  if (!index) co_return no_rule(call.path[1]);
  const Method method = call.request.method;
  if (method == Method::get) co_return success(old.rules[*index]);
  const bool changes = method == Method::put || method == Method::patch;
  if (!changes && method != Method::del) co_return wrong_method("GET, PUT, PATCH, DELETE");
  if (old.is_filed) co_return refused_as_filed("the list of page rules");
  if (!changes) co_return co_await remove(call, old, *index);
  const auto given = co_await object_body(std::move(body));
  if (!given) co_return failure(400, ApiCode::invalid_body, given.error().detail);
  co_return co_await change(call, old, *index, *given);
}

}  // namespace

Awaitable<http::Reply> page_rules(ZoneCall call) {
  Body body = std::move(call.body);
  if (call.path.size() > 2) co_return no_route(call.request);
  if (call.path.size() == 2) co_return co_await single(call, std::move(body));
  if (call.request.method == Method::get) co_return list(call);
  if (call.request.method != Method::post) co_return wrong_method("GET, POST");
  const auto given = co_await object_body(std::move(body));
  if (!given) co_return failure(400, ApiCode::invalid_body, given.error().detail);
  co_return co_await add(call, *given);
}

}  // namespace festina::control
