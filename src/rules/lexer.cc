#include "rules/lexer.h"

#include <algorithm>
#include <utility>

namespace festina::rules {
namespace {

constexpr std::string_view kSpaces = " \r\n";

struct Word {
  std::string_view text;
  Comparator comparator;
};
// In the order they are tried: no word is tried after one that it begins with.
constexpr Word kComparators[] = {
    {"in", Comparator::in},
    {"eq", Comparator::equal},
    {"==", Comparator::equal},
    {"ne", Comparator::not_equal},
    {"!=", Comparator::not_equal},
    {"ge", Comparator::greater_or_equal},
    {">=", Comparator::greater_or_equal},
    {"le", Comparator::less_or_equal},
    {"<=", Comparator::less_or_equal},
    {"gt", Comparator::greater},
    {">", Comparator::greater},
    {"lt", Comparator::less},
    {"<", Comparator::less},
    {"&", Comparator::bitwise_and},
    {"bitwise_and", Comparator::bitwise_and},
    {"contains", Comparator::contains},
    {"~", Comparator::matches},
    {"matches", Comparator::matches},
    {"wildcard", Comparator::wildcard},
    {"strict wildcard", Comparator::strict_wildcard},
    {"starts_with", Comparator::starts_with},
    {"ends_with", Comparator::ends_with},
};

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

Error error_of(std::string_view text, const TextFault& fault) {
  const std::string_view before = text.substr(0, fault.span.at);
  const std::size_t line_break = before.rfind('\n');
  const std::size_t begin = line_break == std::string_view::npos ? 0 : line_break + 1;
  const std::size_t end = std::min(text.find('\n', begin), text.size());
  const std::size_t line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
  const std::size_t column = fault.span.at - begin;
  const std::size_t on_line = std::min(fault.span.length, end - std::min(fault.span.at, end));
  const std::size_t carets = std::max<std::size_t>(on_line, 1);
  std::string detail =
      "Filter parsing error (" + std::to_string(line) + ":" + std::to_string(column + 1) + "):\n";
  detail += text.substr(begin, end - begin);
  detail += "\n" + std::string(column, ' ') + std::string(carets, '^') + " " + fault.why;
  return {fault.code, Side::client, std::move(detail)};
}

Lexer::Lexer(std::string_view text) : text_(text), at_(0), end_(text.size()) {
  const auto is_space = [](char c) {
    return c == '\t' || kSpaces.find(c) != std::string_view::npos;
  };
  while (at_ < end_ && is_space(text_[at_])) ++at_;
  while (end_ > at_ && is_space(text_[end_ - 1])) --end_;
}

void Lexer::skip_space() {
  take_while([](char c) { return kSpaces.find(c) != std::string_view::npos; });
}

bool Lexer::take(std::string_view literal) {
  if (!rest().starts_with(literal)) return false;
  skip(literal.size());
  return true;
}

bool Lexer::take(Logical operation) {
  switch (operation) {
    case Logical::either:
      return take("or") || take("||");
    case Logical::exclusive:
      return take("xor") || take("^^");
    case Logical::both:
      return take("and") || take("&&");
  }
  unreachable("every operation has its words");
}

std::optional<Comparator> Lexer::take_comparator() {
  for (const Word& word : kComparators) {
    // "&&" is no comparison.
    if (word.text == "&" && rest().starts_with("&&")) continue;
    if (take(word.text)) return word.comparator;
  }
  return std::nullopt;
}

bool Lexer::take_quantifier(std::string_view word) {
  const std::size_t begin = at_;
  if (take(word)) {
    skip_space();
    if (next() == '(') return true;
  }
  at_ = begin;
  return false;
}

bool Lexer::expect(std::string_view literal) {
  if (take(literal)) return true;
  fail_here("expected literal \"" + std::string(literal) + "\"");
  return false;
}

std::optional<std::string_view> Lexer::identifier() {
  const std::size_t begin = at_;
  do {
    if (take_while(is_name_byte).empty()) return fail_here("expected identifier character");
  } while (take("."));
  return text_of(since(begin));
}

std::nullopt_t Lexer::fail(Span span, std::string why, ErrorCode code) {
  if (!fault_) fault_ = TextFault{span, std::move(why), code};
  return std::nullopt;
}

}  // namespace festina::rules
