// Regex: a regular expression over bytes, found anywhere in a text, in time linear in it (reference §7.2). The only door to
// RE2.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "base/errors.h"

namespace re2 {
class RE2;
}

namespace festina::rules {

// What one may take, compiled and while it matches.
inline constexpr std::size_t kMaxRegexBytes = std::size_t{1} << 20;
// Groups behind these are not told of.
inline constexpr std::size_t kMaxRegexGroups = 15;

class Regex {
 public:
  // Errors: malformed, too_large (client); the detail is RE2's word.
  static Result<Regex> compile(std::string_view pattern);
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  bool matches(std::string_view text) const;
  // The first match: [0] of `found` is the whole, then its groups, empty for one that is not in it. Requires: room for
  // groups() and one.
  bool find(std::string_view text, std::span<std::string_view> found) const;
  std::size_t groups() const;
  std::string_view pattern() const [[clang::lifetimebound]];

 private:
  explicit Regex(std::unique_ptr<re2::RE2>);
  std::unique_ptr<re2::RE2> compiled_;
};

}  // namespace festina::rules
