#include "zone/zone_table.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace festina::zone {
namespace {

const std::shared_ptr<const Zone> kNoZone;

}  // namespace

ZoneTable::ZoneTable(std::vector<std::shared_ptr<const Zone>> zones) : zones_(std::move(zones)) {
  by_name_.reserve(zones_.size());
  for (const auto& zone : zones_) by_name_.emplace(zone->name, zone);
}

const std::shared_ptr<const Zone>& ZoneTable::find(std::string_view host) const {
  for (std::string_view name = host;;) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found->second;
    const auto halves = split_once(name, '.');
    if (!halves) break;
    name = halves->after;
  }
  const auto name = workers_dev_zone_of(host);
  const auto found = name ? by_name_.find(*name) : by_name_.end();
  return found == by_name_.end() ? kNoZone : found->second;
}

const std::shared_ptr<const Zone>& ZoneTable::by_id(std::string_view id) const {
  const auto has_id = [&](const auto& zone) { return zone->id == id; };
  const auto found = std::find_if(zones_.begin(), zones_.end(), has_id);
  return found == zones_.end() ? kNoZone : *found;
}

const std::shared_ptr<const Zone>& ZoneTable::by_script(std::string_view script) const {
  const auto found =
      std::ranges::find_if(zones_, [&](const auto& zone) { return leads_to(*zone, script); });
  return found == zones_.end() ? kNoZone : *found;
}

std::string ZoneTable::names() const {
  std::string names;
  for (const auto& zone : zones_) append_member(names, zone->name);
  return names;
}

}  // namespace festina::zone
