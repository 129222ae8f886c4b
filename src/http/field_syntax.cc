#include "http/field_syntax.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace festina::http {
namespace {

constexpr auto kIsTokenByte = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_text_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7F) || c == '\t';
}

// Where the quoted string that starts at `open` ends: behind its closing quote; nothing when it has none.
std::optional<std::size_t> end_of_quoted(std::string_view text, std::size_t open) {
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return std::nullopt;
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kIsTokenByte[static_cast<unsigned char>(c)];
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_text_byte);
}

std::optional<std::string_view> ListReader::next() {
  while (!rest_.empty()) {
    std::size_t end = 0;
    while (end < rest_.size() && separators_.find(rest_[end]) == std::string_view::npos) {
      end = rest_[end] == '"' ? end_of_quoted(rest_, end).value_or(end + 1) : end + 1;
    }
    const std::string_view member = trimmed(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (!member.empty()) return member;
  }
  return std::nullopt;
}

std::vector<std::string_view> list_members(std::string_view value) {
  std::vector<std::string_view> members;
  ListReader list(value);
  while (const auto member = list.next()) members.push_back(*member);
  return members;
}

bool list_has_token(std::string_view value, std::string_view token) {
  ListReader list(value);
  while (const auto member = list.next()) {
    if (equal_ignoring_case(*member, token)) return true;
  }
  return false;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.empty() || text.front() != '"' || end_of_quoted(text, 0) != text.size())
    return std::nullopt;
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\') ++i;
    plain.push_back(text[i]);
  }
  return plain;
}

std::string quoted(std::string_view text) {
  std::string marked = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') marked.push_back('\\');
    marked.push_back(c);
  }
  marked.push_back('"');
  return marked;
}

Parameter parameter(std::string_view member) {
  const auto halves = split_once(member, '=');
  if (!halves) return {member, std::nullopt};
  auto value = unquoted(halves->after);
  return {halves->before, value ? std::move(*value) : std::string(halves->after)};
}

std::optional<unsigned> parse_quality(std::string_view text) {
  constexpr std::size_t longest = 5;  // "0.123"
  const bool is_number = !text.empty() && text.size() <= longest && is_digit(text.front()) &&
                         (text.size() == 1 || text[1] == '.');
  if (!is_number) return std::nullopt;
  unsigned thousandths = 0;
  unsigned worth = 1000;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 1) continue;  // the point
    if (!is_digit(text[i])) return std::nullopt;
    thousandths += worth * static_cast<unsigned>(text[i] - '0');
    worth /= 10;
  }
  return thousandths <= 1000 ? std::optional(thousandths) : std::nullopt;
}

}  // namespace festina::http
