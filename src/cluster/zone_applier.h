// Zone applier: follows the change log for the node and gives what it says of zones to its live zones.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/change_log.h"
#include "zone/live_zones.h"

namespace festina::cluster {

// The body of a record of kind zone (docs/formats/change.md).
std::string zone_body(const std::vector<zone::PartChange>&);
// Errors: malformed (self).
Result<std::vector<zone::PartChange>> part_changes(std::string_view body);

class ZoneApplier {
 public:
  // Both outlive it.
  ZoneApplier(store::ChangeLog&, zone::LiveZones&);
  // Goes on where the zones stopped. Errors: io (self); conflict (self) when the zones know a change that the log has not.
  [[nodiscard]] Result<> start();

 private:
  void apply(const store::Change&);
  store::ChangeLog& log_;
  zone::LiveZones& zones_;
  // A change could not be kept: until a restart reads it again none after it counts.
  bool has_stopped_ = false;
};

}  // namespace festina::cluster
