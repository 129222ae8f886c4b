#include "control/rulesets_api.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/crypto.h"
#include "control/envelope.h"
#include "control/zone_parts.h"
#include "observe/record.h"
#include "rules/lint.h"
#include "zone/ruleset.h"

namespace festina::control {
namespace {

using http::Method;

constexpr std::size_t kIdDigits = 32;

// A ruleset as it stands, and by which part it is kept.
struct Standing {
  const zone::RulePhase* phase = nullptr;
  std::optional<StandingPart> part;  // nothing: the phase has no rules yet

  json::Object ruleset() const {
    return part ? part->body.as_object() : zone::new_ruleset(random_hex(kIdDigits), phase->name);
  }
  std::uint64_t sequence() const { return part ? part->sequence : 0; }
};

Standing standing(const ZoneCall& call, const zone::RulePhase& phase) {
  return {&phase, standing_part(call.services, call.zone, zone::ruleset_part(phase.name))};
}

// By its id; nothing when there is none.
std::optional<Standing> standing_by_id(const ZoneCall& call, std::string_view id) {
  for (const zone::RulePhase& phase : zone::rule_phases()) {
    Standing found = standing(call, phase);
    if (found.part && json::string_member(found.part->body, "id") == id) return found;
  }
  return std::nullopt;
}

http::Reply no_ruleset(std::string_view id) {
  return failure(404, ApiCode::ruleset_not_found, "could not find ruleset " + std::string(id));
}
http::Reply no_rule(std::string_view id) {
  return failure(404, ApiCode::rule_not_found, "could not find rule " + std::string(id));
}
http::Reply refused(std::string message, std::string pointer = {}) {
  return failure(
      400, rules::Faults{{rules::FaultCode::ruleset, std::move(pointer), std::move(message)}}
  );
}
http::Reply no_entrypoint(std::string_view phase) {
  return failure(
      404,
      ApiCode::no_entrypoint,
      "could not find entrypoint ruleset in the " + std::string(phase) + " phase"
  );
}

bool is_dry_run(const ZoneCall& call) {
  return parameter(parameters(call.request.url), "dry_run") == "true";
}

// What of the rules will hardly do what it was written for, as soon as they are the zone's.
std::vector<Message> findings_in(
    const ZoneCall& call, const zone::RulePhase& phase, const json::Array& rules
) {
  rules::ZoneRules changed = call.zone.rules;
  phase.take(changed, rules);
  rules::LintedZone linted{.rules = changed, .name = call.zone.name};
  for (const auto& zone : call.snapshot->zones.all()) linted.other_zones.push_back(zone->name);
  const auto list = phase.name == rules::kCacheRulesPhase ? rules::RuleList::cache_rules
                                                          : rules::RuleList::response_rules;
  std::vector<Message> messages;
  for (const rules::Finding& finding : rules::lint(linted)) {
    if (finding.list != list) continue;
    messages.push_back(
        {.code = ApiCode::rule_finding,
         .text = finding.message + " - " + finding.remedy,
         .pointer = "/rules" + finding.pointer}
    );
  }
  return messages;
}

// Keeps the next version of a ruleset, and shows it; nothing is kept of rules with a fault.
Awaitable<http::Reply> keep(
    const ZoneCall& call, const Standing& old, const json::Object& changed, const json::Array& rules
) {
  if (old.part && old.part->is_filed)
    co_return refused_as_filed("the ruleset of the phase " + std::string(old.phase->name));
  const rules::Faults faults = old.phase->faults(rules, call.zone.rules.plan);
  if (!faults.empty()) co_return failure(400, faults);
  const std::vector<Message> findings = findings_in(call, *old.phase, rules);
  if (is_dry_run(call)) co_return success_saying(nullptr, findings);
  const std::string now = observe::timestamp(call.services.clock.wall());
  json::Object next = zone::next_version(changed, rules, now);
  std::vector<zone::PartChange> change{
      {.name = zone::ruleset_part(old.phase->name),
       .body = json::to_text(next),
       .over = old.sequence()}
  };
  const Result<> kept = co_await set_parts(call.services, call.zone.id, std::move(change));
  if (!kept) co_return failure_of_change(kept.error());
  co_return success_saying(std::move(next), findings);
}

// --- whole rulesets ---

// Nothing when all members are known.
std::optional<http::Reply> unknown_member(
    const json::Object& body, std::initializer_list<std::string_view> known
) {
  for (const auto& [name, value] : body) {
    if (std::ranges::find(known, std::string_view(name)) == known.end())
      return refused("unknown field \"" + std::string(name) + "\"", "/" + std::string(name));
  }
  return std::nullopt;
}

// The rules and the description of a body.
struct GivenRuleset {
  json::Array rules;
  std::optional<std::string> description;
};
Result<GivenRuleset> given_ruleset(const json::Object& body) {
  GivenRuleset given;
  if (const json::Value* rules = body.if_contains("rules")) {
    if (!rules->is_array())
      return Error{ErrorCode::malformed, Side::client, "rules must be a list"};
    given.rules = rules->as_array();
  }
  if (const auto description = zone::text_in(body, "description"))
    given.description = std::string(*description);
  return given;
}

Awaitable<http::Reply> replace_all(
    const ZoneCall& call, const Standing& old, const json::Object& body
) {
  if (auto unknown = unknown_member(body, {"rules", "description", "name"}))
    co_return *std::move(unknown);
  const Result<GivenRuleset> given = given_ruleset(body);
  if (!given) co_return refused(given.error().detail, "/rules");
  json::Object changed = old.ruleset();
  const std::optional<std::string>& description = given->description;
  if (description) changed["description"] = *description;
  co_return co_await keep(call, old, changed, given->rules);
}

http::Reply list(const ZoneCall& call) {
  json::Array all;
  for (const zone::RulePhase& phase : zone::rule_phases()) {
    const Standing found = standing(call, phase);
    if (!found.part) continue;
    json::Object shown = found.ruleset();
    shown.erase("rules");
    all.push_back(std::move(shown));
  }
  return success(std::move(all));
}

Awaitable<http::Reply> create(const ZoneCall& call, json::Object body) {
  const auto name = zone::text_in(body, "phase");
  const zone::RulePhase* phase = name ? zone::find_phase(*name) : nullptr;
  if (phase == nullptr) co_return refused("phase must be one of those for caching", "/phase");
  if (zone::text_in(body, "kind") != "zone") co_return refused("must be \"zone\"", "/kind");
  const Standing old = standing(call, *phase);
  if (old.part) {
    co_return failure(
        400,
        rules::Faults{
            {rules::FaultCode::too_many_rulesets,
             "/kind",
             "'zone' is not a valid value for kind because exceeded maximum number of zone " +
                 ("rulesets for phase " + std::string(phase->name))}
        }
    );
  }
  body.erase("phase");
  body.erase("kind");
  co_return co_await replace_all(call, old, body);
}

Awaitable<http::Reply> remove(const ZoneCall& call, const Standing& old) {
  if (!old.part) unreachable("what was found by its id is there");
  if (old.part->is_filed)
    co_return refused_as_filed("the ruleset of the phase " + std::string(old.phase->name));
  std::vector<zone::PartChange> change{
      {.name = zone::ruleset_part(old.phase->name), .body = std::nullopt, .over = old.sequence()}
  };
  const Result<> gone = co_await set_parts(call.services, call.zone.id, std::move(change));
  if (!gone) co_return failure_of_change(gone.error());
  http::Reply reply;
  reply.response.status = 204;
  co_return reply;
}

// --- single rules ---

Awaitable<http::Reply> add_rule(const ZoneCall& call, const Standing& old, json::Object rule) {
  json::Object ruleset = old.ruleset();
  json::Array rules = ruleset.at("rules").as_array();
  std::size_t index = rules.size();
  if (const json::Value* position = rule.if_contains("position")) {
    const auto wanted = zone::wanted_index(rules, *position);
    if (!wanted) co_return refused(wanted.error().detail, "/position");
    index = *wanted;
    rule.erase("position");
  }
  rule.erase("id");
  rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(index), std::move(rule));
  co_return co_await keep(call, old, ruleset, rules);
}

// The whole rule again; with nothing but a position it is only moved.
Awaitable<http::Reply> change_rule(
    const ZoneCall& call, const Standing& old, const std::string& id, json::Object rule
) {
  json::Object ruleset = old.ruleset();
  json::Array rules = ruleset.at("rules").as_array();
  const auto index = zone::index_of(rules, id);
  if (!index) co_return no_rule(id);
  const json::Object before = rules[*index].as_object();
  rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(*index));
  std::size_t place = *index;
  if (const json::Value* position = rule.if_contains("position")) {
    const auto wanted = zone::wanted_index(rules, *position);
    if (!wanted) co_return refused(wanted.error().detail, "/position");
    place = *wanted;
    rule.erase("position");
    if (rule.empty()) rule = before;
  }
  rule["id"] = id;
  rules.insert(rules.begin() + static_cast<std::ptrdiff_t>(place), std::move(rule));
  co_return co_await keep(call, old, ruleset, rules);
}

Awaitable<http::Reply> remove_rule(
    const ZoneCall& call, const Standing& old, const std::string& id
) {
  json::Object ruleset = old.ruleset();
  json::Array rules = ruleset.at("rules").as_array();
  const auto index = zone::index_of(rules, id);
  if (!index) co_return no_rule(id);
  rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(*index));
  co_return co_await keep(call, old, ruleset, rules);
}

// --- routes ---

Awaitable<http::Reply> entrypoint(ZoneCall call) {
  const std::string& name = call.path[2];
  const zone::RulePhase* phase = zone::find_phase(name);
  if (call.request.method == Method::get) {
    const Standing found = phase ? standing(call, *phase) : Standing();
    co_return found.part ? success(found.ruleset()) : no_entrypoint(name);
  }
  if (call.request.method != Method::put) co_return wrong_method("GET, PUT");
  if (phase == nullptr) co_return refused("the phase " + name + " is none of those for caching");
  const auto body = co_await object_body(std::move(call.body));
  if (!body) co_return failure(400, ApiCode::invalid_body, body.error().detail);
  co_return co_await replace_all(call, standing(call, *phase), *body);
}

Awaitable<http::Reply> whole(ZoneCall call) {
  const auto found = standing_by_id(call, call.path[1]);
  if (!found) co_return no_ruleset(call.path[1]);
  if (call.request.method == Method::get) co_return success(found->ruleset());
  if (call.request.method == Method::del) co_return co_await remove(call, *found);
  if (call.request.method != Method::put) co_return wrong_method("GET, PUT, DELETE");
  const auto body = co_await object_body(std::move(call.body));
  if (!body) co_return failure(400, ApiCode::invalid_body, body.error().detail);
  co_return co_await replace_all(call, *found, *body);
}

Awaitable<http::Reply> single(ZoneCall call) {
  const auto found = standing_by_id(call, call.path[1]);
  if (!found) co_return no_ruleset(call.path[1]);
  const bool adds = call.path.size() == 3;
  if (!adds && call.request.method == Method::del)
    co_return co_await remove_rule(call, *found, call.path[3]);
  if (adds && call.request.method != Method::post) co_return wrong_method("POST");
  if (!adds && call.request.method != Method::patch) co_return wrong_method("PATCH, DELETE");
  const auto body = co_await object_body(std::move(call.body));
  if (!body) co_return failure(400, ApiCode::invalid_body, body.error().detail);
  if (adds) co_return co_await add_rule(call, *found, *body);
  co_return co_await change_rule(call, *found, call.path[3], *body);
}

Awaitable<http::Reply> all(ZoneCall call) {
  if (call.request.method == Method::get) co_return list(call);
  if (call.request.method != Method::post) co_return wrong_method("GET, POST");
  const auto body = co_await object_body(std::move(call.body));
  if (!body) co_return failure(400, ApiCode::invalid_body, body.error().detail);
  co_return co_await create(call, *body);
}

}  // namespace

Awaitable<http::Reply> rulesets(ZoneCall call) {
  const std::vector<std::string>& path = call.path;
  const bool is_entrypoint = path.size() == 4 && path[1] == "phases" && path[3] == "entrypoint";
  const bool is_rule = (path.size() == 3 || path.size() == 4) && path[2] == "rules";
  if (is_entrypoint) co_return co_await entrypoint(std::move(call));
  if (is_rule) co_return co_await single(std::move(call));
  if (path.size() == 1) co_return co_await all(std::move(call));
  if (path.size() == 2) co_return co_await whole(std::move(call));
  co_return no_route(call.request);
}

}  // namespace festina::control
