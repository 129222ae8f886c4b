// The origins of one [[zones]] table: where its content is, how its servers are asked and watched.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "zone/table.h"
#include "zone/zone.h"

namespace festina::zone {

// The longest that Cloudflare offers for an origin.
inline constexpr std::chrono::seconds kMaxTimeout{6000};
inline constexpr std::chrono::milliseconds kMinProbeInterval{100};
inline constexpr std::chrono::hours kMaxProbeInterval{1};
inline constexpr std::chrono::seconds kMaxProbeTimeout{60};
inline constexpr std::int64_t kMaxConsecutiveProbes = 100;
inline constexpr std::int64_t kMaxServerConnections = 65'535;

struct Origins {
  Origin origin;
  std::map<std::string, Origin, std::less<>> by_host;
};

// `directory` is where relative paths start. Faults are problems of the table; what is faulty keeps its default.
Origins read_origins(
    const TomlTable& zone, const std::string& zone_name, const std::string& directory
);

}  // namespace festina::zone
