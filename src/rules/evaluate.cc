// A program was typed, so that every value has the type its reader expects; std::get says so where it is read.
#include "rules/evaluate.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "base/errors.h"

namespace festina::rules {
namespace {

using Way = std::span<const Index>;

// An operand's value up to where a way into it begins.
struct Start {
  Value value;
  Way way;
};

// Shows `visit` every value at the end of the way; one that is missing is none.
template <class Visit>
void each_end(const Value& value, Way way, Visit& visit) {
  if (value.is_missing()) return;
  if (way.empty()) return visit(value);
  const List items = value.list();
  if (const auto* place = std::get_if<std::uint32_t>(&way.front())) {
    if (*place < items.count) each_end(items.items[*place], way.subspan(1), visit);
    return;
  }
  for (const Value& item : items) each_end(item, way.subspan(1), visit);
}

std::strong_ordering ordering(const Value& left, const Literal& right) {
  if (const auto* text = std::get_if<std::string>(&right.is)) return left.text() <=> *text;
  if (const auto* number = std::get_if<std::int64_t>(&right.is)) return left.integer() <=> *number;
  return left.address() <=> std::get<AddressBytes>(right.is);
}

// An IPv4 address has no order with an IPv6 one: they are not equal, and that is all (reference §7.2).
bool is_comparable(const Value& left, const Literal& right) {
  const auto* address = std::get_if<AddressBytes>(&right.is);
  return address == nullptr || is_ipv4(left.address()) == is_ipv4(*address);
}

bool holds(Relation relation, std::strong_ordering order) {
  switch (relation) {
    case Relation::equal:
      return order == 0;
    case Relation::not_equal:
      return order != 0;
    case Relation::less:
      return order < 0;
    case Relation::less_or_equal:
      return order <= 0;
    case Relation::greater:
      return order > 0;
    case Relation::greater_or_equal:
      return order >= 0;
  }
  unreachable("every relation holds or does not");
}

// In time linear in the text, which string_view::find() does not promise. A text that is shorter may be no text at all:
// memmem() takes no null.
bool has_part(std::string_view text, std::string_view part) {
  if (part.empty() || text.size() < part.size()) return part.empty();
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

// What a value is asked; none of them is asked of what is missing.
struct Asked {
  const Value& value;

  bool operator()(const IsTrue&) const { return value.boolean(); }
  bool operator()(const Compared& compared) const {
    if (!is_comparable(value, compared.to)) return compared.relation == Relation::not_equal;
    return holds(compared.relation, ordering(value, compared.to));
  }
  bool operator()(const CommonBits& bits) const { return (value.integer() & bits.with) != 0; }
  bool operator()(const Contains& test) const { return has_part(value.text(), test.part); }
  bool operator()(const StartsWith& test) const { return value.text().starts_with(test.beginning); }
  bool operator()(const EndsWith& test) const { return value.text().ends_with(test.end); }
  bool operator()(const Regex& regex) const { return regex.matches(value.text()); }
  bool operator()(const Wildcard& wildcard) const { return wildcard.matches(value.text()); }
  bool operator()(const IntegerSet& set) const { return set.has(value.integer()); }
  bool operator()(const AddressSet& set) const { return set.has(value.address()); }
  bool operator()(const TextSet& set) const { return set.has(value.text()); }
};

class Evaluation {
 public:
  Evaluation(const Facts& facts, Scratch& scratch) : facts_(facts), scratch_(scratch) {}

  // Of a condition that is Boolean.
  bool truth(const Condition&);
  // Of an operand that is not mapped.
  Value value(const Operand&);
  // Of one that is: every end.
  List ends(const Operand&);

 private:
  // Of a condition that is an array of Boolean.
  List truths(const Condition&);
  List truths(const Comparison&);
  List truths(const Combination&);
  List truths(const Negation&);

  bool truth(const Comparison&);
  bool truth(const Combination&);
  bool truth(const Quantified&);

  Value value(const Argument&);
  Value value(const Call&);
  Value called_for_each(const Call&, std::span<Value> arguments);
  Value called(const Call&, Arguments);
  Start start(const Operand&);
  List list_of(std::span<const Value> values) { return {values.data(), values.size()}; }

  const Facts& facts_;
  Scratch& scratch_;
};

Start Evaluation::start(const Operand& operand) {
  const Way way = operand.way;
  const auto* const field = std::get_if<const Field*>(&operand.from);
  if (field == nullptr) return {value(*std::get<std::unique_ptr<Call>>(operand.from)), way};
  const std::string* const key = way.empty() ? nullptr : std::get_if<std::string>(&way.front());
  if (key != nullptr) return {(*field)->entry(facts_, scratch_, *key), way.subspan(1)};
  return {(*field)->read(facts_, scratch_), way};
}

Value Evaluation::value(const Operand& operand) {
  const Start from = start(operand);
  Value found;
  auto keep = [&found](const Value& end) { found = end; };
  each_end(from.value, from.way, keep);
  return found;
}

List Evaluation::ends(const Operand& operand) {
  const Start from = start(operand);
  std::size_t count = 0;
  auto count_it = [&count](const Value&) { ++count; };
  each_end(from.value, from.way, count_it);
  const std::span<Value> ends = scratch_.make<Value>(count);
  auto next = ends.begin();
  auto keep = [&next, &ends](const Value& end) {
    if (next != ends.end()) *next++ = end;
  };
  each_end(from.value, from.way, keep);
  return list_of(ends);
}

Value Evaluation::value(const Argument& argument) {
  if (const auto* literal = std::get_if<Literal>(&argument.is)) return literal->value();
  if (const auto* operand = std::get_if<Operand>(&argument.is)) return value(*operand);
  const Condition& condition = *std::get<std::unique_ptr<Condition>>(argument.is);
  if (condition.type == kBoolean) return {truth(condition)};
  return {truths(condition)};
}

Value Evaluation::value(const Call& call) {
  const std::span<Value> arguments = scratch_.make<Value>(call.arguments.size());
  const std::size_t first = call.is_mapped ? 1 : 0;
  for (std::size_t i = first; i < arguments.size(); ++i) arguments[i] = value(call.arguments[i]);
  if (arguments.empty()) return {};
  return call.is_mapped ? called_for_each(call, arguments) : called(call, arguments);
}

// The first argument is each end in turn; what gives nothing is left out.
Value Evaluation::called_for_each(const Call& call, std::span<Value> arguments) {
  const List items = ends(std::get<Operand>(call.arguments.front().is));
  const std::span<Value> results = scratch_.make<Value>(items.count);
  if (results.empty()) return {List{}};
  std::size_t count = 0;
  for (const Value& item : items) {
    arguments.front() = item;
    const Value result = called(call, arguments);
    if (!result.is_missing()) results[count++] = result;
  }
  return {list_of(results.first(count))};
}

Value Evaluation::called(const Call& call, Arguments arguments) {
  const Function& function = *call.function;
  if (!function.takes_missing && std::ranges::any_of(arguments, &Value::is_missing)) return {};
  return function.run(call.prepared, arguments, scratch_);
}

// A missing value passes no test (reference §7.3).
bool Evaluation::truth(const Comparison& comparison) {
  const Value left = value(comparison.left);
  return !left.is_missing() && passes(comparison.test, left);
}

bool Evaluation::truth(const Combination& combination) {
  const auto holds = [this](const Condition& term) { return truth(term); };
  switch (combination.operation) {
    case Logical::either:
      return std::ranges::any_of(combination.terms, holds);
    case Logical::both:
      return std::ranges::all_of(combination.terms, holds);
    case Logical::exclusive:
      return std::ranges::count_if(combination.terms, holds) % 2 == 1;
  }
  unreachable("every operation has an outcome");
}

// Of nothing: any is false, all is true (reference §7.3).
bool Evaluation::truth(const Quantified& quantified) {
  const auto* operand = std::get_if<Operand>(&quantified.of.is);
  List truths;
  if (operand != nullptr && operand->is_mapped) {
    truths = ends(*operand);
  } else {
    const Value array = value(quantified.of);
    if (!array.is_missing()) truths = array.list();
  }
  const auto is_true = [](const Value& item) { return item.boolean(); };
  return quantified.quantity == Quantity::any ? std::ranges::any_of(truths, is_true)
                                              : std::ranges::all_of(truths, is_true);
}

bool Evaluation::truth(const Condition& condition) {
  if (const auto* comparison = std::get_if<Comparison>(&condition.is)) return truth(*comparison);
  if (const auto* combination = std::get_if<Combination>(&condition.is)) return truth(*combination);
  if (const auto* negation = std::get_if<Negation>(&condition.is)) return !truth(*negation->of);
  if (const auto* quantified = std::get_if<Quantified>(&condition.is)) return truth(*quantified);
  return true;
}

List Evaluation::truths(const Comparison& comparison) {
  if (!comparison.left.is_mapped) {  // an array of Boolean as it is
    const Value array = value(comparison.left);
    return array.is_missing() ? List{} : array.list();
  }
  const List items = ends(comparison.left);
  const std::span<Value> truths = scratch_.make<Value>(items.count);
  for (std::size_t i = 0; i < truths.size(); ++i)
    truths[i] = {passes(comparison.test, items.items[i])};
  return list_of(truths);
}

// Item by item, as far as the shortest goes.
List Evaluation::truths(const Combination& combination) {
  const List first = truths(combination.terms.front());
  const std::span<Value> whole = scratch_.make<Value>(first.count);
  std::ranges::copy(first.items, first.items + whole.size(), whole.begin());
  std::size_t count = whole.size();
  for (const Condition& term : std::span(combination.terms).subspan(1)) {
    const List next = truths(term);
    count = std::min(count, next.count);
    for (std::size_t i = 0; i < count; ++i) {
      const bool left = whole[i].boolean();
      const bool right = next.items[i].boolean();
      const bool both = left && right;
      const bool is_exclusive = combination.operation == Logical::exclusive;
      whole[i] = {
          combination.operation == Logical::both ? both
          : is_exclusive                         ? left != right
                                                 : left || right
      };
    }
  }
  return list_of(whole.first(count));
}

List Evaluation::truths(const Negation& negation) {
  const List inner = truths(*negation.of);
  const std::span<Value> truths = scratch_.make<Value>(inner.count);
  for (std::size_t i = 0; i < truths.size(); ++i) truths[i] = {!inner.items[i].boolean()};
  return list_of(truths);
}

List Evaluation::truths(const Condition& condition) {
  if (const auto* comparison = std::get_if<Comparison>(&condition.is)) return truths(*comparison);
  if (const auto* combination = std::get_if<Combination>(&condition.is))
    return truths(*combination);
  if (const auto* negation = std::get_if<Negation>(&condition.is)) return truths(*negation);
  unreachable("no other condition is an array");
}

}  // namespace

bool passes(const Test& test, const Value& value) { return std::visit(Asked{value}, test); }

bool judge(const Program& program, const Facts& facts, Scratch& scratch) {
  return Evaluation(facts, scratch).truth(std::get<Condition>(program.root));
}

Value texts_of(const Program& program, const Facts& facts, Scratch& scratch) {
  const Operand& operand = std::get<Operand>(program.root);
  Evaluation evaluation(facts, scratch);
  return operand.is_mapped ? Value{evaluation.ends(operand)} : evaluation.value(operand);
}

}  // namespace festina::rules
