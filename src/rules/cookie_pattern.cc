#include "rules/cookie_pattern.h"

#include <algorithm>

#include "base/text.h"

namespace festina::rules {

namespace {

constexpr std::string_view kWildcard = ".*";

std::size_t wildcards_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '*'));
}

Error malformed(std::string why) { return {ErrorCode::malformed, Side::client, std::move(why)}; }
Error too_large(std::string why) { return {ErrorCode::too_large, Side::client, std::move(why)}; }

}  // namespace

Result<CookiePattern> CookiePattern::parse(std::string_view text) {
  if (text.size() > kMaxCookiePatternBytes) {
    return too_large(
        "must not be longer than " + std::to_string(kMaxCookiePatternBytes) + " characters"
    );
  }
  if (wildcards_in(text) > kMaxCookieWildcards)
    return too_large("must not have more than " + std::to_string(kMaxCookieWildcards) + " \".*\"");
  CookiePattern pattern;
  for (const std::string_view part : split(text, '|')) {
    if (part.empty() || part == kWildcard) return malformed("must name a cookie between two \"|\"");
    const std::size_t wildcard = part.find(kWildcard);
    const bool is_plain = wildcard == part.npos;
    if (wildcards_in(part) > 1) return malformed("must have one \".*\" at most between two \"|\"");
    if (is_plain && wildcards_in(part) > 0) return malformed("has a \"*\" without its \".\"");
    const std::string_view after = is_plain ? "" : part.substr(wildcard + kWildcard.size());
    pattern.alternatives_.push_back(
        {.before = std::string(part.substr(0, wildcard)), .after = std::string(after)}
    );
  }
  return pattern;
}

bool CookiePattern::matches(const http::Headers& request) const {
  for (const http::Field field : request) {
    if (field.name != http::Name::cookie) continue;
    for (const auto& [before, after] : alternatives_) {
      const std::size_t at = field.value.find(before);
      if (at != field.value.npos && field.value.find(after, at + before.size()) != field.value.npos)
        return true;
    }
  }
  return false;
}

}  // namespace festina::rules
