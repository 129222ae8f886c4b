#include "zone/values.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/text.h"

namespace festina::zone {
namespace {

Error malformed(std::string detail) {
  return {ErrorCode::malformed, Side::self, std::move(detail)};
}

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr Unit kByteUnits[] = {
    {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}
};
constexpr Unit kTimeUnits[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};

constexpr std::uint64_t kMaxBytes = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMaxMilliseconds = 365ULL * 24 * 3'600'000;

// A decimal number directly followed by a unit, in the smallest unit; nothing when it is not that, or above `limit`.
template <std::size_t N>
std::optional<std::uint64_t> parse_quantity(
    std::string_view text, const Unit (&units)[N], std::uint64_t limit
) {
  const auto digits_end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = static_cast<std::size_t>(digits_end - text.begin());
  const auto number = parse_decimal(text.substr(0, digits));
  const std::string_view name = text.substr(digits);
  const auto unit = std::find_if(std::begin(units), std::end(units), [&](const Unit& u) {
    return u.name == name;
  });
  if (!number || unit == std::end(units) || *number > limit / unit->factor) return std::nullopt;
  return *number * unit->factor;
}

// The bytes of a textual address of this family; nothing when it is none.
template <std::size_t Size>
std::optional<std::array<unsigned char, Size>> address(int family, std::string_view text) {
  std::array<unsigned char, Size> bytes{};
  if (inet_pton(family, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

// Where the port's colon stands; npos for none. Colons in brackets belong to an address.
std::size_t port_colon(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  return authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
}

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

Result<std::uint64_t> parse_byte_count(std::string_view text) {
  if (text == "0") return 0U;
  if (const auto bytes = parse_quantity(text, kByteUnits, kMaxBytes)) return *bytes;
  return malformed(in_quotes(text) + " is no size");
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (const auto count = parse_quantity(text, kTimeUnits, kMaxMilliseconds)) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(*count));
  }
  return malformed(in_quotes(text) + " is no duration");
}

bool is_calendar_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto year = parse_decimal(text.substr(0, 4));
  const auto month = parse_decimal(text.substr(5, 2));
  const auto day = parse_decimal(text.substr(8, 2));
  if (!year || !month || !day) return false;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(*month)),
      std::chrono::day(static_cast<unsigned>(*day))
  };
  return date.ok();
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_host_name(std::string_view name) {
  const auto is_label = [](std::string_view label) {
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
    };
    return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), allowed);
  };
  const auto labels = split(name, '.');
  return name.size() <= 253 && std::all_of(labels.begin(), labels.end(), is_label);
}

Result<BaseUrl> parse_base_url(std::string_view text) {
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return malformed(in_quotes(text) + " is no URL");
  BaseUrl url;
  const std::string scheme = lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https")
    return malformed("its scheme is neither http nor https");
  url.scheme = scheme == "https" ? http::Scheme::https : http::Scheme::http;

  std::string_view authority = text.substr(scheme_end + 3);
  if (authority.ends_with('/')) authority.remove_suffix(1);
  if (authority.find_first_of("/?#") != std::string_view::npos) return malformed("it has a path");
  const std::size_t colon = port_colon(authority);
  if (colon == 0 || authority.empty()) return malformed("it names no host");
  // The port is read here, for port 0 means "any" to a listener and is an error to everybody else.
  auto host = http::parse_authority(authority.substr(0, colon));
  if (!host) return malformed(host.error().detail);
  url.host = without_brackets(host->host);
  url.port = http::default_port(url.scheme);
  if (colon == std::string_view::npos) return url;
  const auto port = parse_decimal(authority.substr(colon + 1));
  if (!port || *port > 65535) return malformed("its port is no number from 0 to 65535");
  url.port = static_cast<std::uint16_t>(*port);
  return url;
}

bool is_local_address(std::string_view host) {
  return host == "localhost" || address<4>(AF_INET, host) || address<16>(AF_INET6, host);
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "::1") return true;
  const auto v4 = address<4>(AF_INET, host);
  return v4 && v4->front() == 127;
}

Result<std::string> with_environment(std::string_view text) {
  std::string replaced;
  for (;;) {
    const std::size_t start = text.find("${");
    replaced += text.substr(0, start);
    if (start == std::string_view::npos) return replaced;
    const std::size_t end = text.find('}', start);
    if (end == std::string_view::npos) return malformed("\"${\" without its \"}\"");
    const std::string name(text.substr(start + 2, end - start - 2));
    const char* value = std::getenv(name.c_str());
    if (!value)
      return Error{
          ErrorCode::not_found, Side::self, "environment variable " + name + " is not set"
      };
    replaced += value;
    text.remove_prefix(end + 1);
  }
}

}  // namespace festina::zone
