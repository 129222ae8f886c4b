#include "rules/foregone.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "rules/evaluate.h"
#include "rules/field_shape.h"
#include "rules/same.h"

namespace festina::rules {
namespace {

using Outcome = Foregone::Outcome;

Foregone never(std::string why) { return {Outcome::never, std::move(why)}; }

// The values of which the operand must have one for the comparison to hold; nothing: they cannot be listed.
std::optional<std::vector<Literal>> values_needed(const Comparison& comparison) {
  if (const auto* compared = std::get_if<Compared>(&comparison.test)) {
    if (compared->relation != Relation::equal) return std::nullopt;
    return std::vector<Literal>{compared->to};
  }
  const auto* const set = std::get_if<TextSet>(&comparison.test);
  if (set == nullptr) return std::nullopt;
  std::vector<Literal> values;
  for (const std::string& text : set->texts()) values.push_back({text});
  return values;
}

const Comparison* comparison_in(const Condition& condition) {
  return condition.type == kBoolean ? std::get_if<Comparison>(&condition.is) : nullptr;
}

// What a term, negated or not, asks of an operand.
struct Asking {
  const Comparison* comparison = nullptr;
  bool is_negated = false;
};
std::optional<Asking> asking(const Condition& term) {
  if (const auto* comparison = comparison_in(term)) return Asking{comparison};
  const auto* const negation = std::get_if<Negation>(&term.is);
  const auto* const negated = negation == nullptr ? nullptr : comparison_in(*negation->of);
  return negated == nullptr ? std::nullopt : std::optional(Asking{negated, true});
}

// Does the term hold, as far as it asks this operand alone, when that has the value?
bool may_hold(const Condition& term, const Operand& operand, const Literal& value) {
  const auto asked = asking(term);
  if (!asked || !is_same(asked->comparison->left, operand)) return true;
  return passes(asked->comparison->test, value.value()) != asked->is_negated;
}

// May all the terms hold when the operand has the value?
bool may_all_hold(
    const std::vector<Condition>& terms, const Operand& operand, const Literal& value
) {
  return std::ranges::all_of(terms, [&](const Condition& term) {
    return may_hold(term, operand, value);
  });
}

// Why the terms never hold together: one of them leaves an operand no value that the others take.
std::optional<std::string> contradiction(const std::vector<Condition>& terms) {
  for (const Condition& term : terms) {
    const Comparison* const comparison = comparison_in(term);
    const auto values = comparison == nullptr ? std::nullopt : values_needed(*comparison);
    if (!values) continue;
    const Operand& operand = comparison->left;
    const bool has_one = std::ranges::any_of(*values, [&](const Literal& value) {
      return may_all_hold(terms, operand, value);
    });
    if (!has_one) return "what it asks of " + name_of(operand) + " excludes each other";
  }
  return std::nullopt;
}

Foregone foregone_of(const Comparison& comparison) {
  auto why = why_none_passes(comparison.left, comparison.test);
  return why ? never(*std::move(why)) : Foregone{};
}

Foregone negated(const Foregone& of) {
  switch (of.outcome) {
    case Outcome::open:
      return {};
    case Outcome::always:
      return never("it is the contrary of what always holds");
    case Outcome::never:
      return {Outcome::always};
  }
  unreachable("every outcome has its contrary");
}

Foregone foregone_of(const Combination& combination, bool is_of_one) {
  if (combination.operation == Logical::exclusive) return {};
  const bool needs_all = combination.operation == Logical::both;
  const Outcome settling = needs_all ? Outcome::never : Outcome::always;
  std::vector<Foregone> terms;
  terms.reserve(combination.terms.size());
  for (const Condition& term : combination.terms) terms.push_back(foregone(term));
  const auto settled = std::ranges::find(terms, settling, &Foregone::outcome);
  if (settled != terms.end()) return *settled;
  const bool is_open = std::ranges::any_of(terms, [](const Foregone& term) {
    return term.outcome == Outcome::open;
  });
  if (!is_open) return terms.front();  // all are alike
  if (!needs_all || !is_of_one) return {};
  auto why = contradiction(combination.terms);
  return why ? never(*std::move(why)) : Foregone{};
}

// Of nothing: any is false, all is true (reference §7.3).
Foregone foregone_of(const Quantified& quantified) {
  const auto* const each = std::get_if<std::unique_ptr<Condition>>(&quantified.of.is);
  if (each == nullptr) return {};
  Foregone of_each = foregone(**each);
  const Outcome kept = quantified.quantity == Quantity::any ? Outcome::never : Outcome::always;
  return of_each.outcome == kept ? of_each : Foregone{};
}

class Implication {
 public:
  explicit Implication(std::size_t& steps_left) : steps_left_(steps_left) {}

  bool holds(const Condition& a, const Condition& b) {
    if (steps_left_ == 0) return false;
    --steps_left_;
    if (std::holds_alternative<Always>(b.is) || is_same(a, b)) return true;
    const auto* const of_a = std::get_if<Combination>(&a.is);
    const auto* const of_b = std::get_if<Combination>(&b.is);
    if (of_a != nullptr && from_terms(*of_a, b)) return true;
    if (of_b != nullptr && to_terms(a, *of_b)) return true;
    return of_comparisons(a, b) || of_negations(a, b);
  }

 private:
  bool from_terms(const Combination& a, const Condition& b) {
    const auto implies_b = [&](const Condition& term) { return holds(term, b); };
    switch (a.operation) {
      case Logical::both:
        return std::ranges::any_of(a.terms, implies_b);
      case Logical::either:
        return std::ranges::all_of(a.terms, implies_b);
      case Logical::exclusive:
        return false;
    }
    unreachable("there is no other operation");
  }
  bool to_terms(const Condition& a, const Combination& b) {
    const auto follows_from_a = [&](const Condition& term) { return holds(a, term); };
    switch (b.operation) {
      case Logical::both:
        return std::ranges::all_of(b.terms, follows_from_a);
      case Logical::either:
        return std::ranges::any_of(b.terms, follows_from_a);
      case Logical::exclusive:
        return false;
    }
    unreachable("there is no other operation");
  }

  // Each value that the one needs passes what the other asks of the same operand.
  static bool of_comparisons(const Condition& a, const Condition& b) {
    const Comparison* const comparison = comparison_in(a);
    const auto asked = asking(b);
    if (comparison == nullptr || !asked || !is_same(comparison->left, asked->comparison->left))
      return false;
    const auto values = values_needed(*comparison);
    return values && std::ranges::all_of(*values, [&](const Literal& value) {
             return passes(asked->comparison->test, value.value()) != asked->is_negated;
           });
  }

  bool of_negations(const Condition& a, const Condition& b) {
    const auto* const of_a = std::get_if<Negation>(&a.is);
    const auto* const of_b = std::get_if<Negation>(&b.is);
    return of_a != nullptr && of_b != nullptr && holds(*of_b->of, *of_a->of);
  }

  std::size_t& steps_left_;
};

class Fields {
 public:
  void add(const Condition& condition) {
    std::visit([this](const auto& is) { add_of(is); }, condition.is);
  }
  std::vector<const Field*> found() && { return std::move(found_); }

 private:
  void add_of(const Always&) {}
  void add_of(const Comparison& comparison) { add_of(comparison.left); }
  void add_of(const Negation& negation) { add(*negation.of); }
  void add_of(const Combination& combination) {
    for (const Condition& term : combination.terms) add(term);
  }
  void add_of(const Quantified& quantified) { add_of(quantified.of); }
  void add_of(const Argument& argument) {
    if (const auto* operand = std::get_if<Operand>(&argument.is)) add_of(*operand);
    if (const auto* inner = std::get_if<std::unique_ptr<Condition>>(&argument.is)) add(**inner);
  }
  void add_of(const Operand& operand) {
    if (const auto* field = std::get_if<const Field*>(&operand.from)) {
      if (std::ranges::find(found_, *field) == found_.end()) found_.push_back(*field);
      return;
    }
    for (const Argument& argument : std::get<std::unique_ptr<Call>>(operand.from)->arguments)
      add_of(argument);
  }

  std::vector<const Field*> found_;
};

}  // namespace

Foregone foregone(const Condition& condition) {
  if (std::holds_alternative<Always>(condition.is)) return {Outcome::always};
  if (const auto* comparison = std::get_if<Comparison>(&condition.is))
    return foregone_of(*comparison);
  if (const auto* negation = std::get_if<Negation>(&condition.is))
    return negated(foregone(*negation->of));
  if (const auto* combination = std::get_if<Combination>(&condition.is))
    return foregone_of(*combination, condition.type == kBoolean);
  return foregone_of(std::get<Quantified>(condition.is));
}

bool implies(const Condition& a, const Condition& b, std::size_t& steps_left) {
  return Implication(steps_left).holds(a, b);
}

std::vector<std::string> hosts_needed(const Condition& condition) {
  std::vector<std::string> hosts;
  if (const auto* comparison = comparison_in(condition)) {
    if (name_of(comparison->left) != "http.host") return hosts;
    const auto values = values_needed(*comparison).value_or(std::vector<Literal>());
    for (const Literal& value : values) hosts.push_back(std::get<std::string>(value.is));
  }
  const auto* const combination = std::get_if<Combination>(&condition.is);
  if (combination == nullptr || combination->operation == Logical::exclusive) return hosts;
  for (const Condition& term : combination->terms) {
    std::vector<std::string> needed = hosts_needed(term);
    if (combination->operation == Logical::both && !needed.empty()) return needed;
    if (combination->operation == Logical::either && needed.empty()) return {};
    hosts.insert(hosts.end(), needed.begin(), needed.end());
  }
  return hosts;
}

std::vector<const Field*> fields_read(const Condition& condition) {
  Fields fields;
  fields.add(condition);
  return std::move(fields).found();
}

}  // namespace festina::rules
