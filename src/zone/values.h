// Values: what strings of the configuration mean: sizes, durations, dates, addresses. All of them are read strictly.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "http/url.h"

namespace festina::zone {

// "256MiB", "10GiB", "0": a number with B, KiB, MiB, GiB or TiB. Errors: malformed (self).
Result<std::uint64_t> parse_byte_count(std::string_view);

// "10s", "500ms", "2m", "1h". Errors: malformed (self).
Result<std::chrono::milliseconds> parse_duration(std::string_view);

// "2026-02-28": YYYY-MM-DD, a day that exists.
bool is_calendar_date(std::string_view);

// `digits` hexadecimal digits, in lower case.
bool is_hex(std::string_view, std::size_t digits);

// A host name in lower case without a trailing dot, no wildcard.
bool is_host_name(std::string_view);

// "http://host:port", with neither path nor user.
struct BaseUrl {
  http::Scheme scheme = http::Scheme::http;
  std::string host;  // lower case, IPv6 without brackets
  std::uint16_t port = 80;
};
// Port 0 is read as such. Errors: malformed (self) with the reason.
Result<BaseUrl> parse_base_url(std::string_view);

// A textual address, IPv6 without brackets, or "localhost".
bool is_local_address(std::string_view host);
// Such an address that no other machine reaches.
bool is_loopback(std::string_view host);

// The text with ${NAME} replaced by that environment variable.
// Errors: not_found (self) for a variable that is not set, malformed (self) for a "${" without its "}".
Result<std::string> with_environment(std::string_view);

}  // namespace festina::zone
