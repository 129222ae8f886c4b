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
  for (;;) {
    const auto found = by_name_.find(host);
    if (found != by_name_.end()) return found->second;
    const auto halves = split_once(host, '.');
    if (!halves) return kNoZone;
    host = halves->after;
  }
}

const std::shared_ptr<const Zone>& ZoneTable::by_id(std::string_view id) const {
  const auto has_id = [&](const auto& zone) { return zone->id == id; };
  const auto found = std::find_if(zones_.begin(), zones_.end(), has_id);
  return found == zones_.end() ? kNoZone : *found;
}

}  // namespace festina::zone
