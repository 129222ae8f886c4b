#include "rules/url_pattern.h"

#include <algorithm>
#include <utility>

namespace festina::rules {

namespace {

// Where the host and port begin and end in a pattern.
std::string_view authority_of(std::string_view pattern) {
  if (const auto scheme = pattern.find("://"); scheme != pattern.npos)
    pattern.remove_prefix(scheme + 3);
  return pattern.substr(0, pattern.find_first_of("/?"));
}

bool ends_with_port(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  return colon != authority.npos && authority.find(']', colon) == authority.npos;
}

}  // namespace

Result<UrlPattern> UrlPattern::parse(std::string_view text) {
  if (text.size() > kMaxPatternBytes) {
    return Error{
        ErrorCode::too_large,
        Side::client,
        "must not be longer than " + std::to_string(kMaxPatternBytes) + " characters"
    };
  }
  if (std::ranges::count(text, '*') > static_cast<std::ptrdiff_t>(kMaxPatternWildcards)) {
    return Error{
        ErrorCode::too_large,
        Side::client,
        "must not have more than " + std::to_string(kMaxPatternWildcards) + " \"*\""
    };
  }
  const std::string_view authority = authority_of(text);
  if (authority.empty()) return Error{ErrorCode::malformed, Side::client, "must begin with a host"};
  const bool lacks_path = text.ends_with(authority) && !authority.ends_with('*');
  auto wildcard = Wildcard::parse(std::string(text) + (lacks_path ? "/" : ""), LetterCase::ignored);
  if (!wildcard) return wildcard.error();
  return UrlPattern(text, *std::move(wildcard));
}

UrlPattern::UrlPattern(std::string_view text, Wildcard wildcard)
    : text_(text),
      wildcard_(std::move(wildcard)),
      has_scheme_(text.find("://") != text.npos),
      has_port_(ends_with_port(authority_of(text))) {}

bool UrlPattern::matches(const http::Url& url) const {
  std::string text;
  if (has_scheme_) text.append(http::name(url.scheme)).append("://");
  text += url.host;
  if (has_port_) text.append(":").append(std::to_string(url.port));
  text += url.target();
  return wildcard_.matches(text);
}

}  // namespace festina::rules
