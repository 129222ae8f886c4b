// Literal: the values that stand in a rule, each read by its own grammar (reference §7.3). Which one may come, the type on
// the other side says. Nothing, and a fault of the lexer, when something else comes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rules/lexer.h"
#include "rules/value.h"

namespace festina::rules {

inline constexpr std::size_t kMaxRawHashes = 255;

// A string, a raw string, or bytes (66:6f:6f).
std::optional<std::string> read_text(Lexer&);
// A string or a raw string: of a wildcard.
std::optional<std::string> read_string(Lexer&);
// The same as a regular expression has it: in a string every backslash is the expression's own but that of \", and a
// quote within a class "[...]" ends nothing.
std::optional<std::string> read_pattern(Lexer&);
// Does a string begin here, raw or not?
bool begins_string(const Lexer&);

// 78, -12, 0x1f5, or octal behind a leading 0.
std::optional<std::int64_t> read_integer(Lexer&);
std::optional<AddressBytes> read_address(Lexer&);

// The argument of a function: an address, a number or bytes, the first that fits.
std::optional<Literal> read_literal(Lexer&);

// What a set may hold: one value is a range of one; both ends belong to it.
struct IntegerRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  bool operator==(const IntegerRange&) const = default;
};
std::optional<IntegerRange> read_integer_range(Lexer&);
// An address, a CIDR without bits behind its prefix, or two addresses of one family.
struct AddressRange {
  AddressBytes first{};
  AddressBytes last{};
  bool operator==(const AddressRange&) const = default;
};
std::optional<AddressRange> read_address_range(Lexer&);

// "$name": the name alone.
std::optional<std::string> read_list_name(Lexer&);

}  // namespace festina::rules
