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
  std::string_view text() const [[clang::lifetimebound]] { return text_; }

 private:
  UrlPattern(std::string_view text, Wildcard wildcard);

  std::string text_;   // as it was given
  Wildcard wildcard_;  // with its path
  bool has_scheme_;
  bool has_port_;
};

}  // namespace festina::rules
