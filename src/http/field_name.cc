// Finding the number of a name takes one table look-up and one comparison: the table is a perfect hash, and the
// compiler looks for its multiplier.
#include "http/field_name.h"

#include <array>

#include "base/errors.h"
#include "base/text.h"

namespace festina::http {
namespace {

// In the order of Name.
constexpr std::string_view kSpellings[] = {
    "",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Age",
    "Authorization",
    "Cache-Control",
    "Cache-Status",
    "Cache-Tag",
    "CDN-Cache-Control",
    "CDN-Loop",
    "CF-Blob",
    "CF-Cache-Namespace",
    "CF-Cache-Status",
    "CF-Connecting-IP",
    "CF-IPCountry",
    "CF-Ray",
    "CF-Visitor",
    "CF-Worker",
    "Cloudflare-CDN-Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Location",
    "Content-Range",
    "Content-Type",
    "Cookie",
    "Date",
    "ETag",
    "Expect",
    "Expires",
    "Forwarded",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Modified",
    "Location",
    "Origin",
    "Pragma",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Range",
    "Retry-After",
    "Server",
    "Set-Cookie",
    "Surrogate-Control",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Vary",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Scheme",
    "X-Host",
    "X-HTTP-Method",
    "X-HTTP-Method-Override",
    "X-Method-Override",
    "X-Original-URL",
    "X-Real-IP",
    "X-Rewrite-URL"
};
constexpr std::size_t kNames = std::size(kSpellings);
static_assert(kNames == static_cast<std::size_t>(Name::x_rewrite_url) + 1);

constexpr std::size_t kSlotBits = 10;

// Length and three letters tell every known name from every other. Requires: not empty.
constexpr std::size_t slot(std::string_view name, std::uint32_t multiplier) {
  const auto letter = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(lower(name[i])));
  };
  const std::uint32_t mark = static_cast<std::uint32_t>(name.size()) << 24 | letter(0) << 16 |
                             letter(name.size() / 2) << 8 | letter(name.size() - 1);
  return mark * multiplier >> (32 - kSlotBits);
}

constexpr bool tells_apart(std::uint32_t multiplier) {
  std::array<bool, std::size_t{1} << kSlotBits> taken{};
  for (std::size_t i = 1; i < kNames; ++i) {
    bool& here = taken[slot(kSpellings[i], multiplier)];
    if (here) return false;
    here = true;
  }
  return true;
}

consteval std::uint32_t perfect_multiplier() {
  std::uint32_t multiplier = 0x9E3779B1;
  while (!tells_apart(multiplier)) multiplier += 2;
  return multiplier;
}
constexpr std::uint32_t kMultiplier = perfect_multiplier();

constexpr auto kSlots = [] {
  std::array<std::uint8_t, std::size_t{1} << kSlotBits> slots{};
  for (std::size_t i = 1; i < kNames; ++i) {
    slots[slot(kSpellings[i], kMultiplier)] = static_cast<std::uint8_t>(i);
  }
  return slots;
}();

}  // namespace

Name name_of(std::string_view text) {
  if (text.empty()) return Name::other;
  const std::size_t candidate = kSlots[slot(text, kMultiplier)];
  return equal_ignoring_case(kSpellings[candidate], text) ? static_cast<Name>(candidate)
                                                          : Name::other;
}

std::string_view spelling(Name name) {
  check(name != Name::other, "only well-known names have a spelling");
  return kSpellings[static_cast<std::size_t>(name)];
}

}  // namespace festina::http
