#include "control/zones_api.h"

#include <algorithm>

#include "base/text.h"
#include "control/envelope.h"

namespace festina::control {
namespace {

constexpr std::uint64_t kDefaultPerPage = 20;
constexpr std::uint64_t kMaxPerPage = 50;

struct PlanText {
  std::string_view name;
  std::string_view legacy_id;
};

PlanText text_of(rules::Plan plan) {
  switch (plan) {
    case rules::Plan::free:
      return {"Free Website", "free"};
    case rules::Plan::pro:
      return {"Pro Website", "pro"};
    case rules::Plan::business:
      return {"Business Website", "business"};
    case rules::Plan::enterprise:
      return {"Enterprise Website", "enterprise"};
  }
  unreachable("every plan has a name");
}

json::Value zone_json(const ControlServices& services, const zone::Zone& zone) {
  const PlanText plan = text_of(zone.rules.plan);
  const auto remaining =
      rules::time_remaining(zone.rules.settings.development_mode, services.clock.now());
  return json::Object{
      {"id", zone.id},
      {"name", zone.name},
      {"status", "active"},
      {"paused", false},
      {"type", "full"},
      {"development_mode", remaining ? remaining->count() : 0},
      {"account", json::Object{{"id", services.account_id}, {"name", "Festina"}}},
      {"plan", json::Object{{"name", plan.name}, {"legacy_id", plan.legacy_id}}}
  };
}

// The filters clients use; a filter on what we do not have matches nothing.
bool passes(const ControlServices& services, const zone::Zone& zone, const Parameters& query) {
  const auto name = parameter(query, "name");
  const auto account = parameter(query, "account.id");
  const auto status = parameter(query, "status");
  return (!name || equal_ignoring_case(*name, zone.name)) &&
         (!account || *account == services.account_id) && (!status || *status == "active");
}

std::uint64_t number(const Parameters& query, std::string_view name, std::uint64_t absent) {
  const auto text = parameter(query, name);
  return text ? parse_decimal(*text).value_or(absent) : absent;
}

}  // namespace

http::Reply list_zones(const ControlServices& services, const http::Request& request) {
  const Parameters query = parameters(request.url);
  const std::uint64_t per_page =
      std::clamp<std::uint64_t>(number(query, "per_page", kDefaultPerPage), 1, kMaxPerPage);
  const std::uint64_t page = std::max<std::uint64_t>(number(query, "page", 1), 1);

  json::Array all;
  const zone::SnapshotRef snapshot = services.snapshots.get();
  for (const auto& zone : snapshot->zones.all()) {
    if (passes(services, *zone, query)) all.push_back(zone_json(services, *zone));
  }
  json::Array shown;
  const std::uint64_t total = all.size();
  // Past the end the page is empty: that is how clients know that there is no more.
  const bool past_the_end = page - 1 > total / per_page;
  const std::uint64_t first = past_the_end ? total : (page - 1) * per_page;
  for (std::uint64_t i = first; i < std::min(first + per_page, total); ++i)
    shown.push_back(std::move(all[i]));
  json::Object info{
      {"page", page},
      {"per_page", per_page},
      {"count", shown.size()},
      {"total_count", total},
      {"total_pages", (total + per_page - 1) / per_page}
  };
  return success(std::move(shown), std::move(info));
}

http::Reply show_zone(const ZoneCall& call) {
  if (call.request.method != http::Method::get) return wrong_method("GET");
  return success(zone_json(call.services, call.zone));
}

}  // namespace festina::control
