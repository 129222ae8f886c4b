// One character of lookahead, no backtracking. The first fault ends it: what follows a fault is guesswork.
#include "zone/jsonc.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace festina::zone {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

struct Fault {
  Position at;
  std::string message;
};
template <class T>
using Parsed = std::variant<T, Fault>;

bool is_high_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(std::uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

void append_utf8(std::string& text, std::uint32_t c) {
  const auto trailing = [](std::uint32_t bits) { return static_cast<char>(0x80 | (bits & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xC0 | (c >> 6)), trailing(c)};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xE0 | (c >> 12)), trailing(c >> 6), trailing(c)};
  } else {
    text += {static_cast<char>(0xF0 | (c >> 18)), trailing(c >> 12), trailing(c >> 6), trailing(c)};
  }
}

// What a backslash and this letter stand for; nothing for a letter without a meaning.
std::optional<char> unescaped(char letter) {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const std::size_t at = letters.find(letter);
  return at == std::string_view::npos ? std::nullopt : std::optional(meanings[at]);
}

bool is_number_part(char c) {
  return is_digit(c) || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

// RFC 8259 §6: no leading zeros, digits on both sides of the point.
bool is_number(std::string_view text) {
  const auto take_digits = [&text] {
    const auto end = std::ranges::find_if_not(text, is_digit);
    const auto count = static_cast<std::size_t>(end - text.begin());
    text.remove_prefix(count);
    return count;
  };
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero_first = text.starts_with('0');
  const std::size_t whole = take_digits();
  if (whole == 0 || (zero_first && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (take_digits() == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (take_digits() == 0) return false;
  }
  return text.empty();
}

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  Parsed<Value> document() {
    Parsed<Value> value = this->value(0);
    if (std::holds_alternative<Fault>(value)) return value;
    if (auto fault = skip()) return *fault;
    if (!rest_.empty()) return expected("the end of the file");
    return value;
  }

 private:
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  // Columns count characters: the bytes that continue one do not count.
  void advance(std::size_t count = 1) {
    for (const char c : rest_.substr(0, count)) {
      if (c == '\n') {
        at_ = {at_.line + 1, 1};
      } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
        ++at_.column;
      }
    }
    rest_.remove_prefix(count);
  }

  Fault expected(std::string_view what) const {
    std::string found = "the end of the file";
    if (!rest_.empty()) found = in_quotes(rest_.substr(0, 1));
    return {at_, "expected " + std::string(what) + ", found " + found};
  }

  // White space and comments. A fault: a comment that does not end.
  std::optional<Fault> skip() {
    for (;;) {
      const auto text = std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size());
      advance(text);
      if (rest_.starts_with("//")) {
        advance(std::min(rest_.find('\n'), rest_.size()));
      } else if (rest_.starts_with("/*")) {
        const std::size_t end = rest_.find("*/", 2);
        if (end == std::string_view::npos) return Fault{at_, "this comment has no end"};
        advance(end + 2);
      } else {
        return std::nullopt;
      }
    }
  }

  Parsed<Value> value(std::size_t depth) {
    if (auto fault = skip()) return *fault;
    const Position at = at_;
    switch (next()) {
      case '{':
      case '[':
        if (depth >= kMaxJsonDepth)
          return Fault{at, "nested deeper than " + std::to_string(kMaxJsonDepth) + " levels"};
        return next() == '{' ? object(depth, at) : array(depth, at);
      case '"': {
        Parsed<std::string> text = string();
        if (auto* fault = std::get_if<Fault>(&text)) return std::move(*fault);
        return Value{std::get<std::string>(std::move(text)), at};
      }
      default:
        return number_or_word(at);
    }
  }

  Parsed<Value> number_or_word(Position at) {
    for (const std::string_view word : {"true", "false"}) {
      if (!rest_.starts_with(word)) continue;
      advance(word.size());
      return Value{word == "true", at};
    }
    if (rest_.starts_with("null")) {
      advance(4);
      return Value{std::monostate(), at};
    }
    const auto end = std::ranges::find_if_not(rest_, is_number_part);
    const std::string_view text = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    if (text.empty()) return expected("a value");
    if (!is_number(text)) return Fault{at, in_quotes(text) + " is no number"};
    advance(text.size());
    return number(text, at);
  }

  // Whole numbers that fit stay whole.
  static Value number(std::string_view text, Position at) {
    std::int64_t whole = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (ec == std::errc() && end == text.data() + text.size()) return {whole, at};
    double real = 0;
    std::from_chars(text.data(), text.data() + text.size(), real);
    return {real, at};
  }

  Parsed<std::uint32_t> code_unit() {
    const auto unit = rest_.size() < 4 ? std::nullopt : parse_hex(rest_.substr(0, 4));
    if (!unit) return Fault{at_, "\"\\u\" without four hexadecimal digits"};
    advance(4);
    return static_cast<std::uint32_t>(*unit);
  }

  // What follows "\u": one character of one or two units (RFC 8259 §7).
  Parsed<std::uint32_t> character() {
    const Position at = at_;
    Parsed<std::uint32_t> first = code_unit();
    const auto* unit = std::get_if<std::uint32_t>(&first);
    if (!unit || (!is_high_surrogate(*unit) && !is_low_surrogate(*unit))) return first;
    const Fault alone{at, "half of a surrogate pair"};
    if (is_low_surrogate(*unit) || !rest_.starts_with("\\u")) return alone;
    advance(2);
    Parsed<std::uint32_t> second = code_unit();
    const auto* low = std::get_if<std::uint32_t>(&second);
    if (!low) return second;
    if (!is_low_surrogate(*low)) return alone;
    return 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00);
  }

  Parsed<std::string> string() {
    const Position start = at_;
    advance();
    std::string text;
    for (;;) {
      const std::size_t plain = std::min(rest_.find_first_of("\"\\\n"), rest_.size());
      const std::string_view part = rest_.substr(0, plain);
      const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
      const auto control = std::ranges::find_if(part, is_control);
      advance(static_cast<std::size_t>(control - part.begin()));
      if (control != part.end()) return Fault{at_, "a control character in a string"};
      text += part;
      if (rest_.empty() || next() == '\n') return Fault{start, "this string has no end"};
      if (next() == '"') break;
      if (auto fault = escape(text)) return *fault;
    }
    advance();
    return text;
  }

  std::optional<Fault> escape(std::string& text) {
    const Position at = at_;
    advance();
    const char letter = next();
    if (letter == 'u') {
      advance();
      Parsed<std::uint32_t> c = character();
      if (auto* fault = std::get_if<Fault>(&c)) return std::move(*fault);
      append_utf8(text, std::get<std::uint32_t>(c));
      return std::nullopt;
    }
    const auto meaning = unescaped(letter);
    if (!meaning) return Fault{at, "a backslash that means nothing"};
    text += *meaning;
    advance();
    return std::nullopt;
  }

  // Behind a member: is there another one? A comma behind the last one does not matter.
  Parsed<bool> goes_on(char end, std::string_view otherwise) {
    if (auto fault = skip()) return *fault;
    if (next() == ',') {
      advance();
      if (auto fault = skip()) return *fault;
      return next() != end;
    }
    if (next() == end) return false;
    return expected(otherwise);
  }

  Parsed<Value> array(std::size_t depth, Position at) {
    advance();
    Items items;
    if (auto fault = skip()) return *fault;
    for (bool more = next() != ']'; more;) {
      Parsed<Value> item = value(depth + 1);
      if (std::holds_alternative<Fault>(item)) return item;
      items.push_back(std::get<Value>(std::move(item)));
      Parsed<bool> another = goes_on(']', "\",\" or \"]\"");
      if (auto* fault = std::get_if<Fault>(&another)) return std::move(*fault);
      more = std::get<bool>(another);
    }
    advance();
    return Value{std::move(items), at};
  }

  Parsed<Member> member(const Members& members, std::size_t depth) {
    if (auto fault = skip()) return *fault;
    if (next() != '"') return expected("a key in double quotes");
    const Position at = at_;
    Parsed<std::string> key = string();
    if (auto* fault = std::get_if<Fault>(&key)) return std::move(*fault);
    const std::string& name = std::get<std::string>(key);
    if (std::ranges::find(members, name, &Member::key) != members.end())
      return Fault{at, "key " + in_quotes(name) + " is given twice"};
    if (auto fault = skip()) return *fault;
    if (next() != ':') return expected("\":\"");
    advance();
    Parsed<Value> inside = value(depth + 1);
    if (auto* fault = std::get_if<Fault>(&inside)) return std::move(*fault);
    return Member{name, at, std::get<Value>(std::move(inside))};
  }

  Parsed<Value> object(std::size_t depth, Position at) {
    advance();
    Members members;
    if (auto fault = skip()) return *fault;
    for (bool more = next() != '}'; more;) {
      Parsed<Member> one = member(members, depth);
      if (auto* fault = std::get_if<Fault>(&one)) return std::move(*fault);
      members.push_back(std::get<Member>(std::move(one)));
      Parsed<bool> another = goes_on('}', "\",\" or \"}\"");
      if (auto* fault = std::get_if<Fault>(&another)) return std::move(*fault);
      more = std::get<bool>(another);
    }
    advance();
    return Value{std::move(members), at};
  }

  std::string_view rest_;
  Position at_{1, 1};
};

}  // namespace

std::optional<Value> parse_jsonc(
    std::string_view text, const std::string& file, Problems& problems
) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  Parsed<Value> parsed = Parser(text).document();
  const auto* fault = std::get_if<Fault>(&parsed);
  if (!fault && std::get<Value>(parsed).if_table()) return std::get<Value>(std::move(parsed));
  Position at{1, 1};
  std::string message = "expected an object";
  if (fault) at = fault->at;
  if (fault) message = fault->message;
  problems.push_back({{file, at.line, at.column}, "no valid JSON: " + message, ""});
  return std::nullopt;
}

}  // namespace festina::zone
