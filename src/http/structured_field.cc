// The parser of RFC 9651 §4.2, one function for each of its steps. Each takes what it reads off the front of `rest` and
// gives nothing when that is not what it should be.
#include "http/structured_field.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "http/field_syntax.h"

namespace festina::http {
namespace {

constexpr std::size_t kMaxIntegerDigits = 15;  // RFC 9651 §3.3.1
constexpr std::size_t kMaxDecimalDigits = 12;  // before the point (§3.3.2)
constexpr std::size_t kMaxFractionDigits = 3;

bool is_lower_letter(char c) { return 'a' <= c && c <= 'z'; }
bool is_letter(char c) { return is_lower_letter(lower(c)); }
bool is_key_byte(char c) {
  return is_lower_letter(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}
bool is_base64_byte(char c) {
  return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '=';
}
// What a token goes on with (§3.3.4): a byte of RFC 9110's tokens, ":" or "/".
bool is_token_byte(char c) { return c == ':' || c == '/' || is_token(std::string_view(&c, 1)); }

bool take(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

template <class Is>
std::string_view take_while(std::string_view& rest, Is is) {
  const auto end = std::ranges::find_if_not(rest, is);
  const std::string_view taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(taken.size());
  return taken;
}

void skip_spaces(std::string_view& rest) {
  take_while(rest, [](char c) { return c == ' '; });
}
void skip_white_space(std::string_view& rest) {
  take_while(rest, [](char c) { return c == ' ' || c == '\t'; });
}

std::optional<std::string> take_key(std::string_view& rest) {
  const bool begins = !rest.empty() && (is_lower_letter(rest.front()) || rest.front() == '*');
  if (!begins) return std::nullopt;
  return std::string(take_while(rest, is_key_byte));
}

// An integer, or a decimal, whose value nobody needs.
std::optional<StructuredItem> take_number(std::string_view& rest) {
  const bool is_negative = take(rest, '-');
  const std::string_view digits = take_while(rest, is_digit);
  if (digits.empty() || digits.size() > kMaxIntegerDigits) return std::nullopt;
  if (!take(rest, '.')) {
    const auto number = static_cast<std::int64_t>(parse_decimal(digits).value_or(0));
    return is_negative ? -number : number;
  }
  const std::string_view fraction = take_while(rest, is_digit);
  const bool fits = digits.size() <= kMaxDecimalDigits && !fraction.empty() &&
                    fraction.size() <= kMaxFractionDigits;
  if (!fits) return std::nullopt;
  return OtherItem{};
}

std::optional<StructuredItem> take_string(std::string_view& rest) {
  std::string text;
  rest.remove_prefix(1);
  while (!rest.empty()) {
    char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') return text;
    if (c == '\\') {
      if (!rest.starts_with('"') && !rest.starts_with('\\')) return std::nullopt;
      c = rest.front();
      rest.remove_prefix(1);
    }
    if (c < ' ' || c > '~') return std::nullopt;
    text += c;
  }
  return std::nullopt;
}

std::optional<StructuredItem> take_boolean(std::string_view& rest) {
  rest.remove_prefix(1);
  if (take(rest, '1')) return true;
  if (take(rest, '0')) return false;
  return std::nullopt;
}

std::optional<StructuredItem> take_bytes(std::string_view& rest) {
  rest.remove_prefix(1);
  take_while(rest, is_base64_byte);
  if (!take(rest, ':')) return std::nullopt;
  return OtherItem{};
}

std::optional<StructuredItem> take_date(std::string_view& rest) {
  rest.remove_prefix(1);
  const auto number = take_number(rest);
  if (!number || !std::holds_alternative<std::int64_t>(*number)) return std::nullopt;
  return OtherItem{};
}

// %"…": visible bytes and spaces, others as "%xx" in lower case (§3.3.8).
std::optional<StructuredItem> take_display_string(std::string_view& rest) {
  rest.remove_prefix(1);
  if (!take(rest, '"')) return std::nullopt;
  while (!rest.empty()) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') return OtherItem{};
    if (c < ' ' || c > '~') return std::nullopt;
    if (c != '%') continue;
    const auto is_hex_digit = [](char digit) {
      return is_digit(digit) || ('a' <= digit && digit <= 'f');
    };
    if (rest.size() < 2 || !is_hex_digit(rest[0]) || !is_hex_digit(rest[1])) return std::nullopt;
    rest.remove_prefix(2);
  }
  return std::nullopt;
}

std::optional<StructuredItem> take_token(std::string_view& rest) {
  take_while(rest, is_token_byte);
  return OtherItem{};
}

std::optional<StructuredItem> take_bare_item(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const char first = rest.front();
  if (first == '-' || is_digit(first)) return take_number(rest);
  if (first == '"') return take_string(rest);
  if (first == '?') return take_boolean(rest);
  if (first == ':') return take_bytes(rest);
  if (first == '@') return take_date(rest);
  if (first == '%') return take_display_string(rest);
  if (first == '*' || is_letter(first)) return take_token(rest);
  return std::nullopt;
}

// ";name=value"*: read and forgotten.
bool skip_parameters(std::string_view& rest) {
  while (take(rest, ';')) {
    skip_spaces(rest);
    if (!take_key(rest)) return false;
    if (take(rest, '=') && !take_bare_item(rest)) return false;
  }
  return true;
}

std::optional<StructuredItem> take_inner_list(std::string_view& rest) {
  rest.remove_prefix(1);
  while (true) {
    skip_spaces(rest);
    if (take(rest, ')')) return OtherItem{};
    if (!take_bare_item(rest) || !skip_parameters(rest)) return std::nullopt;
    const bool is_over = rest.starts_with(' ') || rest.starts_with(')');
    if (!is_over) return std::nullopt;
  }
}

std::optional<DictionaryMember> take_member(std::string_view& rest) {
  auto key = take_key(rest);
  if (!key) return std::nullopt;
  std::optional<StructuredItem> value = true;
  if (take(rest, '=')) {
    value = rest.starts_with('(') ? take_inner_list(rest) : take_bare_item(rest);
  }
  if (!value || !skip_parameters(rest)) return std::nullopt;
  return DictionaryMember{.key = *std::move(key), .value = *std::move(value)};
}

void put(std::vector<DictionaryMember>& members, DictionaryMember member) {
  const auto same = std::ranges::find(members, member.key, &DictionaryMember::key);
  if (same == members.end()) {
    members.push_back(std::move(member));
  } else {
    same->value = std::move(member.value);
  }
}

}  // namespace

std::optional<std::vector<DictionaryMember>> parse_dictionary(std::string_view text) {
  std::vector<DictionaryMember> members;
  std::string_view rest = text;
  skip_spaces(rest);
  while (!rest.empty()) {
    auto member = take_member(rest);
    if (!member) return std::nullopt;
    put(members, *std::move(member));
    skip_white_space(rest);
    if (rest.empty()) break;
    if (!take(rest, ',')) return std::nullopt;
    skip_white_space(rest);
    if (rest.empty()) return std::nullopt;  // a comma and nothing behind it
  }
  return members;
}

}  // namespace festina::http
