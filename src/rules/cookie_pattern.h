// Cookie pattern: the small language by which Page Rules name cookies (reference §8.2): alternatives with "|" between
// them, in each at most one ".*" for any run of characters: "session=.*|PHPSESSID=.*". All else stands for itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "http/headers.h"

namespace festina::rules {

inline constexpr std::size_t kMaxCookiePatternBytes = 150;
inline constexpr std::size_t kMaxCookieWildcards = 12;

class CookiePattern {
 public:
  // Errors: malformed, too_large (client).
  static Result<CookiePattern> parse(std::string_view text);

  // Is there such a cookie? An alternative may begin anywhere in the Cookie field.
  bool matches(const http::Headers& request) const;

 private:
  struct Alternative {
    std::string before;  // the wildcard, which any text may follow; then
    std::string after;
  };
  std::vector<Alternative> alternatives_;
};

}  // namespace festina::rules
