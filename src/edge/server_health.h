// Server health: is one server of an origin to be asked? What probes and requests have found of it, judged.
//
// A server is in or out. A request that could get no connection takes it out for kOutFor; then the next request is a
// trial, and the server is in again when that connects. Probes take it out when enough of them fail in a row, and only
// probes bring it back from that.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "zone/zone.h"

namespace festina::edge {

inline constexpr std::chrono::seconds kOutFor{10};

class ServerHealth {
 public:
  bool is_in() const { return !out_until_ && !out_by_probes_; }
  // May a request be sent to it? A yes to a server that is out makes that request its trial: until that has an end, or
  // for kOutFor, the answer to others is no.
  bool admits(TimePoint now);

  // A request got a connection to it, or none.
  void connected() { out_until_.reset(); }
  void not_connected(TimePoint now) { out_until_ = now + kOutFor; }

  void passed_probe(const zone::HealthCheck&);
  void failed_probe(const zone::HealthCheck&);

 private:
  std::optional<TimePoint> out_until_;
  bool out_by_probes_ = false;
  std::uint32_t passed_ = 0;  // probes in a row
  std::uint32_t failed_ = 0;
};

}  // namespace festina::edge
