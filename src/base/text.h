// Text: ASCII case, trimming, splitting and strict number parsing. No locale, no allocation unless
// a string is returned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace festina {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view);
bool equal_ignoring_case(std::string_view, std::string_view);
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
bool contains_ignoring_case(std::string_view text, std::string_view part);

// Without the spaces and tabs around it (OWS, RFC 9110 §5.6.3).
std::string_view trimmed(std::string_view);

// The parts between separators, empty ones included; views into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

// The part before the first separator and the part behind it; nothing when there is no separator.
struct Halves {
  std::string_view before;
  std::string_view after;
};
std::optional<Halves> split_once(std::string_view text, char separator);

// Digits only: no sign, no space, no overflow.
std::optional<std::uint64_t> parse_decimal(std::string_view);
std::optional<std::uint64_t> parse_hex(std::string_view);

// Lower-case hexadecimal, `digits` wide with leading zeros.
std::string to_hex(std::uint64_t value, std::size_t digits);
std::string to_hex(std::string_view bytes);

// The text in double quotes, for messages.
std::string in_quotes(std::string_view);

// One more member of a list such as "a, b".
void append_member(std::string& list, std::string_view member);
// "a", "a and b", "a, b and c": by the word before the last.
std::string listed(std::span<const std::string> words, std::string_view conjunction);
// `"on", "off" or "auto"`
std::string either_of(std::span<const std::string_view> words);

// The candidate nearest to `word` by edit distance, when near enough to be a misspelling of it
// ("did you mean").
std::optional<std::string_view> nearest(
    std::string_view word, const std::vector<std::string_view>& candidates
);

}  // namespace festina
