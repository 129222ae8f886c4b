// HTTP-date: three forms are read, one is written (RFC 9110 §5.6.7).
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/short_text.h"

namespace festina::http {

// IMF-fixdate, RFC 850 (a two-digit year more than 50 years ahead of `now` is in the past) or asctime. Nothing for
// any other text.
std::optional<TimePoint> parse_date(std::string_view, TimePoint now);
// IMF-fixdate.
using DateText = ShortText<29>;
DateText format_date(TimePoint);

}  // namespace festina::http
