#include "control/settings_api.h"

#include <optional>
#include <utility>
#include <vector>

#include "control/envelope.h"
#include "control/zone_parts.h"
#include "observe/record.h"
#include "rules/reading.h"
#include "rules/settings.h"

namespace festina::control {
namespace {

json::Value modified_on(const std::optional<StandingPart>& part) {
  const auto modified = part ? json::integer_member(part->body, "modified_on") : std::nullopt;
  if (!modified) return nullptr;
  return rules::to_json(observe::timestamp(TimePoint(std::chrono::milliseconds(*modified))));
}

json::Object setting_json(
    const ControlServices& services, const zone::Zone& zone, const rules::SettingRow& row
) {
  const auto part = standing_part(services, zone, zone::setting_part(row.id));
  const bool is_offered = !row.feature || rules::offers(zone.rules.plan, *row.feature);
  json::Object shown{
      {"id", row.id},
      {"value", row.value(zone.rules.settings)},
      {"editable", is_offered && !(part && part->is_filed)},
      {"modified_on", modified_on(part)}
  };
  if (row.id != "development_mode") return shown;
  const TimePoint now = services.clock.now();
  const rules::DevelopmentMode& mode = zone.rules.settings.development_mode;
  shown["value"] = rules::is_on(mode, now) ? "on" : "off";
  const auto remaining = rules::time_remaining(mode, now);
  shown["time_remaining"] = remaining ? remaining->count() : 0;
  return shown;
}

struct Asked {
  std::string id;
  json::Value value;
};

// Nothing when the setting may be set so.
std::optional<http::Reply> refusal(const zone::Zone& zone, const Asked& asked) {
  rules::Settings tried;
  if (const auto fault = rules::set_setting(tried, asked.id, asked.value, std::nullopt))
    return failure(400, rules::Faults{*fault});
  const rules::SettingRow* row = rules::find_setting(asked.id);
  if (row->feature && !rules::offers(zone.rules.plan, *row->feature)) {
    return failure(
        403,
        ApiCode::read_only,
        asked.id + " needs the plan " + std::string(rules::name(rules::least_plan(*row->feature)))
    );
  }
  if (zone.defines(zone::setting_part(asked.id))) return refused_as_filed(asked.id);
  return std::nullopt;
}

zone::PartChange change_of(const Asked& asked, TimePoint now) {
  const json::Object body{{"value", asked.value}, {"modified_on", now.time_since_epoch().count()}};
  return {.name = zone::setting_part(asked.id), .body = json::to_text(body), .over = std::nullopt};
}

std::optional<Asked> asked_in(const json::Value& item) {
  const auto id = json::string_member(item, "id");
  const json::Value* value = json::find(item, "value");
  if (!id || value == nullptr) return std::nullopt;
  return Asked{std::string(*id), *value};
}

// Nothing when it is no list of settings.
std::optional<std::vector<Asked>> all_asked_in(const json::Value& body) {
  const json::Value* items = json::find(body, "items");
  if (items == nullptr || !items->is_array()) return std::nullopt;
  std::vector<Asked> all;
  for (const json::Value& item : items->as_array()) {
    auto asked = asked_in(item);
    if (!asked) return std::nullopt;
    all.push_back(*std::move(asked));
  }
  return all;
}

// Nothing once they are set; else why they are not.
Awaitable<std::optional<http::Reply>> set_all(
    const ControlServices& services, const zone::Zone& zone, std::vector<Asked> all
) {
  std::vector<zone::PartChange> changes;
  for (const Asked& asked : all) {
    if (auto refused = refusal(zone, asked)) co_return refused;
    changes.push_back(change_of(asked, services.clock.now()));
  }
  const Result<> set = co_await set_parts(services, zone.id, std::move(changes));
  if (!set) co_return failure_of_change(set.error());
  co_return std::nullopt;
}

// The zone as it is now, after a change.
json::Object setting_now(
    const ControlServices& services, std::string_view zone_id, std::string_view id
) {
  const zone::SnapshotRef snapshot = services.snapshots.get();
  const auto& zone = snapshot->zones.by_id(zone_id);
  const rules::SettingRow* row = rules::find_setting(id);
  if (!zone || row == nullptr) return {};  // a reload took the zone away
  return setting_json(services, *zone, *row);
}

http::Reply list(const ZoneCall& call) {
  json::Array all;
  for (const rules::SettingRow& row : rules::setting_rows())
    all.push_back(setting_json(call.services, call.zone, row));
  return success(std::move(all));
}

http::Reply show(const ZoneCall& call, std::string_view id) {
  const rules::SettingRow* row = rules::find_setting(id);
  if (row == nullptr)
    return failure(404, ApiCode::unknown_setting, "Unknown zone setting " + std::string(id));
  return success(setting_json(call.services, call.zone, *row));
}

Awaitable<http::Reply> set_one(const ZoneCall& call, std::string id, Body body) {
  const Result<json::Value> given = co_await json_body(std::move(body));
  if (!given) co_return failure(400, ApiCode::invalid_body, given.error().detail);
  const json::Value* value = json::find(*given, "value");
  if (value == nullptr)
    co_return failure(400, ApiCode::invalid_body, R"(the body has no "value": {"value": "on"})");
  std::vector<Asked> one{{id, *value}};
  auto refused = co_await set_all(call.services, call.zone, std::move(one));
  if (refused) co_return *std::move(refused);
  co_return success(setting_now(call.services, call.zone.id, id));
}

// All of them or none.
Awaitable<http::Reply> set_several(const ZoneCall& call, Body body) {
  const Result<json::Value> given = co_await json_body(std::move(body));
  if (!given) co_return failure(400, ApiCode::invalid_body, given.error().detail);
  const auto all = all_asked_in(*given);
  if (!all) {
    co_return failure(
        400,
        ApiCode::invalid_body,
        R"(the body is no list of settings: {"items": [{"id": "always_online", "value": "on"}]})"
    );
  }
  auto refused = co_await set_all(call.services, call.zone, *all);
  if (refused) co_return *std::move(refused);
  json::Array set;
  for (const Asked& asked : *all) set.push_back(setting_now(call.services, call.zone.id, asked.id));
  co_return success(std::move(set));
}

}  // namespace

Awaitable<http::Reply> settings(ZoneCall call) {
  using http::Method;
  if (call.path.size() > 2) co_return no_route(call.request);
  if (call.is(Method::get, 1)) co_return list(call);
  if (call.is(Method::get, 2)) co_return show(call, call.path[1]);
  if (call.request.method != Method::patch) co_return wrong_method("GET, PATCH");
  Body body = std::move(call.body);
  if (call.path.size() == 1) co_return co_await set_several(call, std::move(body));
  co_return co_await set_one(call, call.path[1], std::move(body));
}

}  // namespace festina::control
