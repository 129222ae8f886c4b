#include "rules/right_side.h"

#include <string>
#include <utility>
#include <vector>

#include "rules/literal.h"
#include "rules/typecheck.h"

namespace festina::rules {
namespace {

// A test that holds one string.
template <class Of>
std::optional<Test> with_text(Lexer& lexer) {
  auto text = read_text(lexer);
  if (!text) return std::nullopt;
  return Of{*std::move(text)};
}

template <class Read>
std::optional<Test> compared(Lexer& lexer, Relation relation, Read read) {
  auto value = read(lexer);
  if (!value) return std::nullopt;
  return Compared{relation, Literal{*std::move(value)}};
}

std::optional<Test> compared(Lexer& lexer, Relation relation, Type left) {
  if (left == kText) return compared(lexer, relation, read_text);
  if (left == kInteger) return compared(lexer, relation, read_integer);
  return compared(lexer, relation, read_address);
}

std::optional<Test> common_bits(Lexer& lexer) {
  const auto bits = read_integer(lexer);
  if (!bits) return std::nullopt;
  return CommonBits{*bits};
}

// The parsed pattern, or its error as a fault where the pattern stands.
template <class Pattern>
std::optional<Test> pattern_or_fault(Lexer& lexer, std::size_t begin, Result<Pattern> parsed) {
  if (parsed) return std::move(*parsed);
  const Error& error = parsed.error();
  return lexer.fail(lexer.since(begin), error.detail, error.code);
}

std::optional<Test> regex(Lexer& lexer, std::size_t& regexes) {
  const std::size_t begin = lexer.position();
  const auto pattern = read_pattern(lexer);
  if (!pattern) return std::nullopt;
  if (++regexes > kMaxRegexes) {
    return lexer.fail(
        lexer.since(begin),
        "more than " + std::to_string(kMaxRegexes) + " regular expressions",
        ErrorCode::too_large
    );
  }
  return pattern_or_fault(lexer, begin, Regex::compile(*pattern));
}

std::optional<Test> wildcard(Lexer& lexer, LetterCase letter_case) {
  const std::size_t begin = lexer.position();
  const auto pattern = read_string(lexer);
  if (!pattern) return std::nullopt;
  return pattern_or_fault(lexer, begin, Wildcard::parse(*pattern, letter_case));
}

// "{a b c}", each item read by `read`.
template <class Set, class Item, class Read>
std::optional<Test> member_of(Lexer& lexer, Read read) {
  const std::size_t begin = lexer.position();
  if (!lexer.expect("{")) return std::nullopt;
  std::vector<Item> items;
  for (lexer.skip_space(); !lexer.take("}"); lexer.skip_space()) {
    auto item = read(lexer);
    if (!item) return std::nullopt;
    items.push_back(*std::move(item));
    if (items.size() > kMaxSetItems) {
      return lexer.fail(
          lexer.since(begin),
          "more than " + std::to_string(kMaxSetItems) + " values in a set",
          ErrorCode::too_large
      );
    }
  }
  return Set(std::move(items));
}

// Lists belong to accounts; there are none here yet, which is better said than taken for an empty one.
std::optional<Test> member_of_list(Lexer& lexer) {
  const std::size_t begin = lexer.position();
  const auto list = read_list_name(lexer);
  if (!list) return std::nullopt;
  return lexer.fail(lexer.since(begin), "there is no list \"" + *list + "\"");
}

std::optional<Test> member_of(Lexer& lexer, Type left) {
  if (lexer.next() == '$') return member_of_list(lexer);
  if (left == kText) return member_of<TextSet, std::string>(lexer, read_text);
  if (left == kInteger) return member_of<IntegerSet, IntegerRange>(lexer, read_integer_range);
  return member_of<AddressSet, AddressRange>(lexer, read_address_range);
}

}  // namespace

std::string lacks(Plan plan, Feature feature) {
  return "the plan " + std::string(name(plan)) + " has no " + with_least_plan(feature);
}

std::optional<Test> read_test(Lexer& lexer, Type left, Allowance& allowance) {
  lexer.skip_space();
  const std::size_t begin = lexer.position();
  const auto comparator = lexer.take_comparator();
  if (!comparator) return lexer.fail_here("expected ComparisonOp");
  if (!compares(*comparator, left)) {
    return lexer.fail(lexer.since(begin), "cannot perform this operation on type " + name(left));
  }
  const bool is_regex = *comparator == Comparator::matches;
  if (is_regex && !offers(allowance.plan, Feature::regular_expressions))
    return lexer.fail(lexer.since(begin), lacks(allowance.plan, Feature::regular_expressions));
  lexer.skip_space();
  switch (*comparator) {
    case Comparator::equal:
      return compared(lexer, Relation::equal, left);
    case Comparator::not_equal:
      return compared(lexer, Relation::not_equal, left);
    case Comparator::less:
      return compared(lexer, Relation::less, left);
    case Comparator::less_or_equal:
      return compared(lexer, Relation::less_or_equal, left);
    case Comparator::greater:
      return compared(lexer, Relation::greater, left);
    case Comparator::greater_or_equal:
      return compared(lexer, Relation::greater_or_equal, left);
    case Comparator::bitwise_and:
      return common_bits(lexer);
    case Comparator::contains:
      return with_text<Contains>(lexer);
    case Comparator::starts_with:
      return with_text<StartsWith>(lexer);
    case Comparator::ends_with:
      return with_text<EndsWith>(lexer);
    case Comparator::matches:
      return regex(lexer, allowance.regexes);
    case Comparator::wildcard:
      return wildcard(lexer, LetterCase::ignored);
    case Comparator::strict_wildcard:
      return wildcard(lexer, LetterCase::matters);
    case Comparator::in:
      return member_of(lexer, left);
  }
  unreachable("every comparator has its test");
}

std::optional<Comparison> as_operator(Operand& operand) {
  auto* const from = std::get_if<std::unique_ptr<Call>>(&operand.from);
  if (from == nullptr || !operand.way.empty() || (*from)->is_mapped) return std::nullopt;
  const std::string_view function = (*from)->function->name;
  if (function != "starts_with" && function != "ends_with") return std::nullopt;
  std::vector<Argument>& arguments = (*from)->arguments;
  auto* const field = std::get_if<Operand>(&arguments[0].is);
  const auto* const literal = std::get_if<Literal>(&arguments[1].is);
  if (field == nullptr || literal == nullptr) return std::nullopt;
  std::string text = std::get<std::string>(literal->is);
  Test test = function == "starts_with" ? Test(StartsWith{std::move(text)})
                                        : Test(EndsWith{std::move(text)});
  Operand tested = std::move(*field);
  return Comparison{std::move(tested), std::move(test)};
}

}  // namespace festina::rules
