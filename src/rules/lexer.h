// Lexer: the text of a rule, read from its beginning (reference §7.1).
//
// What stands at a place depends on what stands before it: "0123" is a number in octal behind a number, nothing behind a
// text; operators are words that need no space around them. So the parser asks for what may come, and there is no list
// of tokens. The first thing that may not come is the fault of the whole text; who asked in vain returns nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.h"

namespace festina::rules {

// A part of the text.
struct Span {
  std::size_t at = 0;
  std::size_t length = 0;
};

// What is wrong in it.
struct TextFault {
  Span span;
  std::string why;
  ErrorCode code = ErrorCode::malformed;
};

// As the service tells it, in three lines: "Filter parsing error (line:column):", the line, carets and the reason.
Error error_of(std::string_view text, const TextFault&);

enum class Logical : std::uint8_t { either, exclusive, both };  // from weak to strong
enum class Comparator : std::uint8_t {
  equal,
  not_equal,
  greater_or_equal,
  less_or_equal,
  greater,
  less,
  bitwise_and,
  contains,
  matches,
  wildcard,
  strict_wildcard,
  starts_with,
  ends_with,
  in
};

class Lexer {
 public:
  explicit Lexer(std::string_view text);  // white space around it does not count

  std::size_t position() const { return at_; }
  bool at_end() const { return at_ == end_; }
  char next() const { return at_end() ? '\0' : text_[at_]; }
  std::string_view rest() const { return text_.substr(at_, end_ - at_); }
  // What was read since then.
  Span since(std::size_t begin) const { return {begin, at_ - begin}; }
  Span remainder() const { return {at_, end_ - at_}; }
  std::string_view text_of(Span span) const { return text_.substr(span.at, span.length); }

  void skip(std::size_t bytes) { at_ += bytes; }
  void skip_space();  // space, CR, LF; no tab
  // Is it there? Then it is read.
  bool take(std::string_view literal);
  // The bytes for which `wanted` holds; maybe none.
  template <class Predicate>
  std::string_view take_while(Predicate wanted) {
    const std::size_t begin = at_;
    while (at_ < end_ && wanted(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  bool take(Logical);
  std::optional<Comparator> take_comparator();
  // "any (" and "all (": the word is read, the parenthesis is next.
  bool take_quantifier(std::string_view word);

  // False, and a fault, when it is not there.
  bool expect(std::string_view literal);
  // "http.request.uri.path".
  std::optional<std::string_view> identifier();

  // Remembers the first.
  std::nullopt_t fail(Span, std::string why, ErrorCode = ErrorCode::malformed);
  std::nullopt_t fail_here(std::string why) { return fail(remainder(), std::move(why)); }
  const std::optional<TextFault>& fault() const { return fault_; }

 private:
  std::string_view text_;
  std::size_t at_;
  std::size_t end_;
  std::optional<TextFault> fault_;
};

}  // namespace festina::rules
