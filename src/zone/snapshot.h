// Snapshot: what the configuration says of requests. Immutable; a reload publishes another one.
//
// A request keeps the one it began with, and so does all that Workers fetch on its behalf.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/cidr.h"
#include "base/published.h"
#include "policy/visit.h"
#include "zone/zone_table.h"

namespace festina::zone {

struct Snapshot {
  ZoneTable zones;
  std::vector<Cidr> trusted_proxies = {};
  bool private_network_allowed = false;  // may Workers fetch private addresses that are no origin?
  std::map<std::string, std::uint32_t, std::less<>> max_calls = {};       // by script
  std::map<std::string, policy::EdgeFlags, std::less<>> edge_flags = {};  // by script

  // What a script may call for one request.
  std::uint32_t max_calls_of(std::string_view script) const {
    const auto found = max_calls.find(script);
    return found == max_calls.end() ? kPaidCalls : found->second;
  }
  policy::EdgeFlags flags_of(std::string_view script) const {
    const auto found = edge_flags.find(script);
    return found == edge_flags.end() ? policy::EdgeFlags() : found->second;
  }
};

using SnapshotRef = std::shared_ptr<const Snapshot>;
using Snapshots = Published<Snapshot>;

// The same zone, kept by the snapshot it is part of: threads share no count. Null stays null.
inline std::shared_ptr<const Zone> kept_by(
    const SnapshotRef& snapshot, const std::shared_ptr<const Zone>& zone
) {
  return {snapshot, zone.get()};
}

}  // namespace festina::zone
