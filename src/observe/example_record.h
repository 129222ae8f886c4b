// For tests: the record of an ordinary request, a hit.
#pragma once

#include <chrono>

#include "observe/record.h"

namespace festina::observe {

inline Record example() {
  return {
      .ray = 0x89abcdef01234567,
      .parent_ray = 0,
      .source = RequestSource::eyeball,
      .colo = "FRA",
      .zone = "example.com",
      .client_address = "203.0.113.7",
      .method = "GET",
      .scheme = "https",
      .host = "example.com",
      .path = "/a.css",
      .query = "v=1",
      .script = "",
      .status = 200,
      .origin_status = 0,
      .cache_status = policy::CacheStatus::hit,
      .body_bytes = 6,
      .start = TimePoint(std::chrono::milliseconds(1'795'297'523'107)),
      .end = TimePoint(std::chrono::milliseconds(1'795'297'523'109))
  };
}

}  // namespace festina::observe
