// URL pattern: what URLs a Page Rule is for (reference §8.1): [scheme://]host[:port][/path][?query], in which each "*"
// stands for any run of characters, "/" and "?" among them. Case does not count. Without a scheme both fit, without a
// port any does, and a pattern without a path is for "/".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "http/url.h"
#include "rules/wildcard.h"

namespace festina::rules {

inline constexpr std::size_t kMaxPatternWildcards = 4;
inline constexpr std::size_t kMaxPatternBytes = 2048;

class UrlPattern {
 public:
  // Errors: malformed, too_large (client).
  static Result<UrlPattern> parse(std::string_view text);

  bool matches(const http::Url&) const;
  // Does it match whatever the other one matches? Yes is certain; no may be a yes that is not seen.
  bool covers(const UrlPattern& other) const;
  // Its host, without port; may hold stars.
  std::string_view host() const [[clang::lifetimebound]];
  // What of it stands behind host and port, "/" where it is left out.
  std::string_view path() const [[clang::lifetimebound]];
  std::string_view text() const [[clang::lifetimebound]] { return text_; }

 private:
  UrlPattern(std::string_view text, Wildcard wildcard);

  std::string text_;   // as it was given
  Wildcard wildcard_;  // with its path
  bool has_scheme_;
  bool has_port_;
};

}  // namespace festina::rules
