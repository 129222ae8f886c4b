#include "rules/same.h"

#include <algorithm>
#include <memory>

namespace festina::rules {
namespace {

bool is_same(const Argument& a, const Argument& b);

// What was prepared for it follows from the literals among its arguments.
bool is_same(const Call& a, const Call& b) {
  return a.function == b.function &&
         std::ranges::equal(a.arguments, b.arguments, [](const Argument& x, const Argument& y) {
           return is_same(x, y);
         });
}

// Of two values that stand in variants at the same place.
struct Pair {
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
  template <class T>
  bool operator()(const T& a, const T& b) const {
    return a == b;
  }
  bool operator()(const Regex& a, const Regex& b) const { return a.pattern() == b.pattern(); }
  bool operator()(const std::unique_ptr<Call>& a, const std::unique_ptr<Call>& b) const {
    return is_same(*a, *b);
  }
  bool operator()(const Operand& a, const Operand& b) const { return rules::is_same(a, b); }
  bool operator()(const std::unique_ptr<Condition>& a, const std::unique_ptr<Condition>& b) const {
    return rules::is_same(*a, *b);
  }
  bool operator()(const Always&, const Always&) const { return true; }
  bool operator()(const Comparison& a, const Comparison& b) const {
    return rules::is_same(a.left, b.left) && rules::is_same(a.test, b.test);
  }
  bool operator()(const Negation& a, const Negation& b) const {
    return rules::is_same(*a.of, *b.of);
  }
  bool operator()(const Combination& a, const Combination& b) const {
    return a.operation == b.operation &&
           std::ranges::equal(a.terms, b.terms, [](const Condition& x, const Condition& y) {
             return rules::is_same(x, y);
           });
  }
  bool operator()(const Quantified& a, const Quantified& b) const;
};

bool is_same(const Argument& a, const Argument& b) { return std::visit(Pair{}, a.is, b.is); }

bool Pair::operator()(const Quantified& a, const Quantified& b) const {
  return a.quantity == b.quantity && is_same(a.of, b.of);
}

}  // namespace

bool is_same(const Condition& a, const Condition& b) { return std::visit(Pair{}, a.is, b.is); }

bool is_same(const Operand& a, const Operand& b) {
  return a.way == b.way && std::visit(Pair{}, a.from, b.from);
}

bool is_same(const Test& a, const Test& b) { return std::visit(Pair{}, a, b); }

}  // namespace festina::rules
