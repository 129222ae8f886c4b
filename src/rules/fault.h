// Fault: what is wrong with a rule or a setting given as JSON: the API's code, the place, and why (api-v4.md §7).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace festina::rules {

// Codes that clients know.
enum class FaultCode : std::uint16_t {
  unknown_setting = 1003,
  page_rule = 1004,
  setting = 1007,
  ruleset = 20021,
  no_action_parameters = 20106,
  too_many_rulesets = 20217,
};

struct Fault {
  FaultCode code = FaultCode::ruleset;
  std::string pointer;  // JSON Pointer (RFC 6901) into what was given; empty: all of it
  std::string message;
  bool operator==(const Fault&) const = default;
};
using Faults = std::vector<Fault>;

}  // namespace festina::rules
