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

// Where this one says nothing of the scheme or the port, the other's is no matter; where it does, the other must say it too.
bool UrlPattern::covers(const UrlPattern& other) const {
  if (has_scheme_ == other.has_scheme_ && has_port_ == other.has_port_)
    return wildcard_.covers(other.wildcard_);
  if (has_scheme_ || has_port_) return false;
  const std::string bare = std::string(other.host()) + std::string(other.path());
  if (std::ranges::count(bare, '*') != std::ranges::count(other.text_, '*')) return false;
  const auto wildcard = Wildcard::parse(bare, LetterCase::ignored);
  return wildcard && wildcard_.covers(*wildcard);
}

std::string_view UrlPattern::host() const {
  const std::string_view authority = authority_of(text_);
  return has_port_ ? authority.substr(0, authority.rfind(':')) : authority;
}

std::string_view UrlPattern::path() const {
  const std::string_view authority = authority_of(text_);
  const auto end = static_cast<std::size_t>(authority.data() + authority.size() - text_.data());
  return end < text_.size() || authority.ends_with('*') ? std::string_view(text_).substr(end) : "/";
}

}  // namespace festina::rules
