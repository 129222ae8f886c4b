#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace festina {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

// std::from_chars takes a minus sign even for unsigned types; a digit in front rules it out.
std::optional<std::uint64_t> parse_digits(std::string_view digits, int base) {
  if (digits.empty() || digits.front() == '-') return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Levenshtein's distance without regard to case, row by row.
// Letters left out, added, replaced, or exchanged with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) { return lower(x) == lower(y); };
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      const bool exchanged = i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
      if (exchanged) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = lower(c);
  return lowered;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return part.empty() ||
         std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (const auto halves = split_once(text, separator)) {
    parts.push_back(halves->before);
    text = halves->after;
  }
  parts.push_back(text);
  return parts;
}

std::optional<Halves> split_once(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return std::nullopt;
  return Halves{text.substr(0, at), text.substr(at + 1)};
}

std::optional<std::uint64_t> parse_decimal(std::string_view digits) {
  return parse_digits(digits, 10);
}

std::optional<std::uint64_t> parse_hex(std::string_view digits) { return parse_digits(digits, 16); }

std::string to_hex(std::uint64_t value, std::size_t digits) {
  std::string hex(digits, '0');
  for (std::size_t i = digits; i > 0 && value != 0; --i, value >>= 4)
    hex[i - 1] = kHexDigits[value & 15];
  return hex;
}

std::string to_hex(std::string_view bytes) {
  std::string hex;
  hex.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kHexDigits[byte >> 4]);
    hex.push_back(kHexDigits[byte & 15]);
  }
  return hex;
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

void append_member(std::string& list, std::string_view member) {
  if (!list.empty()) list += ", ";
  list += member;
}

std::string listed(std::span<const std::string> words, std::string_view conjunction) {
  std::string list;
  for (const std::string& word : words.first(words.empty() ? 0 : words.size() - 1))
    append_member(list, word);
  if (words.size() > 1) list.append(" ").append(conjunction).append(" ");
  if (!words.empty()) list += words.back();
  return list;
}

std::string either_of(std::span<const std::string_view> words) {
  std::vector<std::string> quoted;
  quoted.reserve(words.size());
  for (const std::string_view word : words) quoted.push_back(in_quotes(word));
  return listed(quoted, "or");
}

std::optional<std::string_view> nearest(
    std::string_view word, const std::vector<std::string_view>& candidates
) {
  // One slip in three letters; more is another word.
  std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::optional<std::string_view> found;
  for (const std::string_view candidate : candidates) {
    const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
    if (longer - shorter >= best) continue;  // as many slips at least
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best) continue;
    best = distance;
    found = candidate;
  }
  return found;
}

}  // namespace festina
