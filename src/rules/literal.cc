#include "rules/literal.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace festina::rules {
namespace {

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_address_byte(char c) { return is_hex(c) || c == ':' || c == '.' || c == '/'; }

// The digits given as a number; a fault at them when they are none of that radix, or too many.
std::optional<std::int64_t> number_of(Lexer& lexer, Span digits, int radix) {
  const std::string_view text = lexer.text_of(digits);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, radix);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  const std::string_view why = error == std::errc::result_out_of_range
                                   ? "number too large to fit in target type"
                                   : "invalid digit found in string";
  return lexer.fail(
      digits, std::string(why) + " while parsing with radix " + std::to_string(radix)
  );
}

// Exactly so many digits, which make one byte.
std::optional<char> read_byte(Lexer& lexer, std::size_t digits, int radix) {
  const std::size_t found = lexer.rest().size();
  if (found < digits) {
    return lexer.fail_here(
        "expected " + std::to_string(digits) + " characters, but found " + std::to_string(found)
    );
  }
  const Span span{lexer.position(), digits};
  const std::string_view text = lexer.text_of(span);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, radix);
  if (error != std::errc() || end != text.data() + text.size() || value > 0xff) {
    return lexer.fail(
        span, "invalid digit found in string while parsing with radix " + std::to_string(radix)
    );
  }
  lexer.skip(digits);
  return static_cast<char>(value);
}

// What stands behind a backslash.
std::optional<char> read_escape(Lexer& lexer) {
  if (lexer.take("\"")) return '"';
  if (lexer.take("\\")) return '\\';
  if (lexer.take("x")) return read_byte(lexer, 2, 16);
  const char c = lexer.next();
  if (c >= '0' && c <= '7') return read_byte(lexer, 3, 8);
  return lexer.fail({lexer.position(), 1}, "expected \", xHH or OOO after \\");
}

std::nullopt_t no_end(Lexer& lexer, std::size_t begin) {
  return lexer.fail(
      {begin, lexer.position() + lexer.rest().size() - begin}, "could not find an ending quote"
  );
}

// Behind the opening quote.
std::optional<std::string> read_quoted(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  std::string text;
  while (true) {
    text += lexer.take_while([](char c) { return c != '"' && c != '\\'; });
    if (lexer.take("\"")) return text;
    if (!lexer.take("\\") || lexer.at_end()) return no_end(lexer, begin);
    const auto byte = read_escape(lexer);
    if (!byte) return std::nullopt;
    text += *byte;
  }
}

// Behind the "r".
std::optional<std::string> read_raw(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  const std::string closing = "\"" + std::string(lexer.take_while([](char c) { return c == '#'; }));
  if (closing.size() - 1 > kMaxRawHashes) {
    return lexer.fail(
        lexer.since(begin), "invalid raw string hash count, there can't be more than 255 #s"
    );
  }
  if (!lexer.take("\"")) return lexer.fail_here("expected \" or #");
  const std::size_t length = lexer.rest().find(closing);
  if (length == std::string_view::npos) return no_end(lexer, begin);
  std::string text(lexer.rest().substr(0, length));
  lexer.skip(length + closing.size());
  return text;
}

std::optional<std::string> read_bytes(Lexer& lexer) {
  std::string bytes;
  do {
    const auto byte = read_byte(lexer, 2, 16);
    if (!byte) return std::nullopt;
    bytes += *byte;
  } while (lexer.take(":") || lexer.take("-") || lexer.take("."));
  if (bytes.size() == 1) return lexer.fail_here("expected byte separator");
  return bytes;
}

// Behind the opening quote.
std::optional<std::string> read_quoted_pattern(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  std::string pattern;
  for (bool is_in_class = false; !lexer.at_end();) {
    const char c = lexer.next();
    lexer.skip(1);
    if (c == '"' && !is_in_class) return pattern;
    if (c == '\\' && !lexer.at_end()) {
      const char escaped = lexer.next();
      if (is_in_class || escaped != '"') pattern += '\\';
      pattern += escaped;
      lexer.skip(1);
      continue;
    }
    if (c == '[') is_in_class = true;
    if (c == ']') is_in_class = false;
    pattern += c;
  }
  return no_end(lexer, begin);
}

std::optional<AddressBytes> address_of(Lexer& lexer, Span span) {
  const auto address = address_bytes(lexer.text_of(span));
  if (!address) return lexer.fail(span, "invalid IP address syntax");
  return address;
}

// The last address of a network of so many bits.
AddressBytes last_of(AddressBytes address, unsigned bits) {
  for (unsigned i = bits; i < 8 * address.size(); ++i)
    address[i / 8] = static_cast<std::uint8_t>(address[i / 8] | (0x80U >> (i % 8)));
  return address;
}

std::optional<AddressRange> read_cidr(Lexer& lexer, Span span, std::size_t slash) {
  const std::string_view text = lexer.text_of(span);
  const Span before{span.at, slash};
  const Span behind{span.at + slash + 1, span.length - slash - 1};
  const auto address = address_of(lexer, before);
  if (!address) return std::nullopt;
  const bool is_v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  const unsigned most = is_v4 ? 32 : 128;
  const auto length = parse_decimal(lexer.text_of(behind));
  if (!length) return lexer.fail(behind, "invalid network length");
  if (*length > most) {
    return lexer.fail(
        span,
        "network length " + std::to_string(*length) +
            " is too long (maximum: " + std::to_string(most) + ")"
    );
  }
  const unsigned bits = 128 - most + static_cast<unsigned>(*length);
  if (!Cidr::parse(text)) return lexer.fail(before, "host part of address was not zero");
  return AddressRange{*address, last_of(*address, bits)};
}

}  // namespace

bool begins_string(const Lexer& lexer) {
  const std::string_view rest = lexer.rest();
  return rest.starts_with('"') || rest.starts_with("r\"") || rest.starts_with("r#");
}

std::optional<std::string> read_string(Lexer& lexer) {
  if (lexer.take("\"")) return read_quoted(lexer);
  if (lexer.take("r")) return read_raw(lexer);
  return lexer.fail_here("expected \" or r");
}

std::optional<std::string> read_text(Lexer& lexer) {
  if (lexer.next() == '"' || lexer.next() == 'r') return read_string(lexer);
  return read_bytes(lexer);
}

std::optional<std::string> read_pattern(Lexer& lexer) {
  if (lexer.take("\"")) return read_quoted_pattern(lexer);
  return read_string(lexer);
}

std::optional<std::int64_t> read_integer(Lexer& lexer) {
  std::size_t begin = lexer.position();
  int radix = 10;
  if (lexer.take("0x")) {
    radix = 16;
    begin = lexer.position();
  } else if (lexer.next() == '0') {
    radix = 8;
  } else {
    lexer.take("-");
  }
  if (lexer.take_while(is_hex).empty()) return lexer.fail_here("expected digit");
  return number_of(lexer, lexer.since(begin), radix);
}

std::optional<IntegerRange> read_integer_range(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  const auto first = read_integer(lexer);
  if (!first) return std::nullopt;
  if (!lexer.take("..")) return IntegerRange{*first, *first};
  const auto last = read_integer(lexer);
  if (!last) return std::nullopt;
  if (*last < *first) return lexer.fail(lexer.since(begin), "incompatible range bounds");
  return IntegerRange{*first, *last};
}

std::optional<AddressBytes> read_address(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  if (lexer.take_while(is_address_byte).empty())
    return lexer.fail_here("expected IP address character");
  return address_of(lexer, lexer.since(begin));
}

std::optional<AddressRange> read_address_range(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  const std::string_view text = lexer.take_while(is_address_byte);
  if (text.empty()) return lexer.fail_here("expected IP address character");
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) return read_cidr(lexer, lexer.since(begin), slash);
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    const auto address = address_of(lexer, lexer.since(begin));
    if (!address) return std::nullopt;
    return AddressRange{*address, *address};
  }
  const auto first = address_of(lexer, {begin, dots});
  if (!first) return std::nullopt;
  const auto last = address_of(lexer, {begin + dots + 2, text.size() - dots - 2});
  if (!last) return std::nullopt;
  if (is_ipv4(*first) != is_ipv4(*last) || *last < *first)
    return lexer.fail(lexer.since(begin), "incompatible range bounds");
  return AddressRange{*first, *last};
}

std::optional<Literal> read_literal(Lexer& lexer) {
  Lexer ahead = lexer;
  if (const auto address = read_address(ahead)) {
    lexer = ahead;
    return Literal{*address};
  }
  ahead = lexer;
  const auto number = read_integer(ahead);
  if (number && ahead.next() != ':' && ahead.next() != '-') {  // which would make it bytes
    lexer = ahead;
    return Literal{*number};
  }
  ahead = lexer;
  if (auto bytes = read_bytes(ahead)) {
    lexer = ahead;
    return Literal{*std::move(bytes)};
  }
  return lexer.fail_here("unrecognised input");
}

std::optional<std::string> read_list_name(Lexer& lexer) {
  if (!lexer.expect("$")) return std::nullopt;
  const std::size_t begin = lexer.position();
  const std::string_view name = lexer.take_while([](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_' || c == '.';
  });
  if (name.empty() || name.starts_with('.') || name.ends_with('.')) {
    return lexer.fail(
        {begin, std::max<std::size_t>(name.size(), 1)},
        "invalid list name \"" + std::string(name) + "\""
    );
  }
  return std::string(name);
}

}  // namespace festina::rules
