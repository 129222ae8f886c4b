// Status range: status codes as people write them in filters and settings: "404", "200-299", "5xx".
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace festina::http {

// Both ends belong to it.
struct StatusRange {
  Status from;
  Status to;
  bool operator==(const StatusRange&) const = default;
};

bool contains(const StatusRange&, Status);

// "404" or "200-299"; from 100 to 599, the lower end first.
std::optional<StatusRange> parse_status_range(std::string_view);
// "5xx"; from "1xx" to "5xx".
std::optional<StatusRange> parse_status_class(std::string_view);

}  // namespace festina::http
