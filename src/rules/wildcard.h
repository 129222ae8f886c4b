// Wildcard: a pattern that a whole text matches, "*" standing for any bytes, none included (reference §7.2). "?" stands for
// itself; "\*" and "\\" for a star and a backslash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"

namespace festina::rules {

enum class LetterCase : std::uint8_t { matters, ignored };

inline constexpr std::size_t kMaxStars = 64;

class Wildcard {
 public:
  // Errors: malformed (client), for two stars side by side too; too_large (client) for more than kMaxStars.
  static Result<Wildcard> parse(std::string_view pattern, LetterCase);

  // In time linear in the text.
  bool matches(std::string_view text) const;
  // The same, and what each star stands for, which is as little as possible. Requires: room for stars().
  bool matches(std::string_view text, std::span<std::string_view> found) const;
  std::size_t stars() const { return parts_.size() - 1; }
  // What every text that it matches begins with, in lower case where that does not matter.
  std::string_view beginning() const [[clang::lifetimebound]] { return parts_.front().text; }
  // Does it match whatever the other one matches? Yes is certain; what no star of it takes as a whole counts as no.
  bool covers(const Wildcard& other) const;
  bool operator==(const Wildcard&) const = default;

 private:
  // What stands between two stars.
  struct Part {
    std::string text;  // in lower case where that does not matter
    std::vector<std::uint16_t>
        retry;  // how much of its beginning still fits when the byte at [i] does not
    bool operator==(const Part&) const = default;
  };
  Wildcard(std::vector<std::string> parts, LetterCase);
  bool is_same(std::string_view text, const Part&) const;
  // Where the part is first; npos when nowhere.
  std::size_t find(std::string_view text, const Part&) const;
  char folded(char) const;

  std::vector<Part> parts_;  // one more than there are stars
  LetterCase letter_case_;
};

}  // namespace festina::rules
